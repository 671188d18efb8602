package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningInput;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.internal.SteppedTime;
import dev.enclave.testkit.internal.bench.Failures;
import dev.enclave.testkit.internal.bench.Inputs;
import dev.enclave.testkit.internal.bench.Unknown;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures say what happened in the engine's words, and nothing secret. */
public interface ErrorContract extends BackendUnderTest {

  @Test
  default void findsNoKey_ofAnUnknownName() {
    Workbench.with(
        harness(),
        bench -> {
          var name = bench.freshName();
          bench.refuse(FailureCode.NOT_FOUND, call -> bench.backend().load(name, call));
        });
  }

  @Test
  default void doesNotSign_withAnUnknownVersion() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersionRef unknown = Unknown.versionOf(key);
          SigningInput input = bench.input(key.algorithm());
          bench.refuse(FailureCode.NOT_FOUND, call -> bench.sign(unknown, input, call));
        });
  }

  @Test
  default void doesNotSign_byAReferenceNobodyGave() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          SigningInput input = bench.input(key.algorithm());
          for (String uri : new String[] {"", " ", "nonsense", "../../x", "https://[", "a\nb"}) {
            KeyVersionRef strange =
                KeyVersionRef.of(
                    key.name(),
                    KeyVersionId.of("x".repeat(64)),
                    key.algorithm(),
                    KeyState.ACTIVE,
                    key.stamp(),
                    uri);
            assertThat(bench.refusal(call -> bench.sign(strange, input, call)))
                .isIn(FailureCode.NOT_FOUND, FailureCode.UNSUPPORTED, FailureCode.REJECTED);
          }
        });
  }

  @Test
  default void doesNotSign_anUndeclaredInput() {
    Workbench.with(
        harness(),
        bench -> {
          for (KeyAlgorithm algorithm : Inputs.oneAlgorithmOfEachKind(bench.backend().describe())) {
            AlgorithmSupport support = bench.backend().describe().support(algorithm).orElseThrow();
            KeySnapshot key = bench.create(algorithm);
            KeyVersionRef version = key.ref(key.active().orElseThrow());
            for (SigningInput input : Inputs.allUndeclared(support, bench.harness().random())) {
              bench.refuse(FailureCode.UNSUPPORTED, call -> bench.sign(version, input, call));
            }
          }
        });
  }

  @Test
  default void keepsTheInputOutOfMessages() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersionRef unknown = Unknown.versionOf(key);
          String canary = "canary-" + bench.freshId();
          BackendFailure failure =
              (BackendFailure)
                  org.assertj.core.api.Assertions.catchThrowable(
                      () -> bench.sign(unknown, Message.ofUtf8(canary), oneAttempt(bench)));
          assertThat(failure).hasMessageNotContaining(canary);
        });
  }

  @Test
  default void doesNothing_whenTheDeadlineHasPassed() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          SigningInput input = bench.input(key.algorithm());
          CallContext late =
              CallContext.of(
                  bench.freshId(),
                  1,
                  Deadline.in(Duration.ZERO, bench.harness().time()),
                  bench.harness().time());
          for (CallContext call : List.of(late, SteppedTime.of(late, Duration.ofHours(-1)))) {
            try {
              Verification.requireSigned(version, input, bench.sign(key.ref(version), input, call));
              assertThat(bench.harness().traits())
                  .as("only a local backend may answer after the deadline")
                  .doesNotContain(BackendTrait.REMOTE);
            } catch (BackendFailure failure) {
              Failures.requireWellFormed(failure);
              assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
            }
          }
        });
  }

  @Test
  default void answersInTime_whateverTheWallClockIsSetToMeanwhile() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          SigningInput input = bench.input(key.algorithm());
          Verification.requireSigned(
              version,
              input,
              bench.succeed(
                  call ->
                      bench.sign(
                          key.ref(version), input, SteppedTime.of(call, Duration.ofHours(1)))));
        });
  }

  private static CallContext oneAttempt(Workbench bench) {
    return CallContext.of(
        bench.freshId(),
        1,
        Deadline.in(Duration.ofMinutes(1), bench.harness().time()),
        bench.harness().time());
  }
}
