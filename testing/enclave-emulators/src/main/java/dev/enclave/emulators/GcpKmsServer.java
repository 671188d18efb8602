package dev.enclave.emulators;

import dev.enclave.emulators.internal.gcp.GcpFaultDialect;
import dev.enclave.emulators.internal.gcp.GcpPolicy;
import dev.enclave.emulators.internal.gcp.GcpService;
import dev.enclave.emulators.internal.gcp.Quotas;
import dev.enclave.emulators.internal.gcp.attestation.Hsm;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.federation.FederationService;
import dev.enclave.emulators.internal.gcp.kms.KmsMethods;
import dev.enclave.emulators.internal.gcp.kms.model.SingleTenantHsms;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import dev.enclave.emulators.internal.gcp.metadata.IdentityTokens;
import dev.enclave.emulators.internal.gcp.metadata.MetadataService;
import dev.enclave.emulators.internal.gcp.metadata.Places;
import dev.enclave.emulators.internal.grpc.GrpcTransport;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.wire.Interceptor;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cloud KMS on 127.0.0.1 over gRPC: the real protocol and real cryptography, written from the API's
 * definition and Google's documentation. Keys live in memory and are gone when it is closed.
 *
 * <pre>{@code
 * try (GcpKmsServer server = GcpKmsServer.builder().location("europe-west1").start()) {
 *   // point a client at server.target() with the token server.accessToken()
 *   assertThat(server.journal().of("AsymmetricSign")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>It needs gRPC and the messages of Cloud KMS, which are optional dependencies of this module:
 * whoever has {@code com.google.cloud:google-cloud-kms} has them. Google's answers carry no id of
 * the request: entries of the journal have what the client wrote in {@code x-goog-request-reason},
 * else one of their own.
 *
 * <p>For tests: it holds private keys unprotected. Thread-safe.
 */
public final class GcpKmsServer extends CloudServer {

  /** What a client writes here, Cloud Audit Logs keep ("System parameters", Cloud APIs). */
  private static final String REQUEST_ID = "x-goog-request-reason";

  private final GcpKmsServerBuilder settings;
  private final AccessTokens tokens;
  private volatile Map<String, List<String>> grants = Map.of();
  private final Hsm hsm;
  private final Shared shared;
  private final GrpcTransport transport;
  private final HttpTransport metadata;

  GcpKmsServer(GcpKmsServerBuilder settings) {
    super(settings);
    this.settings = settings;
    tokens = new AccessTokens(settings.random);
    hsm = new Hsm(settings.random);
    shared = shared();
    Operations operations = new Operations();
    KmsMethods.register(operations, shared);
    GcpService service =
        new GcpService(
            operations,
            tokens,
            new GcpPolicy(settings.project, Set.copyOf(settings.locations), denied, () -> grants),
            settings.withoutApi,
            new Quotas(settings.project, settings.quotas));
    transport =
        started(
            () ->
                GrpcTransport.start(
                    LOOPBACK,
                    settings.port,
                    certificate,
                    settings.callsPerConnection,
                    new GrpcTransport.Site(
                        service,
                        REQUEST_ID,
                        interceptor(GcpFaultDialect.INSTANCE),
                        settings.journal,
                        settings.clock)));
    attachFaults(GcpFaultDialect.INSTANCE);
    metadata =
        serve(
            LOOPBACK,
            settings.metadataPort,
            new Places(
                new MetadataService(
                    new MetadataService.Settings(
                        settings.project,
                        settings.locations.get(0) + "-b",
                        settings.serviceAccount,
                        settings.tokenLifetime),
                    tokens,
                    settings.random),
                new FederationService(
                    new FederationService.Trusted(
                        settings.workloads, settings.tokenProviders, settings.awsProviders),
                    tokens,
                    denied)),
            Places::operationOf,
            Interceptor.NONE,
            SocketLayer.plain());
  }

  private Shared shared() {
    Shared made =
        new Shared(
            new Shared.Settings(
                settings.project,
                Set.copyOf(settings.locations),
                settings.generationTime,
                settings.eventualConsistency,
                settings.mostItems,
                new SingleTenantHsms(
                    settings.singleTenantHsms.entrySet().stream()
                        .collect(
                            Collectors.toMap(
                                instance -> singleTenantHsmName(instance.getKey()),
                                Map.Entry::getValue))),
                settings.disableBeforeDestroy),
            settings.random,
            hsm);
    settings.keyRings.forEach(id -> made.addKeyRing(keyRingName(id), settings.clock.instant()));
    return made;
  }

  /** A server with the defaults, which {@link GcpKmsServerBuilder} names. */
  public static GcpKmsServerBuilder builder() {
    return new GcpKmsServerBuilder();
  }

  /** Where it listens, as gRPC clients take it, such as {@code 127.0.0.1:41234}. */
  public String target() {
    return LOOPBACK + ":" + port();
  }

  /** The TCP port. */
  public int port() {
    return transport.port();
  }

  /**
   * The metadata server of Compute Engine, for GCE_METADATA_HOST: the attached service account's
   * access tokens under {@code /computeMetadata/v1/}. Beside it are, for {@link
   * GcpKmsServerBuilder#workload}, the Security Token Service at {@code /v1/token} and
   * generateAccessToken of service accounts. Faults reach none of them.
   */
  public URI metadataEndpoint() {
    return metadata.endpoint();
  }

  /** The project's id. */
  public String project() {
    return settings.project;
  }

  /** The name of a location, such as {@code projects/emulated/locations/europe-west1}. */
  public String locationName(String location) {
    return "projects/" + settings.project + "/locations/" + location;
  }

  /** The name of the first location. */
  public String locationName() {
    return locationName(settings.locations.get(0));
  }

  /** The name of a key ring in the first location, whether it is there or not. */
  public String keyRingName(String id) {
    return locationName() + "/keyRings/" + id;
  }

  /** The name of an instance of single-tenant Cloud HSM, whether it is there or not. */
  public String singleTenantHsmName(String id) {
    return locationName() + "/singleTenantHsmInstances/" + id;
  }

  /**
   * Makes a key version wrap others from now on, as a proposal does that the quorum of its HSM has
   * approved and executed (hsm_management.proto, UpgradeKeyTrust).
   */
  public void trust(String cryptoKeyVersion) {
    shared.resources().version(cryptoKeyVersion).trust();
  }

  @Override
  public String tokenIssuer() {
    return IdentityTokens.ISSUER;
  }

  /** The unique id of the service account, which is the subject of identity tokens. */
  public String serviceAccountId() {
    return IdentityTokens.ACCOUNT_ID;
  }

  /** The service account that {@link #accessToken()} stands for. */
  public String serviceAccount() {
    return settings.serviceAccount;
  }

  /** A new access token of the server's service account. */
  public String accessToken() {
    return accessToken(settings.serviceAccount);
  }

  /** A new access token of another service account, by its e-mail address. */
  public String accessToken(String account) {
    return tokens.issue(account, settings.clock.instant(), settings.tokenLifetime).value();
  }

  /**
   * A new access token of a person's login, by gcloud: a call with it must name a project in {@code
   * x-goog-user-project}, since gcloud's own has the API not enabled.
   */
  public String personsAccessToken(String email) {
    return accessToken(GcpService.person(email));
  }

  /**
   * The roots that attestations of HSM versions end in, as PEM: the manufacturer's and the owner's.
   * They are made for this process; no real HSM knows them.
   */
  public List<String> attestationRoots() {
    return List.of(hsm.manufacturerRoot(), hsm.ownerRoot());
  }

  /**
   * From now on everybody has these permissions, as custom roles list them, and no others; without
   * any, everything is allowed.
   *
   * @param permissionsByResource the names of a project, key ring or key, each with the permissions
   *     that are granted on it and on all below it
   */
  public void grants(Map<String, List<String>> permissionsByResource) {
    grants = Map.copyOf(permissionsByResource);
  }
}
