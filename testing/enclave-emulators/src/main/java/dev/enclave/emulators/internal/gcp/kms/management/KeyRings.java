package dev.enclave.emulators.internal.gcp.kms.management;

import com.google.cloud.kms.v1.CreateKeyRingRequest;
import com.google.cloud.kms.v1.GetKeyRingRequest;
import com.google.cloud.kms.v1.KeyRing;
import com.google.cloud.kms.v1.ListKeyRingsRequest;
import com.google.cloud.kms.v1.ListKeyRingsResponse;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.model.Ring;
import dev.enclave.emulators.internal.gcp.kms.shared.Lists;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.NavigableMap;
import java.util.function.Function;

/** Key rings, which can be made and never removed ("Cloud KMS resources", Key rings). */
public final class KeyRings {

  private final Shared shared;

  public KeyRings(Shared shared) {
    this.shared = shared;
  }

  public void register(Operations operations) {
    operations.put(
        Shared.SERVICE, "CreateKeyRing", CreateKeyRingRequest.getDefaultInstance(), this::create);
    operations.put(Shared.SERVICE, "GetKeyRing", GetKeyRingRequest.getDefaultInstance(), this::get);
    operations.put(
        Shared.SERVICE, "ListKeyRings", ListKeyRingsRequest.getDefaultInstance(), this::list);
  }

  /** service.proto, CreateKeyRing. */
  private Message create(Call call, CreateKeyRingRequest request) {
    String parent = shared.location("parent", request.getParent());
    String name = parent + "/keyRings/" + Kind.checkId("key_ring_id", request.getKeyRingId());
    call.require("cloudkms.keyRings.create", parent);
    call.about(name);
    Ring ring = new Ring(name, call.now());
    if (shared.resources().rings().putIfAbsent(name, ring) != null) {
      throw GcpFailure.alreadyExists(Kind.KEY_RING.text(), name);
    }
    return ring.describe();
  }

  /** service.proto, GetKeyRing. */
  private Message get(Call call, GetKeyRingRequest request) {
    String name = Kind.KEY_RING.check("name", request.getName());
    call.require("cloudkms.keyRings.get", name);
    return shared.resources().ring(name).describe();
  }

  /** service.proto, ListKeyRings. */
  private Message list(Call call, ListKeyRingsRequest request) {
    String parent = shared.location("parent", request.getParent());
    call.require("cloudkms.keyRings.list", parent);
    Lists.refuseFilter(request.getFilter(), request.getOrderBy());
    NavigableMap<String, Ring> all = shared.resources().ringsIn(parent);
    Paging.Page<Ring> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(all, Function.identity());
    ListKeyRingsResponse.Builder answer =
        ListKeyRingsResponse.newBuilder()
            .setNextPageToken(page.nextToken())
            .setTotalSize(all.size());
    for (Ring ring : page.items()) {
      KeyRing described = ring.describe();
      answer.addKeyRings(described);
    }
    return answer.build();
  }
}
