package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.SigningKey;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.wire.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everybody signs, the service is gone, and comes back. Counted by the second, so it runs alone.
 */
@Tag("alone")
public abstract class TotalOutageCampaign {

  private static final int CALLERS = 1000;
  private static final int FAILURES_TO_OPEN = 20;
  private static final int PROBES = 2;
  private static final int TENTHS_IN_A_SECOND = 10;

  /** In tenths of a second; who waited is told moments that lie seconds apart. */
  private static final int LONGEST_RETURN = 600;

  private final CloudUnderTest cloud;
  private final Map<ErrorCode, Integer> errors = new ConcurrentHashMap<>();

  /** Against this cloud. */
  protected TotalOutageCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void thousandCallersSendOneRequestEachAtMost_andComeBackWithoutAStorm() throws Exception {
    List<JournalEntry> sent = suffer(CALLERS, e -> pauseUntil(e.retryAt().orElseThrow()));

    requireBounded(CALLERS, sent);
    requireNoStorm(CALLERS, sent);
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

  /** The requests to sign, from the beginning of the outage to the last caller's success. */
  private List<JournalEntry> suffer(int callers, Reaction reaction) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openInRealTime()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(KeyAlgorithm.ECDSA_P256_SHA256));
      key.sign(Claims.MESSAGE);
      int before = bench.journal().size();
      bench.faults.beginOutage(Fault.Outage.RESET);
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  signAtLast(key, reaction);
                  return null;
                }));
      }
      start.countDown();
      awaitProbes(bench, before);
      bench.faults.endOutage();
      for (Future<?> caller : running) {
        caller.get();
      }
      return bench.journalSince(before);
    } finally {
      threads.shutdownNow();
    }
  }

  private void signAtLast(SigningKey key, Reaction reaction) {
    while (true) {
      try {
        key.sign(Claims.MESSAGE);
        return;
      } catch (EnclaveException e) {
        errors.merge(e.code(), 1, Integer::sum);
        assertThat(e.retryable()).as(e.getMessage()).isTrue();
        assertThat(e.retryAt()).as(e.getMessage()).isPresent();
        reaction.to(e);
      }
    }
  }

  private static void pauseUntil(Instant then) {
    while (Instant.now().isBefore(then)) {
      LockSupport.parkNanos(Duration.between(Instant.now(), then).toNanos());
    }
  }

  /** Until the breaker has been open for more than a second, and some probes met the outage. */
  private static void awaitProbes(Bench bench, int before) {
    Predicate<List<JournalEntry>> enough =
        sent ->
            sent.size() > FAILURES_TO_OPEN
                && sent.stream().filter(e -> e.time().isAfter(opened(sent).plusSeconds(1))).count()
                    >= PROBES;
    while (!enough.test(bench.journalSince(before))) {
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
    Map<Long, Integer> tenths = tenths(after);
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
    assertThat(inTheSecond).isLessThanOrEqualTo(callers * 11L / 10);
    assertThat(met.size()).isLessThanOrEqualTo(callers * 11 / 10 + 2 * FAILURES_TO_OPEN);
    assertThat(after).hasSizeLessThanOrEqualTo(callers * 11 / 10);
  }

  /**
   * A storm would be all of them at once, or most: the service that has just got up hears from few
   * at first, from half of them at most in the first second, and never from a third in a tenth of
   * one.
   */
  private static void requireNoStorm(int callers, List<JournalEntry> sent) {
    Map<Long, Integer> tenths =
        tenths(sent.stream().filter(entry -> entry.fault().isEmpty()).toList());
    String what = "requests after the outage by tenths of a second: " + tenths;
    int inTheFirstSecond =
        tenths.entrySet().stream()
            .filter(tenth -> tenth.getKey() < TENTHS_IN_A_SECOND)
            .mapToInt(Map.Entry::getValue)
            .sum();
    assertThat(tenths.get(0L)).as(what).isLessThanOrEqualTo(callers / 10);
    assertThat(inTheFirstSecond).as(what).isLessThanOrEqualTo(callers / 2);
    assertThat(tenths.values()).as(what).allMatch(count -> count <= callers / 3);
    assertThat(tenths.keySet()).as(what).allMatch(tenth -> tenth <= LONGEST_RETURN);
  }

  /** How many came in each tenth of a second from the first on. */
  private static Map<Long, Integer> tenths(List<JournalEntry> entries) {
    Instant first = entries.get(0).time();
    Map<Long, Integer> tenths = new TreeMap<>();
    for (JournalEntry entry : entries) {
      tenths.merge(
          Duration.between(first, entry.time()).toMillis() * TENTHS_IN_A_SECOND / 1000,
          1,
          Integer::sum);
    }
    return tenths;
  }
}
