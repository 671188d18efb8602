package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SealedBytes;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What the engine last read of a key, and when it must not go by it. */
class StaleReadingTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
  private static final byte[] PLAINTEXT = {1, 2, 3};
  private static final byte[] DATA = {4};

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);
  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.WRAPPING);

  @Test
  void aReadingThatBeganBeforeACompromise_doesNotRevertIt() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch rotated = new CountDownLatch(1);
    List<Future<?>> reader = new ArrayList<>();
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      SignatureValue old = key.sign(MESSAGE);
      bent.after(
          "prepare",
          () -> {
            bent.after(
                "load",
                () -> {
                  read.countDown();
                  await(rotated);
                });
            reader.add(pool.submit(key::info));
            await(read);
          });
      enclave
          .admin()
          .key(key.handle())
          .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      rotated.countDown();
      reader.get(0).get(1, TimeUnit.MINUTES);
      assertThat(key.verify(MESSAGE, old)).isFalse();
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void signs_howeverOftenAnotherProcessRotatesTheKeyMeanwhile() {
    try (Enclave enclave = bench.open();
        Enclave other = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      SigningKey same = other.signingKeys().key("wallet-42");
      AtomicInteger rotations =
          rotatedBefore(
              "sign", () -> enclave.admin().key(same.handle()).rotate(RotationRequest.now()));
      SignatureValue signature = key.sign(MESSAGE);
      assertThat(rotations).hasValue(3);
      assertThat(signature.version()).isEqualTo(same.info().active().orElseThrow().id());
      assertThat(key.verify(MESSAGE, signature)).isTrue();
    }
  }

  @Test
  void seals_howeverOftenAnotherProcessRotatesTheKeyMeanwhile() {
    try (Enclave enclave = bench.open();
        Enclave other = bench.open()) {
      WrappingKey key = enclave.createKey(kek());
      WrappingKey same = other.wrappingKeys().key("kek-1");
      RotationRequest compromised = RotationRequest.now().reason(RotationReason.COMPROMISE);
      AtomicInteger rotations =
          rotatedBefore("wrap", () -> enclave.admin().key(same.handle()).rotate(compromised));
      SealedBytes box = key.seal(PLAINTEXT, DATA);
      assertThat(rotations).hasValue(3);
      assertThat(box.version()).isEqualTo(same.info().active().orElseThrow().id());
      assertThat(enclave.unseal(box, DATA)).isEqualTo(PLAINTEXT);
    }
  }

  @Test
  void triesEachVersionOnce_whenReadingsGoBackAndForth() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      AtomicInteger readings = new AtomicInteger();
      bent.answering(
          "load",
          snapshot ->
              readings.getAndIncrement() % 2 == 0
                  ? withStates(snapshot, KeyState.ACTIVE, KeyState.VERIFY_ONLY)
                  : snapshot);
      AtomicInteger signings = new AtomicInteger();
      bent.before(
          "sign",
          () -> {
            signings.incrementAndGet();
            throw BackendFailure.permanent(FailureCode.INVALID_STATE, "It is not active.");
          });
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.sign(MESSAGE));
      assertThat(signings).hasValue(2);
    }
  }

  private static KeySnapshot withStates(KeySnapshot key, KeyState... states) {
    List<KeyVersion> versions = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      versions.add(key.versions().get(i).withState(states[i]));
    }
    return withVersions(key, versions);
  }

  /** How often it was rotated: three times, each before a call of the backend. */
  private AtomicInteger rotatedBefore(String call, Runnable rotation) {
    AtomicInteger rotations = new AtomicInteger();
    AtomicBoolean rotating = new AtomicBoolean();
    bent.before(
        call,
        () -> {
          // A rotation makes such a call too, to see that the new version works.
          if (rotations.get() < 3 && rotating.compareAndSet(false, true)) {
            rotation.run();
            rotations.incrementAndGet();
            rotating.set(false);
          }
        });
    return rotations;
  }

  @Test
  void doesNotGoByTheOldReading_whenAChangeMayHaveBeenCarriedOut() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      SignatureValue signature = key.sign(MESSAGE);
      bent.after("changeState", StaleReadingTest::loseTheAnswer);
      refused(
          ErrorCode.OUTCOME_UNKNOWN,
          () -> enclave.admin().key(key.handle()).disable(signature.version()));
      assertThat(key.verify(MESSAGE, signature)).isFalse();
    }
  }

  @Test
  void doesNotGoByTheOldReading_whenARotationMayHaveBeenCarriedOut() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      SignatureValue signature = key.sign(MESSAGE);
      bent.after("activate", StaleReadingTest::loseTheAnswer);
      refused(
          ErrorCode.OUTCOME_UNKNOWN,
          () ->
              enclave
                  .admin()
                  .key(key.handle())
                  .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE)));
      assertThat(key.verify(MESSAGE, signature)).isFalse();
    }
  }

  private static void loseTheAnswer() throws BackendFailure {
    throw BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "The answer was lost. Repeat it.");
  }

  @Test
  void doesNotDestroyAVersionThatBecameActive_whenItsActivationWasNotAcknowledged() {
    AtomicInteger activations = new AtomicInteger();
    bent.after(
        "activate",
        () -> {
          if (activations.incrementAndGet() == 1) {
            loseTheAnswer();
          }
          throw BackendFailure.permanent(FailureCode.CONFLICT, "Another version is active.");
        });
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      refused(
          ErrorCode.ROTATION_CONFLICT,
          () -> enclave.admin().key(key.handle()).rotate(RotationRequest.now()));
      assertThat(key.info().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }

  @Test
  void refusesACompromiseRotation_whoseOldVersionGoesOnVerifying() {
    bent.answering("activate", snapshot -> firstVersion(snapshot, KeyState.VERIFY_ONLY));
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      refused(
          ErrorCode.WRONG_ANSWER,
          () -> {
            bent.answering("activate", StaleReadingTest::nothingDisabled);
            enclave
                .admin()
                .key(key.handle())
                .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
          });
    }
  }

  @Test
  void refusesToSayDisabled_whenTheBackendSaysOtherwise() {
    bent.answering("changeState", StaleReadingTest::nothingDisabled);
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      refused(
          ErrorCode.WRONG_ANSWER,
          () -> enclave.admin().key(key.handle()).disable(key.activeVersion().id()));
    }
  }

  private static KeySnapshot nothingDisabled(KeySnapshot key) {
    return withVersions(
        key,
        key.versions().stream()
            .map(v -> v.state() == KeyState.DISABLED ? v.withState(KeyState.VERIFY_ONLY) : v)
            .toList());
  }

  private static KeySnapshot firstVersion(KeySnapshot key, KeyState state) {
    List<KeyVersion> versions = new ArrayList<>(key.versions());
    versions.set(0, versions.get(0).withState(state));
    return withVersions(key, versions);
  }

  private static KeySnapshot withVersions(KeySnapshot key, List<KeyVersion> versions) {
    return key.withVersions(versions);
  }

  @Test
  void refusesAKey_whenALaterVersionsPublicKeyWasReplaced() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      SigningKey other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      bent.answering(
          "load",
          snapshot -> {
            KeyVersion second = snapshot.versions().get(1);
            return withVersions(
                snapshot, List.of(snapshot.versions().get(0), withKey(second, other.publicKey())));
          });
      refused(ErrorCode.KEY_IDENTITY_CHANGED, key::info);
    }
  }

  @Test
  void opensABoxThatAnotherReplicaSealedAfterARotation() {
    try (Enclave here = Bench.in("production").with(cloud).open();
        Enclave there = Bench.in("production").with(cloud).open()) {
      WrappingKey mine = here.createKey(kek());
      mine.seal(PLAINTEXT, DATA);
      WrappingKey theirs = there.wrappingKeys().key("kek-1");
      there.admin().key(theirs.handle()).rotate(RotationRequest.now());
      SealedBytes box = theirs.seal(PLAINTEXT, DATA);
      assertThat(here.unseal(box, DATA)).isEqualTo(PLAINTEXT);
    }
  }

  @Test
  void sealsWithTheNewVersion_whenAnotherReplicaRotatedMeanwhile() {
    try (Enclave here = Bench.in("production").with(cloud).open();
        Enclave there = Bench.in("production").with(cloud).open()) {
      WrappingKey mine = here.createKey(kek());
      mine.seal(PLAINTEXT, DATA);
      RotationResult rotated =
          there
              .admin()
              .key("kek-1")
              .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      assertThat(mine.seal(PLAINTEXT, DATA).version()).isEqualTo(rotated.active().id());
    }
  }

  private static KeySpec<WrappingKey> kek() {
    return KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM);
  }

  @Test
  void signsWithTheNewVersion_whenAnotherReplicaRotatedRightAfterOurOwnWrite() {
    CloudShapedProvider slow = new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
    Bench ours = Bench.in("production").with(slow);
    try (Enclave here = ours.open();
        Enclave there = ours.open()) {
      SigningKey mine = here.createKey(KEY);
      ours.clock.advance(Duration.ofSeconds(15));
      RotationResult rotated =
          there
              .admin()
              .key("wallet-42")
              .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      ours.clock.advance(Duration.ofSeconds(60));
      assertThat(mine.sign(MESSAGE).version()).isEqualTo(rotated.active().id());
    }
  }

  @Test
  void oneKeyHasOnePlace_whenALookUpMissedItWhileItWasCreated() {
    List<SigningKey> created = new ArrayList<>();
    try (Enclave enclave = bench.open()) {
      bent.failed(
          "load",
          () -> {
            if (created.isEmpty()) {
              created.add(enclave.createKey(KEY));
            }
          });
      refused(ErrorCode.KEY_NOT_FOUND, () -> enclave.signingKeys().key("wallet-42"));
      SignatureValue old = created.get(0).sign(MESSAGE);
      enclave
          .admin()
          .key(enclave.signingKeys().key("wallet-42").handle())
          .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      assertThat(created.get(0).verify(MESSAGE, old)).isFalse();
    }
  }

  @Test
  void refusesAKey_whosePublicKeyIsOfAnotherAlgorithm() {
    try (Enclave enclave = bench.open()) {
      SigningKey other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      bent.answering(
          "create",
          snapshot ->
              withVersions(
                  snapshot, List.of(withKey(snapshot.versions().get(0), other.publicKey()))));
      refused(ErrorCode.BACKEND_CONTRACT, () -> enclave.createKey(KEY));
    }
  }

  private static KeyVersion withKey(KeyVersion version, PublicKeyInfo key) {
    return version.withPublicKey(Optional.of(key));
  }

  @Test
  void verifiesAgainstAVersionThatAnotherReplicaMade() {
    try (Enclave here = bench.open();
        Enclave there = Bench.in("production").with(bent).open()) {
      SigningKey mine = here.createKey(KEY);
      KeyVersionId next =
          there.admin().key("wallet-42").rotate(RotationRequest.now()).active().id();
      SignatureValue signature = there.signingKeys().key("wallet-42").sign(MESSAGE);
      assertThat(mine.verify(MESSAGE, signature.toByteArray(), SignatureEncoding.RAW, next))
          .isTrue();
    }
  }

  @Test
  void keepsTheCallersDeadline_overReadingAndSigning() {
    CloudShapedProvider slow = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
    Bench slowBench = Bench.in("production").with(slow);
    try (Enclave enclave = slowBench.open()) {
      SigningKey key = enclave.createKey(KEY);
      slowBench.clock.advance(Duration.ofMinutes(10));
      slow.faults().latency(CloudOperation.LOAD, Duration.ofSeconds(3));
      slow.faults().latency(CloudOperation.SIGN, Duration.ofSeconds(3));
      Instant before = slowBench.clock.now();
      EnclaveException late =
          (EnclaveException)
              Assertions.catchThrowable(
                  () -> key.sign(MESSAGE, SignOptions.defaults().deadline(Duration.ofSeconds(4))));
      assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
      assertThat(Duration.between(before, slowBench.clock.now())).isEqualTo(Duration.ofSeconds(4));
    }
  }

  @Test
  void saysThatTheBackendCannotAdopt() {
    try (Enclave enclave =
        Bench.in("development")
            .set("enclave.keys.treasury", "bent:keys/1")
            .with(bent)
            .set("enclave.backend", "bent")
            .open()) {
      refused(ErrorCode.UNSUPPORTED_OPERATION, () -> enclave.signingKeys().key("treasury"));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
