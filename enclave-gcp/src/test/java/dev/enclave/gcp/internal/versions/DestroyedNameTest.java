package dev.enclave.gcp.internal.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.gcp.internal.Bench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import org.junit.jupiter.api.Test;

/** A name whose versions are all destroyed cannot be used, and is never free again. */
class DestroyedNameTest {

  @Test
  void saysThatTheKeyIsDestroyed_andThatItsNameIsNeverFree() throws BackendFailure {
    try (Bench bench = Bench.start()) {
      KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      bench
          .backend()
          .changeState(key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
      CreateRequest again =
          CreateRequest.of(
              key.name(),
              SigningAlgorithm.ECDSA_P256_SHA256,
              RotationInterval.NEVER,
              EnvironmentType.DEVELOPMENT,
              "another");
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class, () -> bench.backend().create(again, bench.call())))
          .returns(FailureCode.ALREADY_EXISTS, BackendFailure::code)
          .hasMessageContaining("all its versions are destroyed")
          .hasMessageContaining("never frees the name")
          .hasMessageNotContaining("Use it");
    }
  }
}
