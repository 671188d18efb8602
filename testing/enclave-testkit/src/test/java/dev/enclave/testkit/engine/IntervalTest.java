package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How often a key is due is changed by an operation of its own. */
class IntervalTest {

  private static final RotationInterval MONTHLY = RotationInterval.every(Duration.ofDays(30));
  private static final RotationInterval QUARTERLY = RotationInterval.every(Duration.ofDays(90));
  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256).rotation(MONTHLY);

  private final Bench bench = Bench.in("production").with(new InMemoryProvider());
  private final CloudShapedProvider stale =
      new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);

  @Test
  void movesTheNextRotation() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC);
      ManagedKey key = enclave.admin().key("wallet-42");
      bench.clock.advance(Duration.ofDays(31));

      KeyInfo changed = key.changeRotation(QUARTERLY);

      assertThat(changed.rotation()).isEqualTo(QUARTERLY);
      assertThat(changed.nextRotationAt()).contains(changed.createdAt().plus(Duration.ofDays(90)));
      assertThat(key.info()).isEqualTo(changed);
      assertThat(enclave.admin().rotateDue().rotated()).isEmpty();
      assertThat(key.changeRotation(RotationInterval.NEVER).nextRotationAt()).isEmpty();
      key.changeRotation(MONTHLY);
      assertThat(enclave.admin().rotateDue().rotated()).hasSize(1);
      assertThat(key.info().rotation()).isEqualTo(MONTHLY);
    }
  }

  @Test
  void followsThePolicy_whenThePolicyIsToDecide() {
    try (Enclave enclave = bench.set("enclave.rotation.interval", "P10D").open()) {
      enclave.createKey(SPEC);
      KeyInfo changed = enclave.admin().key("wallet-42").changeRotation(RotationInterval.POLICY);
      assertThat(changed.nextRotationAt()).contains(changed.createdAt().plus(Duration.ofDays(10)));
    }
  }

  @Test
  void letsASpecificationWithTheNewIntervalFindTheKey() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(SPEC);
      assertThat(
              refused(
                  ErrorCode.KEY_SPEC_MISMATCH, () -> enclave.ensureKey(SPEC.rotation(QUARTERLY))))
          .contains("changeRotation");

      enclave.admin().key(key.handle()).changeRotation(QUARTERLY);

      assertThat(enclave.ensureKey(SPEC.rotation(QUARTERLY)).handle()).isEqualTo(key.handle());
      refused(ErrorCode.KEY_SPEC_MISMATCH, () -> enclave.ensureKey(SPEC));
    }
  }

  @Test
  void recordsTheOldAndTheNewInterval() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(SPEC);
      enclave.by("user:7").admin().key("wallet-42").changeRotation(RotationInterval.NEVER);
      assertThat(bench.audit.events(Operation.CHANGE_INTERVAL))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.result()).isEqualTo(Result.SUCCESS);
                assertThat(event.caller()).isEqualTo("user:7");
                assertThat(event.details())
                    .containsEntry("from", "PT720H")
                    .containsEntry("to", "never");
              });
    }
  }

  @Test
  void refusesAKeyOfWhichEveryVersionIsDestroyed() {
    try (Enclave enclave = bench.open()) {
      KeyVersionId only = enclave.createKey(SPEC).activeVersion().id();
      ManagedKey key = enclave.admin().key("wallet-42");
      key.disable(only);
      assertThat(key.changeRotation(QUARTERLY).rotation()).isEqualTo(QUARTERLY);
      key.destroy(only);

      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.changeRotation(MONTHLY));

      assertThat(bench.audit.events(Operation.CHANGE_INTERVAL))
          .extracting(event -> event.result())
          .containsExactly(Result.SUCCESS, Result.REFUSED);
    }
  }

  @Test
  void refusesABackendWithoutRotation() {
    try (Enclave enclave =
        Bench.in("development").with(new CloudShapedProvider(CloudVariant.SIGN_ONLY)).open()) {
      enclave.createKey(SPEC);
      assertThat(
              refused(
                  ErrorCode.UNSUPPORTED_OPERATION,
                  () -> enclave.admin().key("wallet-42").changeRotation(QUARTERLY)))
          .contains("KeyRotator");
    }
  }

  @Test
  void believesNoBackendThatAnswersWithAnotherInterval() {
    BentProvider bent =
        new BentProvider("bent").answering("changeInterval", key -> key.withRotation(MONTHLY));
    Bench remote = Bench.in("production").with(bent);
    try (Enclave enclave = remote.open()) {
      enclave.createKey(SPEC);
      assertThat(
              refused(
                  ErrorCode.WRONG_ANSWER,
                  () -> enclave.admin().key("wallet-42").changeRotation(QUARTERLY)))
          .contains("PT2160H", "PT720H");
    }
  }

  @Test
  void isOneChange_whenTheAnswerIsLost() {
    CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
    Bench remote = Bench.in("production").with(cloud);
    try (Enclave enclave = remote.open()) {
      enclave.createKey(SPEC);
      cloud.faults().next(CloudOperation.CHANGE_INTERVAL, 1, Fault.Lost.ANSWER);
      assertThat(enclave.admin().key("wallet-42").changeRotation(QUARTERLY).rotation())
          .isEqualTo(QUARTERLY);
      assertThat(remote.audit.events(Operation.CHANGE_INTERVAL))
          .extracting(event -> event.result())
          .containsExactly(Result.PENDING, Result.SUCCESS);
    }
  }

  @Test
  void returnsOnceReadsShowTheChange() {
    Bench remote = Bench.in("production").with(stale);
    try (Enclave enclave = remote.open();
        Enclave another = remote.open()) {
      enclave.createKey(SPEC);
      enclave.admin().key("wallet-42").changeRotation(QUARTERLY);
      assertThat(another.signingKeys().key("wallet-42").info().rotation()).isEqualTo(QUARTERLY);
    }
  }

  @Test
  void seesTheNextChangeOfAnotherProcess_rightAfterItsOwn() {
    Bench remote = Bench.in("production").with(stale);
    try (Enclave enclave = remote.open();
        Enclave another = remote.open()) {
      enclave.createKey(SPEC);
      enclave.admin().key("wallet-42").changeRotation(QUARTERLY);
      another.admin().key("wallet-42").changeRotation(RotationInterval.NEVER);
      remote.clock.advance(Duration.ofSeconds(61));
      assertThat(enclave.signingKeys().key("wallet-42").info().rotation())
          .isEqualTo(RotationInterval.NEVER);
    }
  }
}
