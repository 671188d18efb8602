package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.Refusals;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PublicKeyCacheTest {

  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;

  private final MutableClock clock = new MutableClock();
  private final PublicKeyCache cache =
      new PublicKeyCache(new Refusals(BackendId.of("memory"), "the service"));
  private final PublicKeyInfo publicKey = publicKey();

  @Test
  void asksOnceForWhatIsTold() throws BackendFailure {
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      assertThat(
              get(
                  () -> {
                    asked.incrementAndGet();
                    return Optional.of(publicKey);
                  }))
          .contains(publicKey);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void asksAgainForWhatIsWithheldOrFailed() throws BackendFailure {
    assertThat(get(Optional::empty)).isEmpty();
    BackendFailure failure = BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Not now.");
    assertThatThrownBy(
            () ->
                get(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(get(() -> Optional.of(publicKey))).contains(publicKey);
  }

  @Test
  void isNotAskedAgain_whatIsOutOfUseAndWasRefused() throws BackendFailure {
    AtomicInteger asked = new AtomicInteger();
    BackendFailure.Step<Optional<PublicKeyInfo>> refused =
        () -> {
          asked.incrementAndGet();
          throw BackendFailure.permanent(FailureCode.INVALID_STATE, "It is off.");
        };
    for (int i = 0; i < 2; i++) {
      assertThat(cache.get("a", ALGORITHM, false, call(), refused)).isEmpty();
    }
    assertThat(asked).hasValue(1);
    assertThatThrownBy(() -> get(refused)).hasMessageStartingWith("The state of a changed");
  }

  @Test
  void refusesWhatIsNoPublicKey() {
    assertThatThrownBy(() -> get(() -> Optional.of(PublicKeyInfo.fromSpki(new byte[9], ALGORITHM))))
        .isInstanceOfSatisfying(
            BackendFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
              assertThat(failure.names()).contains("a");
            });
  }

  @Test
  void oneThreadAsksAndTheOthersGetItsAnswer() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch asking = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      BackendFailure.Step<Optional<PublicKeyInfo>> source =
          () -> {
            asked.incrementAndGet();
            asking.countDown();
            await(answer);
            return Optional.of(publicKey);
          };
      Future<Optional<PublicKeyInfo>> first = threads.submit(() -> get(source));
      await(asking);
      Future<Optional<PublicKeyInfo>> second = threads.submit(() -> get(source));
      answer.countDown();
      assertThat(first.get()).contains(publicKey);
      assertThat(second.get()).contains(publicKey);
      assertThat(asked).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whoseDeadlineIsOverDoesNotWaitForAnother() throws Exception {
    CountDownLatch asking = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<Optional<PublicKeyInfo>> first =
          threads.submit(
              () ->
                  get(
                      () -> {
                        asking.countDown();
                        await(answer);
                        return Optional.of(publicKey);
                      }));
      await(asking);
      CallContext late = CallContext.of("late", 1, Deadline.in(Duration.ZERO, clock), clock);
      assertThatThrownBy(() -> cache.get("a", ALGORITHM, true, late, Optional::empty))
          .isInstanceOfSatisfying(
              BackendFailure.class,
              failure -> assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT))
          .hasMessageContaining("the service");
      answer.countDown();
      assertThat(first.get()).contains(publicKey);
    } finally {
      threads.shutdownNow();
    }
  }

  private Optional<PublicKeyInfo> get(BackendFailure.Step<Optional<PublicKeyInfo>> source)
      throws BackendFailure {
    return cache.get("a", ALGORITHM, true, call(), source);
  }

  private CallContext call() {
    return CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }

  private static PublicKeyInfo publicKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return PublicKeyInfo.fromSpki(
          generator.generateKeyPair().getPublic().getEncoded(), ALGORITHM);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SunEC has no P-256", e);
    }
  }
}
