package dev.enclave.azure.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.model.AzureKeyParameters;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Optional;

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
    int hash = providerUri.indexOf('#');
    String uri = hash < 0 ? providerUri : providerUri.substring(0, hash);
    Optional<String> given =
        hash < 0 ? Optional.empty() : Optional.of(providerUri.substring(hash + 1));
    AzureNames.Id id =
        AzureNames.parse(uri, keys.calls().endpoint().origin())
            .orElseThrow(() -> AzureRefusals.notAKey(keys.calls().endpoint().origin()));
    AzureVersion version = read(id, uri, call);
    AzureKeyParameters parameters = publicKeys.of(version.uri(), call);
    KeyAlgorithm algorithm = algorithm(version, parameters, given);
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

  /** What the operator says, else what the tags say, else the only thing it can be. */
  private static KeyAlgorithm algorithm(
      AzureVersion version, AzureKeyParameters parameters, Optional<String> given)
      throws BackendFailure {
    List<KeyAlgorithm> choices = parameters.algorithms();
    if (given.isPresent()) {
      return choices.stream()
          .filter(choice -> choice.name().equals(given.get()))
          .findFirst()
          .orElseThrow(() -> AzureCalls.REFUSALS.otherAlgorithm(known(given.get()), choices));
    }
    if (version.tags().algorithm().filter(choices::contains).isPresent()) {
      return version.tags().algorithm().get();
    }
    if (choices.isEmpty()) {
      throw AzureCalls.REFUSALS.otherAlgorithm(parameters.named(), choices);
    }
    if (choices.size() > 1) {
      throw AzureCalls.REFUSALS.ambiguousAlgorithm(choices);
    }
    return choices.get(0);
  }

  private static String known(String given) {
    return KeyAlgorithm.all().stream()
        .map(KeyAlgorithm::name)
        .filter(given::equals)
        .findFirst()
        .orElse("what is after its #");
  }
}
