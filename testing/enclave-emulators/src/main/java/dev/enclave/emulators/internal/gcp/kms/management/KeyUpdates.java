package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.UpdateCryptoKeyPrimaryVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyRequest;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.KeySettings;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Labels;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.List;

/** What can be changed about a key. */
public final class KeyUpdates {

  private final Shared shared;

  public KeyUpdates(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "UpdateCryptoKey",
        UpdateCryptoKeyRequest.getDefaultInstance(),
        this::update);
    operations.put(
        Shared.SERVICE,
        "UpdateCryptoKeyPrimaryVersion",
        UpdateCryptoKeyPrimaryVersionRequest.getDefaultInstance(),
        this::primary);
  }

  /**
   * service.proto, UpdateCryptoKey. Labels are replaced as a whole, whoever changed them before:
   * there is no etag.
   */
  private Message update(Call call, UpdateCryptoKeyRequest request) {
    CryptoKey wanted = request.getCryptoKey();
    Key key = shared.key(call, "crypto_key.name", wanted.getName(), "cloudkms.cryptoKeys.update");
    List<String> fields = request.getUpdateMask().getPathsList();
    if (fields.isEmpty()) {
      throw GcpFailure.invalid("The update_mask field must name at least one field.");
    }
    synchronized (key) {
      key.settings(changed(key.settings(), wanted, fields, call));
    }
    return key.describe(call.now(), true);
  }

  private static CryptoKey changed(
      CryptoKey now, CryptoKey wanted, List<String> fields, Call call) {
    CryptoKey.Builder settings = now.toBuilder();
    boolean rotation = false;
    for (String field : fields) {
      switch (field) {
        case "labels" -> {
          settings.clearLabels();
          settings.putAllLabels(Labels.check(wanted.getLabelsMap()));
        }
        case "version_template", "version_template.algorithm" ->
            settings.setVersionTemplate(
                KeySettings.template(
                    wanted.getVersionTemplate().toBuilder()
                        .setProtectionLevel(now.getVersionTemplate().getProtectionLevel())
                        .build(),
                    now.getPurpose()));
        case "next_rotation_time" -> {
          rotation = true;
          settings.clearNextRotationTime();
          if (wanted.hasNextRotationTime()) {
            settings.setNextRotationTime(wanted.getNextRotationTime());
          }
        }
        case "rotation_period" -> {
          rotation = true;
          settings.clearRotationPeriod();
          if (wanted.hasRotationPeriod()) {
            settings.setRotationPeriod(wanted.getRotationPeriod());
          }
        }
        // resources.proto, CryptoKey: the other fields are immutable or output only.
        default -> throw GcpFailure.invalid("The field " + field + " cannot be updated.");
      }
    }
    if (rotation) {
      KeySettings.checkRotation(settings, call);
    }
    return settings.build();
  }

  /** service.proto, UpdateCryptoKeyPrimaryVersion. */
  private Message primary(Call call, UpdateCryptoKeyPrimaryVersionRequest request) {
    Key key = shared.key(call, "name", request.getName(), "cloudkms.cryptoKeys.update");
    if (key.settings().getPurpose() != CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      throw GcpFailure.precondition(
          "KEY_PURPOSE",
          key.name(),
          key.name()
              + " has no primary version; its purpose is "
              + key.settings().getPurpose()
              + ".");
    }
    String name = key.name() + "/cryptoKeyVersions/" + request.getCryptoKeyVersionId();
    Version version =
        shared.resources().version(Kind.CRYPTO_KEY_VERSION.check("crypto_key_version_id", name));
    CryptoKeyVersionState state = version.state(call.now());
    if (state != CryptoKeyVersionState.ENABLED) {
      throw version.notEnabled(state);
    }
    key.primary(Integer.parseInt(Kind.idOf(name)), call.now());
    return key.describe(call.now(), true);
  }
}
