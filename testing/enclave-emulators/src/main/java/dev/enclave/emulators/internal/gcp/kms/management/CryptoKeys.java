package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionView;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.KeySettings;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Ring;
import dev.enclave.emulators.internal.gcp.kms.shared.Lists;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.function.Function;

/** Keys: made under an id that nobody else can have again, looked at and listed. */
public final class CryptoKeys {

  private final Shared shared;

  public CryptoKeys(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "CreateCryptoKey",
        CreateCryptoKeyRequest.getDefaultInstance(),
        this::create);
    operations.put(
        Shared.SERVICE, "GetCryptoKey", GetCryptoKeyRequest.getDefaultInstance(), this::get);
    operations.put(
        Shared.SERVICE, "ListCryptoKeys", ListCryptoKeysRequest.getDefaultInstance(), this::list);
  }

  /** service.proto, CreateCryptoKey. */
  private Message create(Call call, CreateCryptoKeyRequest request) {
    String parent = Kind.KEY_RING.check("parent", request.getParent());
    String name = parent + "/cryptoKeys/" + Kind.checkId("crypto_key_id", request.getCryptoKeyId());
    call.require("cloudkms.cryptoKeys.create", parent);
    call.about(name);
    CryptoKey settings =
        KeySettings.checkNew(
                request.getCryptoKey(),
                request.getSkipInitialVersionCreation(),
                shared.settings().singleTenantHsms(),
                call)
            .setName(name)
            .build();
    Ring ring = shared.resources().ring(parent);
    requireFree(ring, name);
    Key key = new Key(settings);
    if (!request.getSkipInitialVersionCreation()) {
      shared.versionFactory().add(key, call.now());
      // "Create a key": the first version of a symmetric key is its primary one.
      if (settings.getPurpose() == CryptoKeyPurpose.ENCRYPT_DECRYPT) {
        key.primary(1, call.now());
      }
    }
    if (ring.keys().putIfAbsent(name, key) != null) {
      throw GcpFailure.alreadyExists(Kind.CRYPTO_KEY.text(), name);
    }
    return key.describe(call.now(), true);
  }

  private static void requireFree(Ring ring, String name) {
    if (ring.keys().containsKey(name) || ring.retired().containsKey(name)) {
      throw GcpFailure.alreadyExists(Kind.CRYPTO_KEY.text(), name);
    }
  }

  /** service.proto, GetCryptoKey. */
  private Message get(Call call, GetCryptoKeyRequest request) {
    return shared
        .key(call, "name", request.getName(), "cloudkms.cryptoKeys.get")
        .describe(call.now(), true);
  }

  /** service.proto, ListCryptoKeys. */
  private Message list(Call call, ListCryptoKeysRequest request) {
    String parent = Kind.KEY_RING.check("parent", request.getParent());
    call.require("cloudkms.cryptoKeys.list", parent);
    Lists.refuseFilter(request.getFilter(), request.getOrderBy());
    Ring ring = shared.resources().ring(parent);
    Paging.Page<Key> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(ring.keys(), Function.identity());
    boolean full = request.getVersionView() == CryptoKeyVersionView.FULL;
    ListCryptoKeysResponse.Builder answer =
        ListCryptoKeysResponse.newBuilder()
            .setNextPageToken(page.nextToken())
            .setTotalSize(ring.keys().size());
    for (Key key : page.items()) {
      shared.rotation().catchUp(key, call.now());
      answer.addCryptoKeys(key.describe(call.now(), full));
    }
    return answer.build();
  }
}
