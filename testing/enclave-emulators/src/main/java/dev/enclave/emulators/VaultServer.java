package dev.enclave.emulators;

import dev.enclave.emulators.internal.http.BodyLimit;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.vault.VaultFaultDialect;
import dev.enclave.emulators.internal.vault.VaultService;
import dev.enclave.emulators.internal.vault.common.VaultRoute;
import dev.enclave.emulators.internal.vault.kv.KvMount;
import dev.enclave.emulators.internal.vault.sys.Cluster;
import dev.enclave.emulators.internal.vault.sys.Flavour;
import dev.enclave.emulators.internal.vault.sys.MountsRoute;
import dev.enclave.emulators.internal.vault.sys.MountsRoute.Mount;
import dev.enclave.emulators.internal.vault.sys.RateLimit;
import dev.enclave.emulators.internal.vault.transit.TransitMount;
import dev.enclave.emulators.internal.vault.transit.TransitSettings;
import dev.enclave.emulators.wire.Interceptor;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A HashiCorp Vault or an OpenBao of two nodes on 127.0.0.1, with the transit secrets engine and a
 * key/value engine of version 2. Real cryptography, written from the documentation and from
 * OpenBao's source. Keys and secrets live in memory and are gone when it is closed.
 *
 * <pre>{@code
 * try (VaultServer server = VaultServer.builder().start()) {
 *   // point a client at server.address() with server.rootToken()
 *   assertThat(server.journal().of("transit/sign")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>For tests: it holds private keys unprotected. Thread-safe.
 */
public final class VaultServer extends CloudServer {

  private final VaultServerBuilder settings;
  private final Cluster cluster;
  private final VaultGrants grants;
  private final HttpTransport first;
  private final HttpTransport second;

  VaultServer(VaultServerBuilder settings) {
    super(settings);
    this.settings = settings;
    CompletableFuture<List<URI>> addresses = new CompletableFuture<>();
    cluster =
        new Cluster(
            new Cluster.Settings(
                settings.flavour,
                settings.version.orElse(settings.flavour.version()),
                settings.sealType,
                settings.clusterName,
                UUID.randomUUID().toString(),
                settings.standbyReads.orElse(settings.flavour.standbysRead()),
                settings.eventualConsistency),
            addresses::join,
            settings.clock.instant());
    grants = new VaultGrants(settings, denied);
    VaultService service = node(settings.requestQuota.map(RateLimit::new));
    VaultFaultDialect dialect =
        new VaultFaultDialect(service, node(Optional.empty()), settings.rootToken);
    Interceptor interceptor = interceptor(dialect);
    first = serve(LOOPBACK, settings.port, service, service::operationOf, interceptor, layer());
    second = serve(LOOPBACK, 0, service.second(), service::operationOf, interceptor, layer());
    addresses.complete(List.of(first.endpoint(), second.endpoint()));
    attachFaults(dialect);
  }

  @Override
  BodyLimit bodies() {
    return VaultService.BODIES;
  }

  private VaultService node(Optional<RateLimit> limit) {
    Map<String, Map<String, VaultRoute>> namespaces = new HashMap<>();
    for (String namespace : settings.namespaces) {
      namespaces.put(namespace, mounts());
    }
    return VaultService.first(cluster, namespaces, grants.access(), limit);
  }

  private Map<String, VaultRoute> mounts() {
    Map<String, VaultRoute> mounts = new HashMap<>();
    mounts.put(
        settings.transitMount,
        new TransitMount(
            new TransitSettings(
                settings.flavour == Flavour.OPENBAO, settings.managedKeys, settings.random)));
    mounts.put(settings.kvMount, new KvMount(settings.flavour == Flavour.OPENBAO));
    MountsRoute told =
        new MountsRoute(
            List.of(
                new Mount(settings.kvMount, "kv", Optional.of(Map.of("version", "2"))),
                new Mount(settings.transitMount, "transit", Optional.empty())),
            grants.access(),
            cluster.settings().version());
    MountsRoute.PREFIXES.forEach(prefix -> mounts.put(prefix, told));
    return mounts;
  }

  /** A server with the defaults, which {@link VaultServerBuilder} names. */
  public static VaultServerBuilder builder() {
    return new VaultServerBuilder();
  }

  /** Where the first node listens, which is active at the start: for VAULT_ADDR or BAO_ADDR. */
  public URI address() {
    return first.endpoint();
  }

  /** Where the second node listens, which is a standby at the start. */
  public URI standbyAddress() {
    return second.endpoint();
  }

  /** The root token, which may do everything. */
  public String rootToken() {
    return settings.rootToken;
  }

  /**
   * Sets a policy of the root namespace, which counts from the next request on.
   *
   * @throws IllegalArgumentException if it is not as Vault takes it
   */
  public void setPolicy(String name, String hcl) {
    grants.setPolicy("", name, hcl);
  }

  /** A new token, which has no parent and is shown once. */
  public String issueToken(VaultTokenSpec spec) {
    return grants.issue(spec, settings.clock.instant());
  }

  /** Revokes a token and all that were made with it; nothing if it is unknown. */
  public void revoke(String token) {
    grants.revoke(token);
  }

  /**
   * The role id of a role at {@code auth/approle}.
   *
   * @throws IllegalArgumentException if there is no such role
   */
  public String appRoleId(String role) {
    return grants.appRole().roleId(role);
  }

  /** A new secret id of a role at {@code auth/approle}. */
  public String newSecretId(String role) {
    return grants.appRole().newSecretId(role, settings.clock.instant());
  }

  /**
   * Issuer of identity tokens; Vault issues none to workloads here.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public String tokenIssuer() {
    throw new UnsupportedOperationException("Vault is no issuer of workloads' tokens here.");
  }

  /** Seals both nodes: they answer 503 until {@link #unseal}. */
  public void seal() {
    cluster.seal(true);
  }

  /** Unseals both nodes. */
  public void unseal() {
    cluster.seal(false);
  }

  /**
   * The active node steps down, and none is active until {@link #failover}: writes are answered
   * with 500, reads by standbys that answer them themselves.
   */
  public void stepDown() {
    cluster.stepDown();
  }

  /**
   * The node that was not active last becomes the active one, and the other one a standby. Nothing
   * that was acknowledged is lost: a node applies all of it before it becomes active.
   */
  public void failover() {
    cluster.elect(settings.clock.instant());
  }

  /** Whether it has been initialised; a server that has not is sealed too. */
  public void initialized(boolean initialized) {
    cluster.initialize(initialized);
  }

  /** Whether it is a secondary of disaster recovery, as {@code sys/health} tells. */
  public void disasterRecoverySecondary(boolean secondary) {
    cluster.replicate(secondary ? Cluster.Replication.DR_SECONDARY : Cluster.Replication.NONE);
  }
}
