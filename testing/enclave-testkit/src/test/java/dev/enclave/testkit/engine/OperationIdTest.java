package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operation with an id from outside is the same one, whatever process repeats it. */
class OperationIdTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  @Test
  void createsOneKey_whenAnotherProcessRepeatsTheCreation() {
    try (Enclave enclave = bench.open();
        Enclave another = bench.open()) {
      SigningKey key = enclave.createKey(SPEC.operationId("create-1"));
      assertThat(another.createKey(SPEC.operationId("create-1")).handle()).isEqualTo(key.handle());
      refused(ErrorCode.KEY_ALREADY_EXISTS, () -> another.createKey(SPEC.operationId("create-2")));
      refused(ErrorCode.KEY_ALREADY_EXISTS, () -> another.createKey(SPEC));
      refused(
          ErrorCode.KEY_ALREADY_EXISTS,
          () ->
              another.createKey(
                  KeySpec.named("wallet-42")
                      .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                      .operationId("create-1")));
    }
  }

  @Test
  void goesOnWithThePreparedVersion_whenTheFirstProcessCameToItsEndBeforeActivation() {
    try (Enclave enclave = bench.open();
        Enclave another = bench.open()) {
      KeyVersion first = enclave.createKey(SPEC).activeVersion();
      RotationRequest request = RotationRequest.ifActive(first).operationId("rotate-1");
      bent.before("activate", OperationIdTest::endOfTheProcess);
      bent.before("changeState", OperationIdTest::endOfTheProcess);
      refused(ErrorCode.PROVIDER_REJECTED, () -> enclave.admin().key("wallet-42").rotate(request));
      bent.before("activate", () -> {}).before("changeState", () -> {});

      RotationResult result = another.admin().key("wallet-42").rotate(request);

      assertThat(result.key().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      assertThat(result.previous().id()).isEqualTo(first.id());
      assertThat(result.statement()).isPresent();
    }
  }

  @Test
  void goesOnWithThePreparedVersion_whenTheActivationFailedForAMoment() {
    try (Enclave enclave = bench.open()) {
      KeyVersion first = enclave.createKey(SPEC).activeVersion();
      RotationRequest request = RotationRequest.ifActive(first).operationId("rotate-1");
      bent.before(
          "activate",
          () -> {
            throw BackendFailure.throttled("not so fast", java.util.Optional.empty());
          });
      refused(ErrorCode.THROTTLED, () -> enclave.admin().key("wallet-42").rotate(request));
      bent.before("activate", () -> {});

      bench.clock.advance(java.time.Duration.ofMinutes(5));
      RotationResult result = enclave.admin().key("wallet-42").rotate(request);

      assertThat(result.key().versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }

  @Test
  void returnsTheRotation_whenAnotherProcessRepeatsOneThatIsDone() {
    try (Enclave enclave = bench.open();
        Enclave another = bench.open()) {
      KeyVersion first = enclave.createKey(SPEC).activeVersion();
      RotationRequest request = RotationRequest.ifActive(first).operationId("rotate-1");
      RotationResult done = enclave.admin().key("wallet-42").rotate(request);
      ManagedKey key = another.admin().key("wallet-42");

      RotationResult repeated = key.rotate(request);

      assertThat(repeated.key().versions()).isEqualTo(done.key().versions());
      assertThat(repeated.active()).isEqualTo(done.active());
      assertThat(repeated.previous()).isEqualTo(done.previous());
      assertThat(repeated.statement()).isEmpty();
      key.rotate(RotationRequest.now());
      assertThat(key.rotate(request).active().state()).isEqualTo(KeyState.VERIFY_ONLY);
      assertThat(key.info().versions()).hasSize(3);
    }
  }

  @Test
  void refusesAnotherOperation_whenTheVersionWasReplaced() {
    try (Enclave enclave = bench.open()) {
      KeyVersion first = enclave.createKey(SPEC).activeVersion();
      ManagedKey key = enclave.admin().key("wallet-42");
      key.rotate(RotationRequest.ifActive(first).operationId("rotate-1"));
      refused(
          ErrorCode.ROTATION_CONFLICT,
          () -> key.rotate(RotationRequest.ifActive(first).operationId("rotate-2")));
      assertThat(key.info().versions()).hasSize(2);
    }
  }

  @Test
  void saysThatAnotherIdIsNeeded_whenThePreparedVersionWasGivenUp() {
    try (Enclave enclave = bench.open()) {
      KeyVersion first = enclave.createKey(SPEC).activeVersion();
      ManagedKey key = enclave.admin().key("wallet-42");
      RotationRequest request =
          RotationRequest.ifActive(first).reason(RotationReason.SCHEDULED).operationId("rotate-1");
      bent.before("activate", OperationIdTest::endOfTheProcess);
      refused(ErrorCode.PROVIDER_REJECTED, () -> key.rotate(request));
      bent.before("activate", () -> {});

      assertThat(refused(ErrorCode.ROTATION_CONFLICT, () -> key.rotate(request)))
          .contains("rotate-1", "DESTROYED", "another operation id");
      assertThat(key.rotate(request.operationId("rotate-2")).active().state())
          .isEqualTo(KeyState.ACTIVE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a_b",
        "a/b",
        "\u00e4",
        "a\n",
        "12345678901234567890123456789012345678901234567890123456789012345"
      })
  void refusesAnIdThatNoProviderCouldKeep(String id) {
    refused(ErrorCode.INVALID_ARGUMENT, () -> SPEC.operationId(id));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () -> RotationRequest.ifActive(dev.enclave.KeyVersionId.of("1")).operationId(id));
  }

  @Test
  void refusesAnId_withoutTheVersionThatIsToBeReplaced() {
    assertThat(
            refused(
                ErrorCode.INVALID_ARGUMENT, () -> RotationRequest.now().operationId("rotate-1")))
        .contains("ifActive");
  }

  private static void endOfTheProcess() throws BackendFailure {
    throw BackendFailure.permanent(FailureCode.REJECTED, "The process ended. Begin anew.");
  }
}
