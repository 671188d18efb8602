package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemoteTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> P256 =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final Bench bench = Bench.in("production").with(cloud);

  @ParameterizedTest
  @EnumSource(CloudVariant.class)
  void signsAndVerifiesOnEveryVariant(CloudVariant variant) {
    try (Enclave enclave = Bench.in("development").with(new CloudShapedProvider(variant)).open()) {
      SigningKey key = enclave.createKey(P256);
      SignatureValue signature = key.sign(MESSAGE);
      assertThat(signature.encoding()).isEqualTo(SignatureEncoding.DER);
      assertThat(key.verify(MESSAGE, signature)).isTrue();
      assertThat(key.verify(Message.ofUtf8("pay 1000 to Mallory"), signature)).isFalse();
      assertThat(signature.as(SignatureEncoding.P1363).bytes().size()).isEqualTo(64);
    }
  }

  @ParameterizedTest
  @EnumSource(value = CloudVariant.class, mode = EnumSource.Mode.EXCLUDE, names = "SIGN_ONLY")
  void rotatesAndKeepsOldSignaturesValidOnEveryVariantThatCan(CloudVariant variant) {
    try (Enclave enclave = Bench.in("production").with(new CloudShapedProvider(variant)).open()) {
      SigningKey key = enclave.createKey(P256);
      SignatureValue old = key.sign(MESSAGE);
      RotationResult result =
          enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      assertThat(result.statement()).isPresent();
      assertThat(key.sign(MESSAGE).version()).isEqualTo(result.active().id());
      assertThat(key.verify(MESSAGE, old)).isTrue();
    }
  }

  @Test
  void refusesRotation_whenTheBackendHasNone() {
    try (Enclave enclave =
        Bench.in("development").with(new CloudShapedProvider(CloudVariant.SIGN_ONLY)).open()) {
      SigningKey key = enclave.createKey(P256);
      assertThat(
              refused(
                  ErrorCode.UNSUPPORTED_OPERATION,
                  () -> enclave.admin().key(key.handle()).rotate(RotationRequest.now())))
          .contains("KeyRotator");
      refused(ErrorCode.UNSUPPORTED_OPERATION, enclave.admin()::listKeys);
      refused(
          ErrorCode.UNSUPPORTED_OPERATION,
          () -> enclave.admin().key(key.handle()).disable(key.activeVersion().id()));
    }
  }

  @Test
  void makesEverySecp256k1SignatureLowS_withTheRightRecoveryId() {
    BigInteger half =
        new BigInteger("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", 16);
    try (Enclave enclave = bench.open()) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("eth").algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256));
      for (int i = 0; i < 8; i++) {
        SignatureValue signature =
            key.sign(
                Digest.of(DigestAlgorithm.KECCAK_256, new byte[32]),
                SignOptions.defaults().encoding(SignatureEncoding.P1363));
        byte[] s = Arrays.copyOfRange(signature.toByteArray(), 32, 64);
        assertThat(new BigInteger(1, s)).isLessThanOrEqualTo(half);
        assertThat(signature.recoveryId()).isPresent();
      }
    }
  }

  @Test
  void refusesAMessageTheProviderCannotTake_ratherThanHashIt() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KeySpec.named("ed").algorithm(SigningAlgorithm.ED25519));
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(refused(ErrorCode.UNSUPPORTED_INPUT, () -> key.sign(Message.of(new byte[4097]))))
          .contains("4096");
      refused(
          ErrorCode.UNSUPPORTED_INPUT,
          () -> key.sign(Digest.of(DigestAlgorithm.SHA_256, new byte[32])));
      assertThat(bench.audit.events(Operation.SIGN))
          .last()
          .satisfies(e -> assertThat(e.result()).isEqualTo(Result.REFUSED));
    }
  }

  @Test
  void signsLongMessages_whenTheAlgorithmHashes() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      Message longer = Message.of(new byte[100_000]);
      assertThat(key.verify(longer, key.sign(longer))).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.Wrong.class)
  void releasesNoSignature_whenTheAnswerIsWrong(Fault.Wrong wrong) {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      key.sign(MESSAGE);
      cloud.faults().next(CloudOperation.SIGN, 1, wrong);
      int before = cloud.faults().calls(CloudOperation.SIGN);
      Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> key.sign(MESSAGE));
      assertThat(thrown).isInstanceOf(dev.enclave.error.IntegrityException.class);
      assertThat(cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(before + 1);
      assertThat(bench.audit.outcomes())
          .last()
          .satisfies(e -> assertThat(e.result()).isEqualTo(Result.FAILURE));
    }
  }

  @Test
  void repeatsWhatPassesByItself_withPauses() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      cloud.faults().next(CloudOperation.SIGN, 1, Fault.unavailable());
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      cloud.faults().next(CloudOperation.SIGN, 1, Fault.throttled(Duration.ofMillis(700)));
      key.sign(MESSAGE);
      assertThat(bench.clock.pauses()).last().isEqualTo(Duration.ofMillis(700));
    }
  }

  @Test
  void doesNotRepeatWhatWillFailAgain() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      cloud.faults().every(CloudOperation.SIGN, 1, Fault.accessDenied());
      int before = cloud.faults().calls(CloudOperation.SIGN);
      assertThat(refused(ErrorCode.ACCESS_DENIED, () -> key.sign(MESSAGE)))
          .contains("provider request ");
      assertThat(cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(before + 1);
    }
  }

  @Test
  void keepsTheDeadline_whenTheProviderIsSlow() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      cloud.faults().latency(CloudOperation.SIGN, Duration.ofSeconds(30));
      java.time.Instant before = bench.clock.now();
      EnclaveException late =
          (EnclaveException)
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> key.sign(MESSAGE, SignOptions.defaults().deadline(Duration.ofSeconds(2))));
      assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
      assertThat(late.retryable()).isTrue();
      assertThat(Duration.between(before, bench.clock.now())).isEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void keepsOneDeadlineForAllStepsOfARotation() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      cloud.faults().latency(CloudOperation.PREPARE, Duration.ofSeconds(20));
      cloud.faults().latency(CloudOperation.ACTIVATE, Duration.ofSeconds(20));
      java.time.Instant before = bench.clock.now();
      refused(
          ErrorCode.OUTCOME_UNKNOWN,
          () -> enclave.admin().key(key.handle()).rotate(RotationRequest.now()));
      assertThat(Duration.between(before, bench.clock.now())).isEqualTo(Duration.ofSeconds(30));
    }
  }

  @Test
  void createsOnce_whenTheAnswerIsLostAtAnyPoint() {
    for (Fault.Lost lost : Fault.Lost.values()) {
      CloudShapedProvider account = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
      account.faults().next(CloudOperation.CREATE, 1, lost);
      try (Enclave enclave = Bench.in("production").with(account).open()) {
        SigningKey key = enclave.createKey(P256);
        assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
        assertThat(enclave.admin().listKeys().keys()).hasSize(1);
        assertThat(key.info().versions()).hasSize(1);
      }
    }
  }

  @Test
  void rotatesOnce_whenTheAnswerIsLostAtAnyPoint() {
    for (CloudOperation step : List.of(CloudOperation.PREPARE, CloudOperation.ACTIVATE)) {
      for (Fault.Lost lost : Fault.Lost.values()) {
        CloudShapedProvider account = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
        account.faults().next(step, 1, lost);
        try (Enclave enclave = Bench.in("production").with(account).open()) {
          SigningKey key = enclave.createKey(P256);
          enclave.admin().key(key.handle()).rotate(RotationRequest.now());
          assertThat(key.info().versions())
              .extracting(v -> v.state())
              .as("%s %s", step, lost)
              .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
        }
      }
    }
  }

  @Test
  void saysThatTheOutcomeIsUnknown_whenNoAnswerEverComes() {
    try (Enclave enclave = bench.open()) {
      cloud.faults().every(CloudOperation.CREATE, 1, Fault.Lost.ANSWER);
      refused(ErrorCode.OUTCOME_UNKNOWN, () -> enclave.createKey(P256));
      assertThat(bench.audit.outcomes())
          .last()
          .satisfies(e -> assertThat(e.result()).isEqualTo(Result.UNKNOWN));
    }
  }

  @Test
  void seesItsOwnWritesAtOnce_whenTheProviderDoesNot() {
    CloudShapedProvider stale = new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
    Bench staleBench = Bench.in("production").with(stale);
    try (Enclave enclave = staleBench.open()) {
      SigningKey key = enclave.createKey(P256);
      assertThat(enclave.signingKeys().key("wallet-42").handle()).isEqualTo(key.handle());
      RotationResult first = enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      assertThat(key.sign(MESSAGE).version()).isEqualTo(first.active().id());
      assertThat(key.info().active().map(KeyVersion::id)).contains(first.active().id());
      staleBench.clock.advance(Duration.ofMinutes(10));
      assertThat(enclave.admin().key(key.handle()).rotate(RotationRequest.now()).key().versions())
          .hasSize(3);
    }
  }

  @Test
  void ensuresOneKey_whenTwoReplicasStartAtOnce_andReadsAreStale() {
    CloudShapedProvider stale = new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
    stale.faults().latency(CloudOperation.LOAD, Duration.ofMillis(50));
    try (Enclave here = Bench.in("production").with(stale).open();
        Enclave there = Bench.in("production").with(stale).open()) {
      SigningKey mine = here.createKey(P256);
      assertThat(there.ensureKey(P256).handle()).isEqualTo(mine.handle());
    }
  }

  @Test
  void answersOnAnotherThread_alsoThatItHasBeenClosed() {
    Enclave enclave = bench.open();
    SigningKey key = CompletableFuture.supplyAsync(() -> enclave.createKey(P256)).join();
    SignatureValue signature = CompletableFuture.supplyAsync(() -> key.sign(MESSAGE)).join();
    assertThat(key.verify(MESSAGE, signature)).isTrue();
    enclave.close();
    assertThat(CompletableFuture.supplyAsync(() -> key.sign(MESSAGE)))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  void signsWithTheNewVersion_whenAnotherReplicaRotatedMeanwhile() {
    try (Enclave here = bench.open();
        Enclave there = Bench.in("production").with(cloud).open()) {
      SigningKey mine = here.createKey(P256);
      mine.sign(MESSAGE);
      RotationResult rotated = there.admin().key("wallet-42").rotate(RotationRequest.now());
      SignatureValue signature = mine.sign(MESSAGE);
      assertThat(signature.version()).isEqualTo(rotated.active().id());
      assertThat(mine.verify(MESSAGE, signature)).isTrue();
    }
  }

  @Test
  void recordsTheIntentDurablyBeforeTheCall_andTheOutcomeWithTheProvidersRequestId() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      SignatureValue signature = key.sign(MESSAGE, SignOptions.by("user:7"));
      List<AuditEvent> events = bench.audit.events(Operation.SIGN);
      assertThat(events).extracting(AuditEvent::phase).containsExactly(Phase.INTENT, Phase.OUTCOME);
      assertThat(events)
          .extracting(AuditEvent::operationId)
          .containsOnly(events.get(0).operationId());
      assertThat(events)
          .allSatisfy(
              e -> {
                assertThat(e.caller()).isEqualTo("user:7");
                assertThat(e.version()).contains(signature.version());
              });
      assertThat(events.get(1).providerRequestId()).isEqualTo(signature.traceId()).isPresent();
      assertThat(bench.audit.appended())
          .allSatisfy(a -> assertThat(a.durability()).isEqualTo(Durability.DURABLE));
    }
  }

  @Test
  void doesNotCallTheProvider_whenTheIntentCannotBeRecordedInProduction() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      int before = cloud.faults().calls(CloudOperation.SIGN);
      bench.audit.failWhen(e -> e.operation() == Operation.SIGN);
      refused(ErrorCode.AUDIT_UNAVAILABLE, () -> key.sign(MESSAGE));
      assertThat(cloud.faults().calls(CloudOperation.SIGN)).isEqualTo(before);
      assertThat(enclave.health().healthy()).isFalse();
    }
  }

  @Test
  void releasesNoSignature_whenTheOutcomeCannotBeRecordedInProduction() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(P256);
      bench.audit.failWhen(e -> e.phase() == Phase.OUTCOME);
      refused(ErrorCode.AUDIT_UNAVAILABLE, () -> key.sign(MESSAGE));
    }
  }

  @Test
  void goesOnWithAWarning_whenDevelopmentCannotRecord() {
    Bench development = Bench.in("development").with(cloud);
    Enclave enclave = development.open();
    SigningKey key = enclave.createKey(KeySpec.named("dev").algorithm(SigningAlgorithm.ED25519));
    development.audit.failWhen(e -> true);
    assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    assertThat(enclave.health().findings())
        .extracting(HealthReport.Finding::severity)
        .containsExactly(HealthReport.Severity.WARNING);
    refused(ErrorCode.AUDIT_UNAVAILABLE, enclave::close);
  }

  @Test
  void refusesToStart_whenTheBackendIsNotHealthy() {
    cloud.faults().every(CloudOperation.HEALTH, 1, Fault.permanent(FailureCode.ACCESS_DENIED));
    refused(ErrorCode.ACCESS_DENIED, bench::open);
  }
}
