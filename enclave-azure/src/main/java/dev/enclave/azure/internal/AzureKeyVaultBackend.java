package dev.enclave.azure.internal;

import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.SigningBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /**
   * Keys as an administrator makes them: no tags, a name of their own. Takes {@code session} over:
   * it ends with them.
   */
  public static BareKeys bareKeys(AzureSession session) {
    return new Bare(new AzureCalls(session));
  }

  private record Bare(AzureCalls calls) implements BareKeys {

    @Override
    public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
      String name = "conformance-" + call.operationId();
      KeyVaultKey made =
          calls.key(
              AzureOperation.CREATE_KEY,
              Texts.ADOPTION_KEY.with(),
              call,
              keys -> new AzureScheme(algorithm).create(keys, name, Map.of()));
      boolean certain = AzureKeyParameters.of(made).algorithms().equals(List.of(algorithm));
      return certain ? made.getId() : made.getId() + "#" + algorithm;
    }

    @Override
    public void remove(String providerUri, CallContext call) throws BackendFailure {
      AzureNames.Id id =
          AzureNames.require(providerUri.replaceFirst("#.*", ""), calls.endpoint().origin());
      AzureKeys.delete(calls, id.name(), call);
    }

    @Override
    public void close() {
      calls.gate().close();
    }
  }
}
