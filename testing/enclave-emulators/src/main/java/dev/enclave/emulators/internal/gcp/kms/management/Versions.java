package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionView;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Lists;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.time.Duration;

/** Versions of keys: made, looked at and listed. */
public final class Versions {

  private final Shared shared;

  public Versions(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "CreateCryptoKeyVersion",
        CreateCryptoKeyVersionRequest.getDefaultInstance(),
        this::create);
    operations.put(
        Shared.SERVICE,
        "GetCryptoKeyVersion",
        GetCryptoKeyVersionRequest.getDefaultInstance(),
        this::get);
    operations.put(
        Shared.SERVICE,
        "ListCryptoKeyVersions",
        ListCryptoKeyVersionsRequest.getDefaultInstance(),
        this::list);
  }

  /** service.proto, CreateCryptoKeyVersion: "If unset, state will be set to ENABLED." */
  private Message create(Call call, CreateCryptoKeyVersionRequest request) {
    Key key = shared.key(call, "parent", request.getParent(), "cloudkms.cryptoKeyVersions.create");
    CryptoKeyVersionState state = request.getCryptoKeyVersion().getState();
    boolean disabled = state == CryptoKeyVersionState.DISABLED;
    if (!disabled
        && state != CryptoKeyVersionState.ENABLED
        && state != CryptoKeyVersionState.CRYPTO_KEY_VERSION_STATE_UNSPECIFIED) {
      throw GcpFailure.invalid("The state field must be ENABLED or DISABLED.");
    }
    // resources.proto, CryptoKey.import_only: "may contain imported versions only".
    if (key.settings().getImportOnly()) {
      throw GcpFailure.precondition(
          "IMPORT_ONLY", key.name(), key.name() + " may contain imported versions only.");
    }
    boolean wrappable = request.getCryptoKeyVersion().getTrustedWrappingEnabled();
    if (wrappable) {
      requireWrappable(key);
    }
    Version version =
        shared
            .versionFactory()
            .add(
                key,
                call.now(),
                made -> {
                  if (wrappable) {
                    made.allowTrustedWrapping();
                  }
                  if (disabled) {
                    made.enable(false, call.now(), Duration.ZERO);
                  }
                });
    call.about(version.name());
    return version.describe(call.now(), true);
  }

  /** resources.proto, trusted_wrapping_enabled: of which keys. */
  private static void requireWrappable(Key key) {
    if (key.template().getProtectionLevel() != ProtectionLevel.HSM_SINGLE_TENANT
        || key.settings().getPurpose() == CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      throw GcpFailure.invalid(
          "The trusted_wrapping_enabled field is only valid for protection level HSM_SINGLE_TENANT"
              + " and for purposes other than ENCRYPT_DECRYPT.");
    }
  }

  /** service.proto, GetCryptoKeyVersion. */
  private Message get(Call call, GetCryptoKeyVersionRequest request) {
    return shared
        .version(call, request.getName(), "cloudkms.cryptoKeyVersions.get")
        .describe(call.now(), true);
  }

  /** service.proto, ListCryptoKeyVersions. Nothing says in which order; here, by number. */
  private Message list(Call call, ListCryptoKeyVersionsRequest request) {
    Key key = shared.key(call, "parent", request.getParent(), "cloudkms.cryptoKeyVersions.list");
    Lists.refuseFilter(request.getFilter(), request.getOrderBy());
    Paging.Page<Version> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(key.versions(), Integer::valueOf);
    boolean full = request.getView() == CryptoKeyVersionView.FULL;
    ListCryptoKeyVersionsResponse.Builder answer =
        ListCryptoKeyVersionsResponse.newBuilder()
            .setNextPageToken(page.nextToken())
            .setTotalSize(key.versions().size());
    page.items()
        .forEach(version -> answer.addCryptoKeyVersions(version.describe(call.now(), full)));
    return answer.build();
  }
}
