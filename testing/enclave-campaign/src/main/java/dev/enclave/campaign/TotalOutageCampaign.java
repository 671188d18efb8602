package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everybody signs, the service is gone, and comes back. A thousand threads run alone, so as not to
 * slow other tests; what is asserted holds on a machine of any speed.
 */
@Tag("alone")
@Tag("full")
public abstract class TotalOutageCampaign {

  private static final int CALLERS = 1000;
  private static final int FAILURES_TO_OPEN = 20;
  private static final int PROBES = 2;
  private static final int FIRST_ALLOWANCE = 10;
  private static final int TENTHS_IN_A_SECOND = 10;

  private final CloudUnderTest cloud;
  private final Map<ErrorCode, Integer> errors = new ConcurrentHashMap<>();

  private final AtomicInteger unheardOf = new AtomicInteger();

  /** The callers who have met the outage. */
  private final Set<Integer> affected = ConcurrentHashMap.newKeySet();

  /** When each caller had last been told to come back. */
  private final List<Instant> toldAtLast = Collections.synchronizedList(new ArrayList<>());

  /** Against this cloud. */
  protected TotalOutageCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void thousandCallersSendOneRequestEachAtMost_andComeBackWithoutAStorm() throws Exception {
    List<JournalEntry> sent = suffer(CALLERS, e -> pauseUntil(e.retryAt().orElseThrow()));

    requireBounded(CALLERS, sent);
    requireNoStorm();
  }

  /** What nobody should do: to try again at once, whatever the error says. */
  @Test
  void callersWhoDoNotWaitAreHeldBackToo() throws Exception {
    List<JournalEntry> sent =
        suffer(CALLERS / 5, e -> LockSupport.parkNanos(Duration.ofMillis(1).toNanos()));

    requireBounded(CALLERS / 5, sent);
  }

  /** What a caller does with an error. */
  private interface Reaction {
    void to(EnclaveException e);
  }

  /**
   * The requests to sign, from the beginning of the outage to the last caller's success. It goes on
   * until each caller has met it: a slow machine starts the last ones late.
   */
  private List<JournalEntry> suffer(int callers, Reaction reaction) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openInRealTime()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      key.sign(Claims.MESSAGE);
      int before = bench.journal().size();
      bench.faults.beginOutage(Fault.Outage.RESET);
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int caller = i;
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  try {
                    signAtLast(() -> call(enclave, key), caller, reaction);
                  } finally {
                    // Nobody waits for one that ends of an error, which is thrown below.
                    affected.add(caller);
                  }
                  return null;
                }));
      }
      start.countDown();
      awaitOutage(bench, before, running);
      bench.faults.endOutage();
      for (Future<?> caller : running) {
        caller.get();
      }
      return bench.journalSince(before);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * What each caller wants: a signature; where keys sign in memory, to know whether there is a key
   * that it never heard of.
   */
  private void call(Enclave enclave, SigningKey key) {
    if (!cloud.requests().signsInMemory()) {
      key.sign(Claims.MESSAGE);
      return;
    }
    try {
      enclave.signingKeys().key("unheard-of-" + unheardOf.incrementAndGet());
    } catch (EnclaveException e) {
      if (e.code() != ErrorCode.KEY_NOT_FOUND) {
        throw e;
      }
    }
  }

  private void signAtLast(Runnable call, int caller, Reaction reaction) {
    Optional<Instant> told = Optional.empty();
    while (true) {
      try {
        call.run();
        told.ifPresent(toldAtLast::add);
        return;
      } catch (EnclaveException e) {
        affected.add(caller);
        errors.merge(e.code(), 1, Integer::sum);
        assertThat(e.retryable()).as(e.getMessage()).isTrue();
        assertThat(e.retryAt()).as(e.getMessage()).isPresent();
        told = e.retryAt();
        reaction.to(e);
      }
    }
  }

  private static void pauseUntil(Instant then) {
    while (Instant.now().isBefore(then)) {
      LockSupport.parkNanos(Duration.between(Instant.now(), then).toNanos());
    }
  }

  /**
   * Until all have met the outage, and some probes too, of a breaker that has been open for more
   * than a second; or until all have ended, of errors.
   */
  private void awaitOutage(Bench bench, int before, List<Future<?>> callers) {
    Predicate<List<JournalEntry>> enough =
        sent ->
            sent.size() > FAILURES_TO_OPEN
                && sent.stream().filter(e -> e.time().isAfter(opened(sent).plusSeconds(1))).count()
                    >= PROBES;
    while (!callers.stream().allMatch(Future::isDone)
        && (affected.size() < callers.size() || !enough.test(bench.journalSince(before)))) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** The server has dropped as many requests in a row as open the breaker. */
  private static Instant opened(List<JournalEntry> sent) {
    return sent.get(FAILURES_TO_OPEN - 1).time();
  }

  private void requireBounded(int callers, List<JournalEntry> sent) {
    Instant opened = opened(sent);
    List<JournalEntry> met = sent.stream().filter(e -> e.fault().isPresent()).toList();
    List<JournalEntry> after = sent.subList(met.size(), sent.size());
    long inTheSecond =
        met.stream()
            .filter(e -> e.time().isAfter(opened) && e.time().isBefore(opened.plusSeconds(1)))
            .count();
    Map<Long, Integer> tenths = tenths(after.stream().map(JournalEntry::time).sorted().toList());
    Map<Long, Integer> seconds = new TreeMap<>();
    tenths.forEach(
        (tenth, count) -> seconds.merge(tenth / TENTHS_IN_A_SECOND, count, Integer::sum));
    System.out.println(
        callers
            + " callers in a total outage: "
            + FAILURES_TO_OPEN
            + " requests until the breaker opened, "
            + inTheSecond
            + " in the second after, "
            + (met.size() - FAILURES_TO_OPEN - inTheSecond)
            + " later; after it "
            + after.size()
            + " requests, by seconds "
            + seconds
            + ", by tenths "
            + tenths
            + "; errors "
            + new TreeMap<>(errors));
    int failed =
        errors.entrySet().stream()
            .filter(error -> error.getKey() != ErrorCode.BREAKER_OPEN)
            .mapToInt(Map.Entry::getValue)
            .sum();
    int eachSignature = cloud.requestsOfASignature();
    assertThat(inTheSecond).isLessThanOrEqualTo(11L * eachSignature * callers / 10);
    // What reads may be sent again by the HTTP client, when its connection is reset: then a call
    // has met the outage that did not fail, once at most for each caller.
    int each = cloud.requests().signsInMemory() ? cloud.requestsOfARead() : eachSignature;
    int saved = each > 1 ? callers : 0;
    assertThat(met).hasSizeLessThanOrEqualTo(each * mostRequests(failed) + saved);
    assertThat(sent).hasSizeLessThanOrEqualTo(each * mostRequests(callers + failed));
  }

  /**
   * What so many calls may send: each one request, and all together the first allowance of retries
   * and a tenth. A call that retries may be held back then, and is not among those that failed.
   */
  private static int mostRequests(int calls) {
    int sent = (calls + FIRST_ALLOWANCE) * 10 / 9;
    return sent + sent / 10 + FIRST_ALLOWANCE;
  }

  /**
   * A storm would be all of them at once, or most: of the moments at which callers were told to
   * come back, never a third lie in one tenth of a second. By what they were told, since a machine
   * that stands still lets them all come together.
   */
  private void requireNoStorm() {
    Map<Long, Integer> tenths = tenths(toldAtLast.stream().sorted().toList());
    assertThat(toldAtLast).hasSize(CALLERS);
    assertThat(tenths.values())
        .as("callers told to come back, by tenths of a second: " + tenths)
        .allMatch(count -> count <= CALLERS / 3);
  }

  /** How many lie in each tenth of a second from the first on. */
  private static Map<Long, Integer> tenths(List<Instant> moments) {
    Instant first = moments.get(0);
    Map<Long, Integer> tenths = new TreeMap<>();
    for (Instant moment : moments) {
      tenths.merge(
          Duration.between(first, moment).toMillis() * TENTHS_IN_A_SECOND / 1000, 1, Integer::sum);
    }
    return tenths;
  }
}
