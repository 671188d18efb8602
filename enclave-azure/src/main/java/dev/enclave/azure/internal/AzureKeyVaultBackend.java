package dev.enclave.azure.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.SigningBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Keys in Azure Key Vault or Managed HSM. A version of a key is a version of a Key Vault key; its
 * id is the vault's. Where the active one is recorded, and who wins a race: {@link AzureKeys}. The
 * hardware of a managed HSM attests besides where a key was made.
 */
public final class AzureKeyVaultBackend {

  private static final Set<BackendTrait> TRAITS =
      Set.of(BackendTrait.REMOTE, BackendTrait.PERSISTENT, BackendTrait.STAMPS);

  private AzureKeyVaultBackend() {}

  /** Opens it over a session of its own. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return over(AzureSessions.open(context), context);
  }

  /** Takes {@code session} over: it ends with the backend. */
  public static SigningBackend over(AzureSession session, BackendContext context)
      throws BackendFailure {
    AzureEndpoint endpoint = session.endpoint();
    AzureSettings settings = AzureSettings.of(context.settings());
    AzureCalls calls = new AzureCalls(session);
    AzureKeys keys = new AzureKeys(calls, settings);
    VersionLedger ledger = VersionLedger.of(keys);
    AzureAccess access =
        new AzureAccess(keys, ledger, AzureSessions.logs(context.snapshot()), context.random());
    List<Capability> parts =
        new ArrayList<>(
            List.of(
                ledger,
                ledger.importer(new AzureImports(keys, context.random())),
                new AzureUse(keys, context.random()),
                ledger.adopter(keys, context.time()),
                access));
    if (endpoint.managedHsm()) {
      parts.add(new AzureAttestations(calls));
    }
    return new RemoteBackend(
        BackendDescription.of(
                BackendId.AZURE_KEYVAULT,
                endpoint.origin().authority(),
                TRAITS,
                AzureScheme.supported(endpoint.managedHsm()))
            .withAssuranceCeiling(endpoint.trusted() ? Assurance.HSM : Assurance.SOFTWARE),
        calls.gate(),
        ledger::load,
        access::report,
        parts);
  }
}
