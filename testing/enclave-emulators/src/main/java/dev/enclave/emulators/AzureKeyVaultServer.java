package dev.enclave.emulators;

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
import dev.enclave.emulators.internal.http.SocketLayer;
import dev.enclave.emulators.wire.Interceptor;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

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
public final class AzureKeyVaultServer extends CloudServer {

  /**
   * The same address by another name: Microsoft's client remembers by host and port, for the whole
   * JVM, what tokens a vault wants, and a port may have been a key vault's before.
   */
  private static final String HSM_HOST = "localhost";

  private final AzureKeyVaultServerBuilder settings;
  private final Access access;
  private final String identityHeader = UUID.randomUUID().toString();
  private final String federatedToken = "federated-" + UUID.randomUUID();
  private final HttpTransport vault;
  private final Optional<HttpTransport> secondRegion;
  private final HttpTransport identity;

  AzureKeyVaultServer(AzureKeyVaultServerBuilder settings) {
    super(settings);
    this.settings = settings;
    SecureRandom random = settings.random;
    String host = settings.flavour == Flavour.MANAGED_HSM ? HSM_HOST : LOOPBACK;
    CompletableFuture<URI> location = new CompletableFuture<>();
    AccessTokens tokens = new AccessTokens(settings.tenant, !settings.tokenTimesChecked, random);
    access = new Access(settings.flavour, settings.roles, denied);
    Identity workload = new Identity(settings.objectId, settings.clientId);
    KeyVaultService keys = new KeyVaultService(tokens, vaultSettings(location), access, random);
    AzureFaultDialect dialect = new AzureFaultDialect(keys);
    Interceptor interceptor = interceptor(dialect);
    vault =
        serve(
            host,
            settings.port,
            new AzureService(
                new LoginService(
                    tokens, workload, federatedToken, settings.trusted, settings.tokenLifetime),
                keys),
            AzureService::operationOf,
            interceptor,
            layer());
    location.complete(vault.endpoint());
    secondRegion =
        settings.secondRegion.map(
            region ->
                serve(
                    host,
                    0,
                    keys.extended(region.name(), region.late()),
                    KeyVaultService::operationOf,
                    interceptor,
                    layer()));
    identity =
        serve(
            LOOPBACK,
            0,
            new ManagedIdentityService(tokens, workload, identityHeader, settings.tokenLifetime),
            ManagedIdentityService::operationOf,
            interceptor,
            SocketLayer.plain());
    attachFaults(dialect);
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
    return certificate.orElseThrow().certificate();
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

  /** Who issues the managed identity's tokens. */
  @Override
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
}
