package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.http.BodyLimit;
import dev.enclave.emulators.internal.vault.Mounts.Mounted;
import dev.enclave.emulators.internal.vault.common.Access;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultAnswer;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import dev.enclave.emulators.internal.vault.sys.Cluster;
import dev.enclave.emulators.internal.vault.sys.Cluster.Node;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import dev.enclave.emulators.internal.vault.sys.RateLimit;
import dev.enclave.emulators.internal.vault.sys.SysStatus;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** One node: from a request to what handles it, and back ({@code http/logical.go}). */
public final class VaultService implements Service {

  /** {@code http/handler.go}, DefaultMaxRequestSize: 32 MiB. */
  public static final BodyLimit BODIES =
      new BodyLimit(32 << 20, Envelope.of(VaultFailure.of(413, "http: request body too large")));

  private final Node node;
  private final Cluster cluster;
  private final Mounts mounts;
  private final Access access;
  private final Optional<RateLimit> limit;
  private final SysStatus status;
  private final Consistency consistency;

  private VaultService(
      Node node, Cluster cluster, Mounts mounts, Access access, Optional<RateLimit> limit) {
    this.node = node;
    this.cluster = cluster;
    this.mounts = mounts;
    this.access = access;
    this.limit = limit;
    status = new SysStatus(cluster, node);
    consistency = new Consistency(cluster, node);
  }

  /**
   * The first node of a cluster.
   *
   * @param namespaces routes by namespaces, such as {@code a/b/} and the empty one, and by the
   *     prefixes of their paths, such as {@code transit/}
   * @param limit of all requests, on both nodes together
   */
  public static VaultService first(
      Cluster cluster,
      Map<String, Map<String, VaultRoute>> namespaces,
      Access access,
      Optional<RateLimit> limit) {
    Mounts mounts = new Mounts();
    namespaces.forEach(mounts::add);
    mounts.namespaces().stream().toList().forEach(name -> mounts.add(name, access.routes()));
    return new VaultService(Node.FIRST, cluster, mounts, access, limit);
  }

  /** The second node of the same cluster. */
  public VaultService second() {
    return new VaultService(Node.SECOND, cluster, mounts, access, limit);
  }

  /** The name of the operation that {@code request} asks for, or an empty string. */
  public String operationOf(ServiceRequest request) {
    Optional<String> path = Incoming.path(request);
    if (path.isEmpty() || SysStatus.serves(path.get())) {
      return path.orElse("");
    }
    try {
      VaultCall call =
          Incoming.call(
              request.withBody(new byte[0]), path.get(), mounts.namespaces(), Instant.MAX);
      return mounted(call)
          .map(found -> found.route().nameOf(call.operation(), rest(call, found)))
          .orElse("");
    } catch (VaultFailure e) {
      return "";
    }
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    try {
      String path = Incoming.path(request).orElseThrow(VaultFailure::notFound);
      if (SysStatus.serves(path)) {
        return Envelope.of(status.answer(path, request), request.id());
      }
      return logical(request, path);
    } catch (VaultFailure failure) {
      return Envelope.of(failure);
    } catch (RuntimeException e) { // A fault of this server's; Vault has a text for its own.
      return Envelope.of(VaultFailure.ofCore(500, "internal error")).failedWith("emulator: " + e);
    }
  }

  private ServiceResponse logical(ServiceRequest request, String path) {
    if (cluster.sealed()) {
      throw VaultFailure.of(503, "Vault is sealed");
    }
    requireNamespace(request);
    limit.ifPresent(quota -> quota.count(path, request.time()));
    VaultCall call =
        Incoming.call(request, path, mounts.namespaces(), cluster.seenBy(node, request.time()));
    Optional<Mounted> found = mounted(call);
    boolean writes =
        found.filter(mounted -> mounted.route().writes(below(call, mounted))).isPresent();
    boolean local =
        cluster.isActive(node)
            || (!writes && cluster.settings().standbyReads() && !consistency.forwards(request));
    if (local) {
      return answer(call, found, writes);
    }
    Optional<ServiceResponse> redirected = notForwarded(request);
    return redirected.isPresent()
        ? redirected.get()
        : answer(call.seenAt(Instant.MAX), found, writes);
  }

  private ServiceResponse answer(VaultCall call, Optional<Mounted> found, boolean writes) {
    ServiceResponse response;
    try {
      response = Envelope.of(routed(call, found), call.request().id());
    } catch (VaultFailure failure) {
      response = Envelope.of(failure);
    }
    return noted(response, call, found, writes);
  }

  /**
   * {@code http/handler.go}, forwardRequest and respondStandby: writes go to the active node,
   * unless the client forbids that and is redirected.
   */
  private Optional<ServiceResponse> notForwarded(ServiceRequest request) {
    String leader =
        cluster
            .leader()
            .map(Object::toString)
            .orElseThrow(
                () ->
                    VaultFailure.of(
                        500, "local node not active but active cluster node not found"));
    if (request.header("X-Vault-No-Request-Forwarding").isEmpty()) {
      return Optional.empty();
    }
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    return Optional.of(
        ServiceResponse.of(307, new byte[0])
            .withHeader("Location", leader + request.path() + query));
  }

  /**
   * {@code vault/request_handling.go}, switchedLockHandleRequest: OpenBao looks for the header's
   * namespace before anything else; to Vault it is the beginning of a path.
   */
  private void requireNamespace(ServiceRequest request) {
    String namespace = Incoming.namespaceHeader(request);
    if (cluster.settings().flavour() == Flavour.OPENBAO
        && !namespace.isEmpty()
        && !mounts.namespaces().contains(namespace)) {
      throw VaultFailure.of(404, "namespace not found");
    }
  }

  private Optional<Mounted> mounted(VaultCall call) {
    return mounts.of(call.namespace(), call.path());
  }

  private static VaultCall below(VaultCall call, Mounted found) {
    return call.path().length() < found.prefix().length() ? call : call.below(found.prefix());
  }

  private static String rest(VaultCall call, Mounted found) {
    return call.path().length() < found.prefix().length()
        ? ""
        : call.path().substring(found.prefix().length());
  }

  /** {@code vault/request_handling.go}: existence, policies, and then the mount. */
  private VaultAnswer routed(VaultCall call, Optional<Mounted> found) {
    if (found.isEmpty() || call.path().length() < found.get().prefix().length()) {
      access.require(call, true);
      throw VaultFailure.of(
          404, "no handler for route \"" + call.path() + "\". route entry not found.");
    }
    VaultRoute route = found.get().route();
    VaultCall below = call.below(found.get().prefix());
    if (route.needsNoToken(below)) {
      return route.handle(below);
    }
    boolean exists = call.operation() != Operation.UPDATE || route.exists(below).orElse(true);
    VaultCall known = exists ? below : below.as(Operation.CREATE);
    access.require(known, exists);
    return route.handle(known);
  }

  private ServiceResponse noted(
      ServiceResponse response, VaultCall call, Optional<Mounted> found, boolean writes) {
    ServiceResponse noted = access.principal(call).map(response::askedBy).orElse(response);
    noted =
        found
            .flatMap(mounted -> mounted.route().keyOf(rest(call, mounted)))
            .map(noted::aboutKey)
            .orElse(noted);
    if (writes && response.status() < 400) {
      cluster.written(call.time());
    }
    Optional<String> index = writes ? consistency.index() : Optional.empty();
    return index.isPresent() ? noted.withHeader("X-Vault-Index", index.get()) : noted;
  }
}
