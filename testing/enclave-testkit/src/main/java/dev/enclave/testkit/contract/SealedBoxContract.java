package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyPurpose;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.internal.bench.EngineBackend;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * A sealed box opens after its key-encryption key was rotated, can be told by its version, and once
 * it is resealed needs the old version no more. Needs the engine on the class path.
 */
public interface SealedBoxContract extends BackendUnderTest {

  @Test
  default void opensAfterARotation_andOnceResealedWithoutTheOldVersion() {
    Workbench.with(
        harness(),
        EnumSet.of(
            BackendTrait.CREATES,
            BackendTrait.WRAPS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE),
        bench -> {
          try (Enclave enclave = EngineBackend.open(bench.harness())) {
            reseal(bench, enclave);
          }
        });
  }

  private static void reseal(Workbench bench, Enclave enclave) throws Exception {
    byte[] about = {1};
    WrappingKey kek =
        enclave.createKey(KeySpec.named(bench.freshName().value()).algorithm(algorithm(bench)));
    KeyVersionId old = kek.activeVersion().id();
    SealedBytes box = kek.seal(new byte[] {4, 2}, about);
    assertThat(enclave.reseal(box, about)).as("under the active version").isSameAs(box);

    ManagedKey managed = enclave.admin().key(kek.handle());
    managed.rotate(RotationRequest.now());
    bench.settle();
    assertThat(box.version()).isEqualTo(old).isNotEqualTo(kek.activeVersion().id());
    assertThat(enclave.unseal(box, about)).containsExactly(4, 2);

    SealedBytes resealed = enclave.reseal(box, about);
    assertThat(resealed.kek()).isEqualTo(box.kek());
    assertThat(resealed.version()).isEqualTo(kek.activeVersion().id());
    assertThat(kek.reseal(resealed, about)).isSameAs(resealed);

    managed.disable(old);
    bench.settle();
    assertThat(enclave.unseal(resealed, about)).containsExactly(4, 2);
    requireRefused(enclave, box, about, ErrorCode.KEY_NOT_ACTIVE);
    managed.enable(old);
    bench.settle();
    requireRefused(enclave, box, new byte[] {2}, ErrorCode.SEALED_DATA_CORRUPT);
  }

  private static void requireRefused(
      Enclave enclave, SealedBytes box, byte[] about, ErrorCode code) {
    try {
      enclave.reseal(box, about);
    } catch (EnclaveException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
      return;
    }
    throw new AssertionError("a box was resealed, and " + code + " was expected");
  }

  private static WrappingAlgorithm algorithm(Workbench bench) {
    return bench.backend().describe().offered().stream()
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.WRAP)
        .map(WrappingAlgorithm.class::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no wrapping algorithm is declared"));
  }
}
