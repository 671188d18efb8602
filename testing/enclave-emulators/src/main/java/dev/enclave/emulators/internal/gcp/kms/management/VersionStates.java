package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.RestoreCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.List;

/** What moves key versions from one state to another ("Key version states"). */
public final class VersionStates {

  private final Shared shared;

  public VersionStates(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "UpdateCryptoKeyVersion",
        UpdateCryptoKeyVersionRequest.getDefaultInstance(),
        this::update);
    operations.put(
        Shared.SERVICE,
        "DestroyCryptoKeyVersion",
        DestroyCryptoKeyVersionRequest.getDefaultInstance(),
        this::destroy);
    operations.put(
        Shared.SERVICE,
        "RestoreCryptoKeyVersion",
        RestoreCryptoKeyVersionRequest.getDefaultInstance(),
        this::restore);
  }

  /** service.proto, UpdateCryptoKeyVersion: "between ENABLED and DISABLED using this method". */
  private Message update(Call call, UpdateCryptoKeyVersionRequest request) {
    CryptoKeyVersion wanted = request.getCryptoKeyVersion();
    Version version = shared.version(call, wanted.getName(), "cloudkms.cryptoKeyVersions.update");
    List<String> fields = request.getUpdateMask().getPathsList();
    if (!fields.equals(List.of("state"))) {
      throw GcpFailure.invalid("The update_mask field must name the field state alone.");
    }
    CryptoKeyVersionState state = wanted.getState();
    if (state != CryptoKeyVersionState.ENABLED && state != CryptoKeyVersionState.DISABLED) {
      throw GcpFailure.invalid("The state field must be ENABLED or DISABLED.");
    }
    version.enable(state == CryptoKeyVersionState.ENABLED, call.now(), shared.settings().lag());
    return version.describe(call.now(), true);
  }

  /** service.proto, DestroyCryptoKeyVersion. */
  private Message destroy(Call call, DestroyCryptoKeyVersionRequest request) {
    Version version = shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.destroy");
    Key key = shared.resources().key(Kind.parentOf(version.name()));
    // "Control key version destruction": the state for which the constraint makes a difference.
    if (shared.settings().disableBeforeDestroy()
        && version.describe(call.now(), true).getState() == CryptoKeyVersionState.ENABLED) {
      throw GcpFailure.precondition(
          "KEY_ENABLED",
          version.name(),
          "constraints/cloudkms.disableBeforeDestroy requires that "
              + version.name()
              + " is disabled before it is destroyed.");
    }
    version.destroy(call.now(), key.destroyWait());
    return version.describe(call.now(), true);
  }

  /** service.proto, RestoreCryptoKeyVersion. */
  private Message restore(Call call, RestoreCryptoKeyVersionRequest request) {
    Version version = shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.restore");
    version.restore(call.now());
    return version.describe(call.now(), true);
  }
}
