package dev.enclave.emulators;

import dev.enclave.emulators.internal.aws.AwsFaultDialect;
import dev.enclave.emulators.internal.aws.AwsService;
import dev.enclave.emulators.internal.aws.auth.Credential;
import dev.enclave.emulators.internal.aws.auth.CredentialIssuer;
import dev.enclave.emulators.internal.aws.auth.ErrorNames;
import dev.enclave.emulators.internal.aws.auth.SignatureCheck;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.KmsService;
import dev.enclave.emulators.internal.aws.kms.model.Lags;
import dev.enclave.emulators.internal.aws.kms.shared.IdentityPolicies;
import dev.enclave.emulators.internal.aws.metadata.MetadataService;
import dev.enclave.emulators.internal.aws.metadata.MetadataTokens;
import dev.enclave.emulators.internal.aws.sts.StsService;
import dev.enclave.emulators.internal.aws.sts.WebIdentities;
import dev.enclave.emulators.internal.http.HttpTransport;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * AWS KMS on 127.0.0.1, with the parts of STS and of the credential endpoints that its clients
 * need, all on one port: real protocols and real cryptography, written from AWS's documentation.
 * Keys live in memory and are gone when it is closed.
 *
 * <pre>{@code
 * try (AwsKmsServer server = AwsKmsServer.builder().region("eu-west-1").start()) {
 *   AwsCredentials credentials = server.credentials();
 *   // point a client at server.endpoint() with these credentials
 *   assertThat(server.journal().of("Sign")).hasSize(1);
 * }
 * }</pre>
 *
 * <p>For tests: it holds private keys unprotected. Thread-safe.
 */
public final class AwsKmsServer extends CloudServer {

  private final AwsKmsServerBuilder settings;
  private final CredentialIssuer issuer;
  private final Credential user;
  private final WebIdentities identities;
  private final AwsService service;
  private final String containerId;
  private final HttpTransport transport;
  private final IdentityPolicies policies;

  AwsKmsServer(AwsKmsServerBuilder settings) {
    super(settings);
    this.settings = settings;
    policies = IdentityPolicies.of(settings.identityPolicies);
    Partition partition = new Partition(settings.account, settings.region);
    SecureRandom random = settings.random;
    issuer = new CredentialIssuer(partition, random);
    user =
        settings
            .credentials
            .map(
                given ->
                    issuer.addUser(settings.user, given.accessKeyId(), given.secretAccessKey()))
            .orElseGet(() -> issuer.newUser(settings.user));
    containerId = UUID.randomUUID().toString();
    identities = new WebIdentities(settings.trusted);
    service = service(partition, random);
    settings.webIdentities.forEach(
        identity -> identities.add(identity.token(), identity.subject(), Set.of(identity.role())));
    transport =
        serve(
            LOOPBACK,
            settings.port,
            service,
            AwsService::operationOf,
            interceptor(AwsFaultDialect.INSTANCE),
            layer());
    attachFaults(AwsFaultDialect.INSTANCE);
  }

  private AwsService service(Partition partition, SecureRandom random) {
    SignatureCheck kmsSignatures =
        new SignatureCheck(
            issuer,
            "kms",
            Set.of(partition.region()),
            settings.signatureTimesChecked,
            ErrorNames.JSON);
    // STS's global endpoint is in us-east-1 (STS, "Managing AWS STS in an AWS Region").
    SignatureCheck stsSignatures =
        new SignatureCheck(
            issuer,
            "sts",
            Set.copyOf(List.of(partition.region(), "us-east-1")),
            settings.signatureTimesChecked,
            ErrorNames.QUERY);
    return new AwsService(
        new KmsService(
            kmsSignatures,
            partition,
            denied,
            policies,
            random,
            new Lags(settings.eventualConsistency, settings.authorizationLag),
            settings.keyStores,
            settings.mostItems,
            settings.requestQuotas),
        new StsService(stsSignatures, issuer, identities, partition, random),
        new MetadataService(
            new MetadataService.Settings(
                containerId,
                settings.containerRole,
                settings.containerAuthorization,
                settings.instanceRole,
                settings.sessionLifetime),
            partition,
            issuer,
            new MetadataTokens(random)));
  }

  /** A server with the defaults, which {@link AwsKmsServerBuilder} names. */
  public static AwsKmsServerBuilder builder() {
    return new AwsKmsServerBuilder();
  }

  /** AWS STS as others ask it who has signed a request. */
  Service sts() {
    return service;
  }

  /** Where KMS and STS listen, such as {@code http://127.0.0.1:41234}; https with TLS. */
  public URI endpoint() {
    return transport.endpoint();
  }

  /**
   * Where a container finds its credentials, for AWS_CONTAINER_CREDENTIALS_FULL_URI; it answers
   * only if {@link AwsKmsServerBuilder#containerRole} is set. The instance metadata service is at
   * {@link #endpoint()} itself.
   */
  public URI containerCredentialsUri() {
    return endpoint().resolve("/v2/credentials/" + containerId);
  }

  /** Who issues GetWebIdentityToken's tokens: the account's own. */
  @Override
  public String tokenIssuer() {
    return StsService.issuer(settings.account);
  }

  /** Whose signed GetCallerIdentity it is that reached another cloud; empty if AWS refuses it. */
  Optional<String> callerOf(ServiceRequest signed) {
    return service.handle(signed.named(AwsService.operationOf(signed))).principal();
  }

  /** The account's twelve digits. */
  public String account() {
    return settings.account;
  }

  /** The Region. */
  public String region() {
    return settings.region;
  }

  /** Long-lived credentials of the server's user. */
  public AwsCredentials credentials() {
    return published(user);
  }

  /**
   * Begins a session of {@code role} and hands out its credentials, as Lambda puts them into
   * variables.
   *
   * @param role its name
   */
  public AwsCredentials sessionCredentials(String role) {
    return published(
        issuer.newSession(role, "session", settings.clock.instant(), settings.sessionLifetime));
  }

  private static AwsCredentials published(Credential credential) {
    return new AwsCredentials(
        credential.accessKeyId(), credential.secret(), credential.token(), credential.expiration());
  }

  /**
   * From now on these are the identity policies of everybody who calls, and no others; without any,
   * everything is allowed. See {@link AwsKmsServerBuilder#identityPolicy}.
   *
   * @throws IllegalArgumentException for what is not evaluated here
   */
  public void identityPolicies(List<String> documents) {
    policies.replace(documents);
  }

  /** Disconnects a custom key store: its keys are Unavailable, and no others are made there. */
  public void disconnectKeyStore(String id) {
    settings.keyStores.connected(id, false);
  }

  /** Connects it again. */
  public void connectKeyStore(String id) {
    settings.keyStores.connected(id, true);
  }
}
