package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationReason;
import dev.enclave.RotationRequest;
import dev.enclave.SigningKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.MutableClock;
import org.junit.jupiter.api.Test;

/** A key all of whose versions are destroyed: the vault deletes it, and shows one version of it. */
class DestroyedKeyTest {

  @Test
  void isStillTheSameKey_afterEachVersionWasDestroyedInTurn() {
    MutableClock clock = new MutableClock();
    try (AzureKeyVaultServer server = Vaults.serverBy(clock);
        Enclave enclave = Engines.open(server, clock)) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-1").algorithm(KeyAlgorithm.ECDSA_P256_SHA256));
      key.rotate(RotationRequest.ifActive(key.activeVersion()).reason(RotationReason.SCHEDULED));

      for (KeyVersion version : key.info().versions()) {
        key.destroy(version.id());
      }

      assertThat(enclave.managedKey("wallet-1").info().versions())
          .isNotEmpty()
          .allSatisfy(version -> assertThat(version.state()).isEqualTo(KeyState.DESTROYED));
    }
  }
}
