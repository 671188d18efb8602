package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
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

  private static final GcpLabels NONE = new GcpLabels(Map.of());

  private final GcpKeys keys;
  private final RefusedStamps refusals;

  public GcpAdopter(GcpKeys keys, RefusedStamps refusals) {
    this.keys = keys;
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
      CryptoKeyVersion version =
          GcpNames.isVersion(resource)
              ? keys.directory().version(resource, call)
              : onlyEnabled(resource, call);
      Told told = told(GcpNames.keyOf(resource), call);
      KeyAlgorithm algorithm =
          adopted.algorithm(
              GcpScheme.of(version.getAlgorithm()),
              told.labels().algorithm(),
              version.getAlgorithm().toString());
      return keys.snapshots().ofForeign(name, algorithm, version, told.stamp(), call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND ? GcpRefusals.noForeignKey() : e;
    }
  }

  private CryptoKeyVersion onlyEnabled(String key, CallContext call) throws BackendFailure {
    List<CryptoKeyVersion> enabled =
        keys.directory().versions(key, call).stream()
            .filter(
                version ->
                    version.getState() == CryptoKeyVersionState.ENABLED
                        || version.getState() == CryptoKeyVersionState.PENDING_GENERATION)
            .toList();
    if (enabled.size() != 1) {
      throw GcpRefusals.whichVersion(
          enabled.stream()
              .map(version -> GcpNames.numberOf(version.getName()).orElse(0))
              .sorted()
              .toList());
    }
    return keys.generated(enabled.get(0), call);
  }

  /** What the CryptoKey's labels say, as far as they may be read. */
  private record Told(StampReading stamp, GcpLabels labels) {}

  private Told told(String key, CallContext call) throws BackendFailure {
    Optional<StampReading> refused = refusals.recent(key);
    if (refused.isPresent()) {
      return new Told(refused.get(), NONE);
    }
    try {
      GcpLabels labels =
          new GcpLabels(
              keys.directory()
                  .find(key, call)
                  .orElseThrow(GcpRefusals::noForeignKey)
                  .getLabelsMap());
      return new Told(labels.stamp(), labels);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED) {
        throw e;
      }
      return new Told(
          refusals.note(
              key, "cloudkms.cryptoKeys.get is denied", "Grant cloudkms.cryptoKeys.get on the key"),
          NONE);
    }
  }
}
