package dev.enclave.azure.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;

/**
 * Uses keys that something else made, with the rights to read them and to sign. One version: the
 * one that the identifier names, or the one that is current when the key is read first in a
 * process.
 */
public final class AzureAdopter implements KeyAdopter {

  private final AzureKeys keys;
  private final AzurePublicKeys publicKeys;

  public AzureAdopter(AzureKeys keys, AzurePublicKeys publicKeys) {
    this.keys = keys;
    this.publicKeys = publicKeys;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    Origin vault = keys.calls().endpoint().origin();
    AdoptedName adopted =
        AdoptedName.parse(providerUri).orElseThrow(() -> AzureRefusals.notAKey(vault));
    String uri = adopted.uri();
    AzureNames.Id id = AzureNames.parse(uri, vault).orElseThrow(() -> AzureRefusals.notAKey(vault));
    AzureVersion version = read(id, uri, call);
    AzureKeyParameters parameters = publicKeys.of(version.uri(), call);
    KeyAlgorithm algorithm =
        adopted.algorithm(parameters.algorithms(), version.tags().algorithm(), parameters.named());
    return keys.snapshots().ofForeign(name, version, algorithm, uri, call);
  }

  private AzureVersion read(AzureNames.Id id, String uri, CallContext call) throws BackendFailure {
    try {
      return keys.directory().read(id.name(), uri, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND
          ? AzureCalls.REFUSALS.noForeignKey("vault and version")
          : e;
    }
  }
}
