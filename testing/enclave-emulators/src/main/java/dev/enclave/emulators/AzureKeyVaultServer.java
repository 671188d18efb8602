package dev.enclave.emulators;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.azure.AzureFaultDialect;
import dev.enclave.emulators.internal.azure.AzureService;
import dev.enclave.emulators.internal.azure.attestation.Attestations;
import dev.enclave.emulators.internal.azure.identity.AccessTokens;
import dev.enclave.emulators.internal.azure.identity.Identity;
import dev.enclave.emulators.internal.azure.identity.LoginService;
import dev.enclave.emulators.internal.azure.identity.ManagedIdentityService;
import dev.enclave.emulators.internal.azure.keys.Access;
import dev.enclave.emulators.internal.azure.keys.KeyVaultService;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.azure.keys.model.KeyVaultSettings;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.InjectedFaults;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An Azure key vault on 127.0.0.1, or a managed HSM on localhost: over HTTPS the vault and the
 * Microsoft Entra authority that its challenges name, and over plain HTTP the places where
 * workloads get tokens of their managed identity. Real protocols and real cryptography, written
 * from Microsoft's documentation. Keys live in memory and are gone when it is closed.
 *
 * <pre>{@code
 * try (AzureKeyVaultServer server = AzureKeyVaultServer.builder().start()) {
 *   // point a client at server.vaultUrl(), let it trust server.certificate(), and its credential at
 *   // server.identityEndpoint() with server.identityHeader()
 *   assertThat(server.journal().of("Sign")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>For tests: it holds private keys unprotected. Thread-safe.
 */
public final class AzureKeyVaultServer implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * The same address by another name: Microsoft's client remembers by host and port, for the whole
   * JVM, what tokens a vault wants, and a port may have been a key vault's before.
   */
  private static final String HSM_HOST = "localhost";

  private final AzureKeyVaultServerBuilder settings;
  private final DenyRules denied = new DenyRules();
  private final Access access;
  private final ServerCertificate certificate;
  private final String identityHeader = UUID.randomUUID().toString();
  private final String federatedToken = "federated-" + UUID.randomUUID();
  private final HttpTransport vault;
  private final Optional<HttpTransport> secondRegion;
  private final HttpTransport identity;

  AzureKeyVaultServer(AzureKeyVaultServerBuilder settings) {
    this.settings = settings;
    SecureRandom random = settings.random;
    settings.denials.forEach(this::deny);
    certificate = ServerCertificate.generate(random);
    String host = settings.flavour == Flavour.MANAGED_HSM ? HSM_HOST : LOOPBACK;
    CompletableFuture<URI> location = new CompletableFuture<>();
    AccessTokens tokens = new AccessTokens(settings.tenant, !settings.tokenTimesChecked, random);
    access = new Access(settings.flavour, settings.roles, denied);
    Identity workload = new Identity(settings.objectId, settings.clientId);
    KeyVaultService keys = new KeyVaultService(tokens, vaultSettings(location), access, random);
    Interceptor interceptor = interceptor(keys);
    vault =
        HttpTransport.start(
            host,
            settings.port,
            site(
                new AzureService(
                    new LoginService(
                        tokens, workload, federatedToken, settings.trusted, settings.tokenLifetime),
                    keys),
                AzureService::operationOf,
                interceptor),
            SocketLayer.tls(certificate));
    location.complete(vault.endpoint());
    secondRegion =
        settings.secondRegion.map(
            region -> {
              KeyVaultService extended = keys.extended(region.name(), region.late());
              return HttpTransport.start(
                  host,
                  0,
                  site(extended, KeyVaultService::operationOf, interceptor),
                  SocketLayer.tls(certificate));
            });
    identity =
        HttpTransport.start(
            LOOPBACK,
            0,
            site(
                new ManagedIdentityService(
                    tokens, workload, identityHeader, settings.tokenLifetime),
                ManagedIdentityService::operationOf,
                interceptor));
    settings.faults.ifPresent(faults -> attach(faults, keys));
  }

  private KeyVaultSettings vaultSettings(CompletableFuture<URI> location) {
    return new KeyVaultSettings(
        settings.flavour,
        location::join,
        settings.region,
        settings.retention,
        settings.purgeProtection,
        settings.eventualDeletion,
        settings.eventualConsistency,
        settings.hsmPlatform,
        settings.mostItems,
        settings.throttled,
        settings.clock);
  }

  private Interceptor interceptor(KeyVaultService keys) {
    Interceptor chosen =
        settings
            .faults
            .<Interceptor>map(faults -> new InjectedFaults(faults, new AzureFaultDialect(keys)))
            .orElse(settings.interceptor);
    return settings.latency.isZero()
        ? chosen
        : (request, service) ->
            Delivery.after(settings.latency, () -> chosen.intercept(request, service));
  }

  private HttpTransport.Site site(
      Service service, Function<ServiceRequest, String> operationOf, Interceptor interceptor) {
    return new HttpTransport.Site(
        service, operationOf, interceptor, settings.journal, settings.clock);
  }

  private void attach(FaultInjector faults, KeyVaultService keys) {
    try {
      faults.attach(
          new FaultyServer(
              new AzureFaultDialect(keys).wrongAnswers().keySet(),
              Stream.concat(Stream.of(vault, identity), secondRegion.stream()).toList()));
    } catch (IllegalArgumentException e) {
      close();
      throw e;
    }
  }

  /** What faults can do to the server as a whole. */
  private record FaultyServer(Set<String> wrongAnswers, List<HttpTransport> places)
      implements FaultInjector.Server {

    @Override
    public void refuseConnections() {
      places.forEach(HttpTransport::refuse);
    }

    @Override
    public void acceptConnections() {
      places.forEach(HttpTransport::listen);
    }
  }

  /** A server with the defaults, which {@link AzureKeyVaultServerBuilder} names. */
  public static AzureKeyVaultServerBuilder builder() {
    return new AzureKeyVaultServerBuilder();
  }

  /**
   * Where the vault listens, such as {@code https://127.0.0.1:41234}, or {@code
   * https://localhost:41234} for a managed HSM.
   */
  public URI vaultUrl() {
    return vault.endpoint();
  }

  /**
   * Where the second region of a managed HSM listens: a client beside it is routed there when it
   * asks for the host of {@link #vaultUrl}.
   *
   * @throws IllegalStateException without one
   */
  public URI secondRegionUrl() {
    return secondRegion
        .orElseThrow(() -> new IllegalStateException("It was not extended to a second region."))
        .endpoint();
  }

  /** The certificate that the vault and the authority show, for localhost and 127.0.0.1. */
  public X509Certificate certificate() {
    return certificate.certificate();
  }

  /** The certificate as PEM. */
  public String certificatePem() {
    return certificate.pem();
  }

  /**
   * Where App Service and Container Apps have the tokens of the managed identity, for
   * IDENTITY_ENDPOINT.
   */
  public URI identityEndpoint() {
    return identity.endpoint().resolve(ManagedIdentityService.APP_SERVICE);
  }

  /** What must be sent to {@link #identityEndpoint}, for IDENTITY_HEADER. */
  public String identityHeader() {
    return identityHeader;
  }

  /**
   * Where the instance metadata service is, in place of {@code http://169.254.169.254}, for
   * AZURE_POD_IDENTITY_AUTHORITY_HOST.
   */
  public URI metadataEndpoint() {
    return identity.endpoint();
  }

  /** The Microsoft Entra authority, without the tenant, for AZURE_AUTHORITY_HOST. */
  public URI authorityHost() {
    return vault.endpoint();
  }

  /** What a workload proves its identity with to the authority, for AZURE_FEDERATED_TOKEN_FILE. */
  public String federatedToken() {
    return federatedToken;
  }

  /** Who issues the managed identity's tokens, as {@code iss} has it. */
  public String tokenIssuer() {
    return AccessTokens.issuer(settings.tenant);
  }

  /** The directory's id. */
  public String tenant() {
    return settings.tenant;
  }

  /** The application of the workload's identity. */
  public String clientId() {
    return settings.clientId;
  }

  /** The principal of the workload's identity. */
  public String objectId() {
    return settings.objectId;
  }

  /** Forbids something from now on; see {@link AzureKeyVaultServerBuilder#deny}. */
  public void deny(Denial denial) {
    denied.add(denial.principal(), denial.action(), denial.resource());
  }

  /** Takes back everything that was denied. */
  public void clearDenials() {
    denied.clear();
  }

  /**
   * From now on the identity has these custom roles, in the JSON that {@code az role definition
   * create} takes, and no others; without any, it has its built-in roles. Each is assigned at its
   * assignable scopes, of which the vault's name is not compared; without scopes, for all keys.
   *
   * @throws IllegalArgumentException for what is not evaluated here
   */
  public void roleDefinitions(List<String> documents) {
    access.replace(documents);
  }

  /**
   * The certificate that the manufacturer's chain of attestations ends in, as PEM; the same for all
   * servers of a process. Only a managed HSM attests keys.
   */
  public String attestationRoot() {
    return Attestations.root();
  }

  /** What was received, by the vault and by the places of tokens. */
  public Journal journal() {
    return settings.journal;
  }

  /** Stops it; its keys are gone. */
  @Override
  public void close() {
    vault.close();
    secondRegion.ifPresent(HttpTransport::close);
    identity.close();
  }
}
