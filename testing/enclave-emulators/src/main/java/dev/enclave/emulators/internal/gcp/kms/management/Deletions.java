package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DeleteCryptoKeyMetadata;
import com.google.cloud.kms.v1.DeleteCryptoKeyRequest;
import com.google.cloud.kms.v1.DeleteCryptoKeyVersionMetadata;
import com.google.cloud.kms.v1.DeleteCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ListRetiredResourcesRequest;
import com.google.cloud.kms.v1.ListRetiredResourcesResponse;
import com.google.cloud.kms.v1.RetiredResource;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Ring;
import dev.enclave.emulators.internal.gcp.kms.model.Times;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Deletes keys and key versions, and tells which names are taken for ever ("Delete Cloud KMS
 * resources").
 */
public final class Deletions {

  private final Shared shared;

  public Deletions(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE,
        "DeleteCryptoKey",
        DeleteCryptoKeyRequest.getDefaultInstance(),
        this::deleteKey);
    operations.put(
        Shared.SERVICE,
        "DeleteCryptoKeyVersion",
        DeleteCryptoKeyVersionRequest.getDefaultInstance(),
        this::deleteVersion);
    operations.put(
        Shared.SERVICE,
        "ListRetiredResources",
        ListRetiredResourcesRequest.getDefaultInstance(),
        this::list);
  }

  /**
   * service.proto, DeleteCryptoKey: "All child CryptoKeyVersions must have been previously deleted
   * using DeleteCryptoKeyVersion. The specified crypto key will be immediately and permanently
   * deleted".
   */
  private Message deleteKey(Call call, DeleteCryptoKeyRequest request) {
    Key key = shared.key(call, "name", request.getName(), "cloudkms.cryptoKeys.delete");
    Ring ring = shared.resources().ring(Kind.parentOf(key.name()));
    synchronized (key) {
      if (!key.versions().isEmpty()) {
        throw GcpFailure.precondition(
            "KEY_VERSIONS",
            key.name(),
            key.name() + " cannot be deleted: it has CryptoKeyVersions that are not deleted.");
      }
      RetiredResource retired =
          RetiredResource.newBuilder()
              .setName(locationOf(key.name()) + "/retiredResources/" + UUID.randomUUID())
              .setOriginalResource(key.name())
              .setResourceType("cloudkms.googleapis.com/CryptoKey")
              .setDeleteTime(Times.of(call.now()))
              .build();
      ring.retired().put(key.name(), retired);
      ring.keys().remove(key.name());
      return done(
          key.name(),
          DeleteCryptoKeyMetadata.newBuilder().setRetiredResource(retired.getName()).build());
    }
  }

  /**
   * service.proto, DeleteCryptoKeyVersion: "Only possible if the version has not been previously
   * imported and if its state is one of DESTROYED, IMPORT_FAILED, or GENERATION_FAILED".
   */
  private Message deleteVersion(Call call, DeleteCryptoKeyVersionRequest request) {
    Version version = shared.version(call, request.getName(), "cloudkms.cryptoKeyVersions.delete");
    Key key = shared.resources().key(Kind.parentOf(version.name()));
    synchronized (key) {
      CryptoKeyVersionState state = version.state(call.now());
      boolean gone =
          state == CryptoKeyVersionState.DESTROYED
              || state == CryptoKeyVersionState.IMPORT_FAILED
              || state == CryptoKeyVersionState.GENERATION_FAILED;
      if (!gone || version.describe(call.now(), false).hasImportTime()) {
        throw GcpFailure.precondition(
            "KEY_" + state,
            version.name(),
            version.name() + " cannot be deleted in state " + state + ".");
      }
      key.versions().remove(Integer.parseInt(Kind.idOf(version.name())));
      return done(version.name(), DeleteCryptoKeyVersionMetadata.getDefaultInstance());
    }
  }

  /** service.proto, ListRetiredResources. */
  private Message list(Call call, ListRetiredResourcesRequest request) {
    String parent = shared.location("parent", request.getParent());
    call.require("cloudkms.retiredResources.list", parent);
    NavigableMap<String, RetiredResource> all = new TreeMap<>();
    shared
        .resources()
        .ringsIn(parent)
        .values()
        .forEach(ring -> ring.retired().values().forEach(one -> all.put(one.getName(), one)));
    Paging.Page<RetiredResource> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(all, Function.identity());
    return ListRetiredResourcesResponse.newBuilder()
        .addAllRetiredResources(page.items())
        .setNextPageToken(page.nextToken())
        .setTotalSize(all.size())
        .build();
  }

  /**
   * google/longrunning/operations.proto: an operation that has ended, and nothing is left to ask.
   */
  private static Operation done(String name, Message metadata) {
    return Operation.newBuilder()
        .setName(locationOf(name) + "/operations/" + UUID.randomUUID())
        .setDone(true)
        .setMetadata(Any.pack(metadata))
        .setResponse(Any.pack(Empty.getDefaultInstance()))
        .build();
  }

  private static String locationOf(String name) {
    return name.substring(0, name.indexOf("/keyRings/"));
  }
}
