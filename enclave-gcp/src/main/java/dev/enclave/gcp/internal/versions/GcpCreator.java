package dev.enclave.gcp.internal.versions;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import java.util.Optional;

/**
 * Creates keys: one request makes the CryptoKey of the name, its first version and its labels, and
 * of two that try one gets ALREADY_EXISTS. Nothing can be left half made.
 */
public final class GcpCreator implements KeyCreator {

  private final GcpKeys keys;

  public GcpCreator(GcpKeys keys) {
    this.keys = keys;
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    GcpScheme scheme = GcpScheme.of(request.algorithm());
    String keyRing = keys.calls().session().keyRing();
    Optional<CryptoKey> made =
        keys.calls()
            .makeKey(
                CreateCryptoKeyRequest.newBuilder()
                    .setParent(keyRing)
                    .setCryptoKeyId(request.name().value())
                    .setCryptoKey(
                        CryptoKey.newBuilder()
                            .setPurpose(scheme.purpose())
                            .setVersionTemplate(
                                CryptoKeyVersionTemplate.newBuilder()
                                    .setProtectionLevel(ProtectionLevel.HSM)
                                    .setAlgorithm(scheme.kms()))
                            .putAllLabels(GcpLabels.of(request)))
                    .build(),
                call);
    return made.isPresent()
        ? BackendFailure.afterChange(
            "CryptoKey " + request.name() + " was created.", () -> readBack(request, call))
        : readBack(request, call);
  }

  private KeySnapshot readBack(CreateRequest request, CallContext call) throws BackendFailure {
    GcpKey key = there(request.name(), call);
    if (!key.labels().operationId().equals(request.operationId())) {
      if (!key.versions().isEmpty()
          && key.versions().keySet().stream()
              .allMatch(number -> key.state(number) == KeyState.DESTROYED)) {
        throw GcpRefusals.COMMON.allDestroyed(
            request.name(), "Google Cloud KMS never frees the name of a CryptoKey.");
      }
      throw GcpRefusals.COMMON.alreadyExists(request.name());
    }
    if (key.versions().isEmpty()) {
      throw GcpRefusals.COMMON.notSeenYet("The first version of " + request.name());
    }
    return keys.snapshots()
        .of(key.with(keys.generated(key.versions().firstEntry().getValue(), call)), call);
  }

  /**
   * What was made is there for every reader at once: a taken name without a key is a deleted one.
   * Of one that is somebody else's, or not whole, its reading says so.
   */
  private GcpKey there(KeyName name, CallContext call) throws BackendFailure {
    try {
      return keys.directory().read(name, call).orElseThrow(() -> GcpRefusals.deletedKey(name));
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND && e.failureClass() == FailureClass.PERMANENT
          ? BackendFailure.permanent(FailureCode.ALREADY_EXISTS, e.getMessage())
              .naming(keys.calls().session().keyRing())
          : e;
    }
  }
}
