package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readings of a remote key are renewed beside its use, and what signs while they cannot be. */
class ReadingAheadTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
  private static final int SIGNERS = 16;

  /** Old enough to be renewed, and too young to wait for that. */
  private static final Duration AHEAD = Duration.ofSeconds(95);

  /** Old enough to wait for a newer one. */
  private static final Duration OLD = Duration.ofSeconds(125);

  private static final Duration MAXIMUM = Duration.ofMinutes(10);

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  @Test
  void noSignerReadsTheKey_whileItIsUsedAllTheTime() throws Exception {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      Set<Thread> readers = ConcurrentHashMap.newKeySet();
      CountDownLatch read = new CountDownLatch(1);
      bent.before(
          "load",
          () -> {
            readers.add(Thread.currentThread());
            read.countDown();
          });
      for (int i = 0; i < 59; i++) {
        bench.clock.advance(Duration.ofSeconds(10));
        key.sign(MESSAGE);
      }
      assertThat(read.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(readers).doesNotContain(Thread.currentThread());
    }
  }

  @Test
  void noSignerWaits_whileAReadingHangs() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(SIGNERS);
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      CountDownLatch asked = hangUntil(answer);
      for (Duration more : List.of(AHEAD, OLD.minus(AHEAD), Duration.ofMinutes(7))) {
        bench.clock.advance(more);
        Callable<SignatureValue> signer = () -> key.sign(MESSAGE);
        for (Future<SignatureValue> one :
            threads.invokeAll(Collections.nCopies(SIGNERS, signer), 1, TimeUnit.MINUTES)) {
          assertThat(one.isCancelled()).as("after %s more", more).isFalse();
          assertThat(key.verify(MESSAGE, one.get())).isTrue();
        }
      }
      assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      answer.countDown();
      threads.shutdownNow();
    }
  }

  /** From now on no reading ends before that; counts down when the first begins. */
  private CountDownLatch hangUntil(CountDownLatch answer) {
    CountDownLatch asked = new CountDownLatch(1);
    bent.before(
        "load",
        () -> {
          asked.countDown();
          await(answer);
        });
    return asked;
  }

  @Test
  void nobodyWaitsForPublicKeys_whileAReadingHangs() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(SIGNERS);
    ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor();
    Duration interval = Duration.ofDays(1);
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY.rotation(RotationInterval.every(interval)));
      bench.clock.advance(interval);
      PublishedKeys before = key.publishedKeys();
      assertThat(before.cacheControl()).isEqualTo("no-cache");
      CountDownLatch asked = hangUntil(answer);
      bench.clock.advance(Duration.ofSeconds(2));
      Future<?> ticks =
          ticking.scheduleAtFixedRate(
              () -> bench.clock.advance(Duration.ofMillis(10)), 0, 10, TimeUnit.MILLISECONDS);
      Callable<PublishedKeys> verifier = key::publishedKeys;
      for (Future<PublishedKeys> one :
          threads.invokeAll(Collections.nCopies(SIGNERS, verifier), 1, TimeUnit.MINUTES)) {
        assertThat(one.isCancelled()).isFalse();
        assertThat(one.get()).isEqualTo(before);
      }
      assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(ticks.isDone()).isFalse();
    } finally {
      answer.countDown();
      ticking.shutdownNow();
      threads.shutdownNow();
    }
  }

  @Test
  void signsByAnOlderReading_whileOnlyReadingIsThrottled_butNotForever() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      throttleReadings();
      for (Duration age = Duration.ZERO;
          age.compareTo(MAXIMUM.minusSeconds(30)) < 0;
          age = age.plusSeconds(30)) {
        assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).as("at %s", age).isTrue();
        bench.clock.advance(Duration.ofSeconds(30));
      }
      bench.clock.advance(Duration.ofSeconds(31));
      refused(ErrorCode.THROTTLED, () -> key.sign(MESSAGE));
      bent.before("load", () -> {});
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  /** With a pause that no deadline allows, so that virtual time stands still meanwhile. */
  private void throttleReadings() {
    bent.before(
        "load",
        () -> {
          throw BackendFailure.throttled(
              "Too many reads. Slow down.", Optional.of(Duration.ofMinutes(1)));
        });
  }

  @Test
  void goesByTheAgeThatIsConfigured() {
    bench.set("enclave.reading.maximum-age", "PT1M");
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      throttleReadings();
      bench.clock.advance(Duration.ofSeconds(59));
      key.sign(MESSAGE);
      bench.clock.advance(Duration.ofSeconds(1));
      refused(ErrorCode.THROTTLED, () -> key.sign(MESSAGE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT9S", "PT1H1S", "-PT1M", "ten minutes", "P1Y"})
  void refusesAnAgeThatIsNone(String age) {
    assertThat(
            refused(
                ErrorCode.CONFIGURATION_INVALID_VALUE,
                () -> bench.set("enclave.reading.maximum-age", age).open()))
        .contains("enclave.reading.maximum-age", "PT10S", "PT1H");
  }

  @Timeout(300)
  @ParameterizedTest
  @CsvSource({
    "ACCESS_DENIED, ACCESS_DENIED",
    "NOT_FOUND, KEY_NOT_FOUND",
    "INVALID_STATE, KEY_NOT_ACTIVE"
  })
  void aRefusedReadingIsNoOutage(FailureCode refusal, ErrorCode told) {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      bent.before(
          "load",
          () -> {
            throw BackendFailure.permanent(refusal, "Not for you. Ask for it.");
          });
      bench.clock.advance(AHEAD);
      refused(told, () -> signUntilItFails(key));
      throttleReadings();
      refused(ErrorCode.THROTTLED, () -> key.sign(MESSAGE));
      bent.before("load", () -> {});
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  /** A reading is refused in another thread, at no certain moment. */
  private static void signUntilItFails(SigningKey key) {
    while (!Thread.interrupted()) {
      key.sign(MESSAGE);
    }
  }

  @Test
  void whatAnotherProcessCompromised_theBackendRefusesAtOnce_whileReadingIsThrottled() {
    try (Enclave here = bench.open();
        Enclave there = Bench.in("production").with(bent).open()) {
      SigningKey mine = here.createKey(KEY);
      there
          .admin()
          .key("wallet-42")
          .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      throttleReadings();
      refused(ErrorCode.THROTTLED, () -> mine.sign(MESSAGE));
    }
  }

  @Test
  void aKeyThatNobodyUses_isNotRead() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      List<Thread> readers = Collections.synchronizedList(new ArrayList<>());
      bent.before("load", () -> readers.add(Thread.currentThread()));
      bench.clock.advance(Duration.ofHours(1));
      assertThat(readers).isEmpty();
      key.sign(MESSAGE);
      assertThat(readers).hasSize(1);
    }
  }

  @Test
  void leavesNoThreadBehind_whenItIsClosedWhileAReadingHangs() throws Exception {
    CompletableFuture<Thread> reader = new CompletableFuture<>();
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      bent.before(
          "load",
          () -> {
            reader.complete(Thread.currentThread());
            await(new CountDownLatch(1));
          });
      bench.clock.advance(AHEAD);
      key.sign(MESSAGE);
      reader.get(1, TimeUnit.MINUTES);
    }
    Thread left = reader.get();
    left.join(60_000);
    assertThat(left.isAlive()).isFalse();
  }

  private static void await(CountDownLatch latch) throws BackendFailure {
    try {
      // Longer than anybody above waits for those who are not to wait for this.
      if (!latch.await(3, TimeUnit.MINUTES)) {
        throw BackendFailure.transientFailure(FailureCode.TIMEOUT, "No answer. Try again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Interrupted. Try again.");
    }
  }
}
