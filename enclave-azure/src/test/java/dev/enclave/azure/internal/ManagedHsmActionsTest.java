package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.Denial;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.MutableClock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A managed HSM has roles of its own, and other names for what they allow. */
class ManagedHsmActionsTest {

  @Test
  void namesTheActionsOfAManagedHsm_whereItIsOne() throws BackendFailure {
    MutableClock clock = new MutableClock();
    try (AzureKeyVaultServer server = KeyVaults.server().managedHsm().clock(clock::now).start()) {
      BackendContext context = KeyVaults.context(server, clock);
      try (CapableBackend hsm =
          new CapableBackend(
              AzureKeyVaultBackend.over(KeyVaults.managedHsm(server, context), context))) {
        server.deny(Denial.of("Microsoft.KeyVault/managedHsm/keys/write/action"));
        List<Permission> asked = hsm.permissions(KeyVaults.call(clock));
        assertThat(asked)
            .extracting(Permission::name)
            .containsExactly(
                "Microsoft.KeyVault/managedHsm/keys/read/action",
                "Microsoft.KeyVault/managedHsm/keys/sign/action",
                "Microsoft.KeyVault/managedHsm/keys/unwrap/action",
                "Microsoft.KeyVault/managedHsm/keys/encrypt/action",
                "Microsoft.KeyVault/managedHsm/keys/decrypt/action",
                "Microsoft.KeyVault/managedHsm/keys/create",
                "Microsoft.KeyVault/managedHsm/keys/write/action",
                "Microsoft.KeyVault/managedHsm/keys/delete",
                "Microsoft.KeyVault/managedHsm/keys/deletedKeys/read/action");
        assertThat(asked)
            .filteredOn(permission -> !permission.granted())
            .singleElement()
            .satisfies(permission -> assertThat(permission.fix()).contains("local role"));
      }
    }
  }
}
