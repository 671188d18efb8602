package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Anybody may name a version of a key, and so have the backend be asked for it: at no rate. */
class UnknownVersionsTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] FORGED = new byte[64];
  private static final int AT_ONCE = 5;
  private static final int OF_ALL_KEYS = 50;

  private final BentProvider bent = new BentProvider("far");
  private final Bench bench = Bench.in("production").with(bent);
  private final AtomicInteger readings = new AtomicInteger();

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ED25519);
  }

  private void count() {
    readings.set(0);
    bent.before("load", readings::incrementAndGet);
  }

  private static void verifyForged(SigningKey key, String version) {
    refused(
        ErrorCode.VERSION_NOT_FOUND,
        () ->
            key.verify(
                MESSAGE,
                FORGED,
                SigningAlgorithm.ED25519.defaultEncoding(),
                KeyVersionId.of(version)));
  }

  @Test
  void aThousandForgedVersionsOfAKey_areLookedForAFewTimes() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(spec("wallet-42"));
      count();
      for (int i = 0; i < 1_000; i++) {
        verifyForged(key, "forged-" + i);
      }
      assertThat(readings).hasValue(AT_ONCE);

      bench.clock.advance(Duration.ofSeconds(20));
      for (int i = 0; i < 1_000; i++) {
        verifyForged(key, "again-" + i);
      }
      assertThat(readings).hasValue(2 * AT_ONCE);
    }
  }

  @Test
  void forgedVersionsOfManyKeys_areLookedForAsRarelyInAll() {
    try (Enclave enclave = bench.open()) {
      List<SigningKey> keys = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        keys.add(enclave.createKey(spec("wallet-" + i)));
      }
      count();
      for (SigningKey key : keys) {
        for (int i = 0; i < AT_ONCE; i++) {
          verifyForged(key, "forged-" + i);
        }
      }
      assertThat(readings).hasValue(OF_ALL_KEYS);
    }
  }

  @Test
  void aVersionThatIsUnknown_isLookedForOnceASecond() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(spec("wallet-42"));
      count();
      for (int i = 0; i < 100; i++) {
        verifyForged(key, "forged");
      }
      assertThat(readings).hasValue(1);
      bench.clock.advance(Duration.ofSeconds(1));
      verifyForged(key, "forged");
      assertThat(readings).hasValue(2);
    }
  }

  @Test
  void whatAnotherProcessHasJustMade_isFoundWithinTwoSeconds_whileForgersNameIt() {
    InMemoryStore store = new InMemoryStore();
    Bench here = Bench.in("development").with(new InMemoryProvider(store));
    Bench elsewhere = Bench.in("development").with(new InMemoryProvider(store));
    try (Enclave enclave = here.open();
        Enclave other = elsewhere.open()) {
      SigningKey key = enclave.createKey(spec("wallet-42"));
      for (int i = 0; i < 1_000; i++) {
        verifyForged(key, "2");
        verifyForged(key, "forged-" + i);
      }
      SigningKey theirs = other.signingKeys().key("wallet-42");
      other.admin().key("wallet-42").rotate(RotationRequest.now());
      SignatureValue signature = theirs.sign(MESSAGE);
      assertThat(signature.version()).isEqualTo(KeyVersionId.of("2"));

      here.clock.advance(Duration.ofSeconds(2));

      assertThat(key.verify(MESSAGE, signature)).isTrue();
    }
  }

  @Test
  void saysThatItDoesNotKnow_inAnOutage_andAsksRarely() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(spec("wallet-42"));
      SignatureValue signature = key.sign(MESSAGE);
      SignatureEncoding encoding = SigningAlgorithm.ED25519.defaultEncoding();
      bent.before(
          "load",
          () -> {
            readings.incrementAndGet();
            throw BackendFailure.permanent(FailureCode.UNAVAILABLE, "an outage");
          });
      assertThat(
              refused(
                  ErrorCode.BACKEND_UNAVAILABLE,
                  () -> key.verify(MESSAGE, FORGED, encoding, KeyVersionId.of("forged"))))
          .contains("wallet-42", "far", "Verify again later");
      int asked = readings.get();
      refused(
          ErrorCode.BACKEND_UNAVAILABLE,
          () -> key.verify(MESSAGE, FORGED, encoding, KeyVersionId.of("another")));
      assertThat(readings).as("soon after a failure").hasValue(asked);
      assertThat(key.verify(MESSAGE, signature)).isTrue();
    }
  }

  @Test
  void waitsForASecond_whileAReadingHangs() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(spec("wallet-42"));
      CountDownLatch asked = new CountDownLatch(1);
      bent.before(
          "load",
          () -> {
            asked.countDown();
            try {
              answer.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      long before = bench.clock.nanoTime();
      Future<Long> verifier =
          threads.submit(
              () -> {
                refused(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    () ->
                        key.verify(
                            MESSAGE,
                            FORGED,
                            SigningAlgorithm.ED25519.defaultEncoding(),
                            KeyVersionId.of("forged")));
                return bench.clock.nanoTime();
              });
      assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
      bench.clock.advance(Duration.ofSeconds(1));
      long after = verifier.get(1, TimeUnit.MINUTES);

      assertThat(Duration.ofNanos(after - before)).isEqualTo(Duration.ofSeconds(1));
    } finally {
      answer.countDown();
      threads.shutdownNow();
    }
  }
}
