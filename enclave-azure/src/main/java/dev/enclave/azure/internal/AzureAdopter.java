package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.ledger.KeyMetadata;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.VersionLedger;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.Map;
import java.util.Optional;

/**
 * Uses keys that something else made, with the rights to read them and to sign. One version: the
 * one that the identifier names, or the one that is current when the key is read first in a
 * process.
 */
public final class AzureAdopter implements KeyAdopter {

  private static final String PREFIX = "enclave-";

  /** Tags that an administrator writes; the vault does not tell where a key came from. */
  public static final String STAMP = PREFIX + KeyMetadata.STAMP;

  public static final String ORIGIN = PREFIX + "origin";

  private final AzureKeys keys;
  private final VersionLedger ledger;

  public AzureAdopter(AzureKeys keys, VersionLedger ledger) {
    this.keys = keys;
    this.ledger = ledger;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    Origin vault = keys.calls().endpoint().origin();
    AdoptedName adopted =
        AdoptedName.parse(providerUri).orElseThrow(() -> AzureNames.notAKey(vault));
    String uri = adopted.uri();
    ServiceKey version = read(AzureNames.require(uri, vault), uri, call);
    Map<String, String> tags = version.tags();
    AzureKeyParameters parameters = keys.parameters(version.uri(), call);
    KeyAlgorithm algorithm =
        adopted.algorithm(
            parameters.algorithms(),
            Optional.ofNullable(tags.get(PREFIX + KeyMetadata.ALGORITHM))
                .flatMap(StoredText::algorithm),
            parameters.named());
    keys.findings().noteAdopted(version, call.time().now());
    return ledger
        .adopted(
            name,
            algorithm,
            version.with(origin(tags)),
            StoredText.stamp("tag " + STAMP, tags.get(STAMP), EnvironmentType::name),
            call)
        .withProviderUri(uri);
  }

  private static KeyOrigin origin(Map<String, String> tags) {
    return switch (tags.getOrDefault(ORIGIN, "")) {
      case "generated" -> KeyOrigin.GENERATED;
      case "imported" -> KeyOrigin.IMPORTED;
      default -> KeyOrigin.UNKNOWN;
    };
  }

  private ServiceKey read(AzureNames.Id id, String uri, CallContext call) throws BackendFailure {
    try {
      return keys.read(id, uri, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND
          ? AzureCalls.REFUSALS.noForeignKey("vault and version")
          : e;
    }
  }
}
