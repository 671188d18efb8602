package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.ledger.KeyMetadata;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.kit.ledger.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Uses versions that something else made, with the rights to describe them, to read their public
 * keys and the labels of their CryptoKeys for the stamp, and to sign.
 */
public final class GcpAdopter implements KeyAdopter {

  private final GcpKeys keys;
  private final VersionLedger ledger;
  private final RefusedStamps refusals;

  public GcpAdopter(GcpKeys keys, VersionLedger ledger, RefusedStamps refusals) {
    this.keys = keys;
    this.ledger = ledger;
    this.refusals = refusals;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    AdoptedName adopted = AdoptedName.parse(providerUri).orElseThrow(GcpRefusals::notAKey);
    String resource = adopted.uri();
    if (!GcpNames.isKey(resource) && !GcpNames.isVersion(resource)) {
      throw GcpRefusals.notAKey();
    }
    try {
      ServiceKey version =
          GcpNames.isVersion(resource)
              ? GcpKeys.of(keys.version(resource, call))
              : onlyEnabled(resource, call);
      CryptoKeyVersionAlgorithm kind = ((CryptoKeyVersion) version.detail()).getAlgorithm();
      Told told = told(GcpNames.keyOf(resource), call);
      KeyAlgorithm algorithm =
          adopted.algorithm(GcpScheme.of(kind), told.algorithm(), kind.toString());
      return ledger.adopted(name, algorithm, version, told.stamp(), call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND ? GcpRefusals.noForeignKey() : e;
    }
  }

  private ServiceKey onlyEnabled(String key, CallContext call) throws BackendFailure {
    List<ServiceKey> enabled =
        keys.versions(key, call).stream()
            .filter(
                version ->
                    version.material() == Material.ON || version.material() == Material.PENDING)
            .toList();
    if (enabled.size() != 1) {
      throw GcpRefusals.whichVersion(
          enabled.stream().map(version -> Integer.valueOf(version.id())).toList());
    }
    return keys.made(enabled.get(0), call);
  }

  /** What the CryptoKey's labels say, as far as they may be read. */
  private record Told(StampReading stamp, Optional<KeyAlgorithm> algorithm) {}

  private Told told(String key, CallContext call) throws BackendFailure {
    Optional<StampReading> refused = refusals.recent(key);
    if (refused.isPresent()) {
      return new Told(refused.get(), Optional.empty());
    }
    try {
      CryptoKey found = keys.find(key, call).orElseThrow(GcpRefusals::noForeignKey);
      Map<String, String> labels = GcpLabels.texts(found.getLabelsMap());
      return new Told(
          StoredText.stamp(
              "label " + GcpLabels.STAMP, labels.get(GcpLabels.STAMP), GcpLabels::spelled),
          Optional.ofNullable(labels.get(GcpLabels.PREFIX + KeyMetadata.ALGORITHM))
              .flatMap(StoredText::algorithm));
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED) {
        throw e;
      }
      return new Told(
          refusals.note(
              key, "cloudkms.cryptoKeys.get is denied", "Grant cloudkms.cryptoKeys.get on the key"),
          Optional.empty());
    }
  }
}
