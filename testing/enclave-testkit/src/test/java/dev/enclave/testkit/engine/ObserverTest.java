package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.observation.ObservedCall;
import dev.enclave.testkit.CapturedOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What an observer is told where not all goes well. */
class ObserverTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final List<ObservedCall> observed = new ArrayList<>();
  private final BentProvider backend = new BentProvider("far");
  private final Bench bench = Bench.in("production").with(backend);

  private Enclave open() {
    return bench.builder().observer(observed::add).open();
  }

  private ObservedCall last(Operation operation) {
    assertThat(observed).last().extracting(ObservedCall::operation).isEqualTo(operation);
    return observed.get(observed.size() - 1);
  }

  @Test
  void countsAttempts_andTheTimeThatTheBackendHadThem_withoutThePausesBetween() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      observed.clear();
      AtomicInteger asked = new AtomicInteger();
      backend.before(
          "sign",
          () -> {
            bench.clock.advance(Duration.ofMillis(40));
            if (asked.incrementAndGet() < 3) {
              throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Not now.");
            }
          });
      key.sign(MESSAGE);
      assertThat(observed).hasSize(1);
      ObservedCall call = last(Operation.SIGN);
      assertThat(call.result()).isEqualTo(Result.SUCCESS);
      assertThat(call.backend()).contains(BackendId.of("far"));
      assertThat(call.attempts()).isEqualTo(3);
      assertThat(call.atBackend()).isEqualTo(Duration.ofMillis(120));
      assertThat(call.duration()).isGreaterThan(Duration.ofMillis(120));
    }
  }

  @Test
  void saysThatAnOutcomeIsUnknown() {
    try (Enclave enclave = open()) {
      backend.before(
          "create",
          () -> {
            bench.clock.advance(Duration.ofSeconds(40));
            throw BackendFailure.ambiguous(FailureCode.TIMEOUT, "The answer was lost.");
          });
      refused(ErrorCode.OUTCOME_UNKNOWN, () -> enclave.createKey(SPEC));
      assertThat(last(Operation.CREATE).result()).isEqualTo(Result.UNKNOWN);
      assertThat(last(Operation.CREATE).error()).contains(ErrorCode.OUTCOME_UNKNOWN);
    }
  }

  @Test
  void saysThatNothingWasDone_whenTheIntentCannotBeRecorded() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      bench.audit.failWhen(event -> true);
      refused(ErrorCode.AUDIT_UNAVAILABLE, () -> key.sign(MESSAGE));
      assertThat(last(Operation.SIGN).result()).isEqualTo(Result.REFUSED);
      assertThat(last(Operation.SIGN).error()).contains(ErrorCode.AUDIT_UNAVAILABLE);
      assertThat(last(Operation.SIGN).attempts()).isZero();
    }
  }

  @Test
  void saysThatTheResultWasWithheld_whenTheOutcomeCannotBeRecorded() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      backend.before("sign", () -> bench.audit.failWhen(event -> true));
      refused(ErrorCode.AUDIT_UNAVAILABLE, () -> key.sign(MESSAGE));
      assertThat(last(Operation.SIGN).result()).isEqualTo(Result.FAILURE);
      assertThat(last(Operation.SIGN).error()).contains(ErrorCode.AUDIT_UNAVAILABLE);
      assertThat(last(Operation.SIGN).attempts()).isEqualTo(1);
    }
  }

  @Test
  void tellsOfEachVerificationOnce_andThatTheSignatureIsInvalid() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      SigningKey other =
          enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
      SignatureValue signature = key.sign(MESSAGE);
      SignatureValue others = other.sign(MESSAGE);
      byte[] bytes = others.toByteArray();
      List<Runnable> verifications =
          List.of(
              () -> assertThat(key.verify(MESSAGE, others)).isFalse(),
              () -> assertThat(key.verify(MESSAGE, bytes, others.encoding())).isFalse(),
              () ->
                  assertThat(key.verify(MESSAGE, bytes, others.encoding(), signature.version()))
                      .isFalse());
      for (Runnable verification : verifications) {
        observed.clear();
        verification.run();
        assertThat(observed).hasSize(1);
        assertThat(last(Operation.VERIFY).result()).isEqualTo(Result.FAILURE);
        assertThat(last(Operation.VERIFY).error()).isEmpty();
      }
    }
  }

  @Test
  void tellsOfASignerOnce() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      observed.clear();
      key.signer();
      assertThat(observed).hasSize(1);
      assertThat(last(Operation.LOOK_UP).result()).isEqualTo(Result.SUCCESS);
    }
  }

  @Test
  void saysWhatEnsureDid_aLookUpAndACreation() {
    try (Enclave enclave = open()) {
      observed.clear();
      enclave.ensureKey(SPEC);
      enclave.ensureKey(SPEC);
      refused(
          ErrorCode.KEY_SPEC_MISMATCH,
          () ->
              enclave.ensureKey(
                  KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256)));
      assertThat(observed)
          .extracting(ObservedCall::operation)
          .containsExactly(
              Operation.LOOK_UP, Operation.CREATE, Operation.LOOK_UP, Operation.CREATE);
      assertThat(last(Operation.CREATE).result()).isEqualTo(Result.REFUSED);
    }
  }

  @Test
  void anObserverThatThrows_isWarnedOfOnce_andChangesNothing() {
    String log;
    try (CapturedOutput output = new CapturedOutput();
        Enclave enclave =
            bench
                .builder()
                .observer(
                    call -> {
                      throw new IllegalStateException("the observer's own trouble");
                    })
                .observer(observed::add)
                .open()) {
      SigningKey key = enclave.createKey(SPEC);
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      log = output.text();
    }
    assertThat(observed)
        .extracting(ObservedCall::operation)
        .containsExactly(Operation.CREATE, Operation.SIGN, Operation.VERIFY);
    assertThat(log).containsOnlyOnce("threw java.lang.IllegalStateException");
    assertThat(log).doesNotContain("own trouble");
  }

  @Test
  void whatAClosedEnclaveRefuses_isNoOperation() {
    Enclave enclave = open();
    SigningKey key = enclave.createKey(SPEC);
    enclave.close();
    observed.clear();
    refused(ErrorCode.CLOSED, () -> key.sign(MESSAGE));
    refused(ErrorCode.CLOSED, enclave.admin()::listKeys);
    assertThat(observed).isEmpty();
  }

  @Test
  void anAttemptThatFailedForGood_isOne() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      backend.before(
          "sign",
          () -> {
            throw BackendFailure.permanent(FailureCode.ACCESS_DENIED, "Not for you.");
          });
      refused(ErrorCode.ACCESS_DENIED, () -> key.sign(MESSAGE));
      assertThat(last(Operation.SIGN))
          .satisfies(
              call -> {
                assertThat(call.result()).isEqualTo(Result.FAILURE);
                assertThat(call.error()).isEqualTo(Optional.of(ErrorCode.ACCESS_DENIED));
                assertThat(call.attempts()).isEqualTo(1);
              });
    }
  }
}
