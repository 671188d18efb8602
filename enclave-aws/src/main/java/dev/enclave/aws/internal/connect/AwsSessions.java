package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.SentWatch;
import dev.enclave.aws.internal.credentials.CredentialChain;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.aws.internal.settings.AwsEndpoints;
import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.CertificateTrust;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.Opening;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsSts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.endpoints.EndpointUrl;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.TlsKeyManagersProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.auth.scheme.KmsAuthSchemeProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.scheme.StsAuthSchemeProvider;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/**
 * Opens the way to KMS: settings, region, endpoints, credentials, and STS's word on whose they are.
 */
public final class AwsSessions {

  private static final List<String> LOGGERS =
      List.of(
          // All octets after decryption, and headers once more.
          "org.apache.hc.client5.http.wire",
          "org.apache.hc.client5.http.headers",
          // The request that is signed, with the session token among its headers.
          "software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner");

  private final BackendContext context;
  private final AwsSettings settings;
  private final MetadataService metadata;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private AwsSessions(BackendContext context) throws BackendFailure {
    this.context = context;
    this.settings = AwsSettings.of(context.settings());
    this.metadata = opened(context.snapshot().metadata());
  }

  /** What the SDK and Apache's HTTP client below it write at DEBUG. They log by SLF4J alone. */
  public static WireLogs logs(EnvironmentSnapshot snapshot) {
    WireLogs logs = new WireLogs(Texts.SERVICE.with()).jdk(snapshot);
    LOGGERS.forEach(
        name -> logs.logger(name, () -> LoggerFactory.getLogger(name).isDebugEnabled()));
    return logs;
  }

  /** Opens it; nothing stays open where that fails. */
  public static AwsSession open(BackendContext context) throws BackendFailure {
    logs(context.snapshot()).requireOff(context.environment());
    AwsSessions sessions = new AwsSessions(context);
    try {
      return sessions.open();
    } catch (BackendFailure | RuntimeException | Error e) {
      sessions.closeAll();
      throw e;
    }
  }

  private AwsSession open() throws BackendFailure {
    AwsRegion region = AwsRegion.of(settings, context.snapshot(), metadata);
    AwsEndpoints endpoints = AwsEndpoints.of(settings, region, context);
    SdkHttpClient http =
        opened(
            new SentWatch(
                Clients.http(
                    Clients.trust(settings, endpoints, context.snapshot()),
                    settings.connections())));
    StsClient sts = opened(Clients.sts(http, region, endpoints));
    HttpExchange containers =
        opened(new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT));
    CredentialChain.Chosen chosen =
        new CredentialChain(
                context,
                metadata,
                containers,
                (role, session, token) -> Identity.assume(sts, role, session, token))
            .choose();
    RefreshingCredentials credentials =
        opened(
            RefreshingCredentials.from(
                chosen.source(), context.time(), RefreshingValue.threadForEach()));
    String account = account(sts, credentials, endpoints, chosen.byVariables());
    KmsClient kms = opened(Clients.kms(http, region, endpoints, credentials));
    return new AwsSession(
        kms,
        credentials,
        region.partition(),
        region.id(),
        account,
        endpoints.trusted(),
        settings.pendingWindowDays(),
        settings.connections(),
        this::closeAll);
  }

  private String account(
      StsClient sts, RefreshingCredentials credentials, AwsEndpoints endpoints, boolean byVariables)
      throws BackendFailure {
    boolean strict = context.environment().isStrict();
    Optional<String> expected = settings.accountId();
    Identity identity;
    try {
      // One lost answer does not say that STS cannot be reached from here at all.
      identity =
          expected.isPresent()
              ? Opening.persistently(
                  context, Texts.SERVICE.with(), Duration.ZERO, n -> Identity.ask(sts, credentials))
              : Identity.ask(sts, credentials);
    } catch (BackendFailure e) {
      return withoutSts(e, credentials, endpoints, strict && byVariables);
    }
    if (expected.isPresent() && !expected.get().equals(identity.account())) {
      throw Texts.CREDENTIALS_OF_ANOTHER.permanent(
          FailureCode.MISCONFIGURED,
          settings.section().fullName(AwsSettings.ACCOUNT_ID),
          expected.get(),
          credentials.named(),
          identity.account());
    }
    if (strict && !identity.role()) {
      throw Texts.NO_ROLE.permanent(
          FailureCode.REFUSED, credentials.named(), context.environment());
    }
    return identity.account();
  }

  /** Where only KMS can be reached, the operator's word for the account is enough, if given. */
  private String withoutSts(
      BackendFailure failure,
      RefreshingCredentials credentials,
      AwsEndpoints endpoints,
      boolean must)
      throws BackendFailure {
    Optional<String> account = settings.accountId();
    String setting = settings.section().fullName(AwsSettings.ACCOUNT_ID);
    boolean imitation = !endpoints.kmsOfAws() && !context.environment().isStrict();
    if (failure.failureClass() == FailureClass.PERMANENT && !(imitation && account.isPresent())) {
      // An answer that STS itself could have given says what is wrong, and that STS is there.
      throw imitation && failure.code() == FailureCode.REJECTED
          ? failure.advising(
              Texts.KMS_ALONE.with(setting, settings.section().fullName(AwsSettings.STS_ENDPOINT)))
          : failure;
    }
    if (must) {
      BackendFailure told =
          Texts.ROLE_UNKNOWN
              .transientFailure(
                  failure.code(), credentials.named(), context.environment(), failure.observed())
              .naming(failure.names());
      throw failure.advice().map(told::advising).orElse(told);
    }
    if (account.isEmpty()) {
      boolean silent =
          failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
      // Whoever has both at one place would meet the same at KMS.
      throw silent && !endpoints.sts().equals(endpoints.kms())
          ? failure.advising(Texts.WHERE_STS_CANNOT.with(failure.advice().orElse(""), setting))
          : failure;
    }
    return account.get();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  /** The last first; none of them throws anything. */
  private void closeAll() {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("An AWS client did not close: " + e.getClass().getName());
      }
    }
    opened.clear();
  }

  /** Who STS says we are: the account's twelve digits, and whether the credentials are a role's. */
  private record Identity(String account, boolean role) {

    private static final Duration WITHIN = Duration.ofSeconds(5);

    /** Asks STS; it needs no permission. */
    static Identity ask(StsClient sts, RefreshingCredentials credentials) throws BackendFailure {
      RemoteRequest request =
          new RemoteRequest(
              "sts:GetCallerIdentity", false, Texts.CREDENTIALS.with(credentials.named()));
      GetCallerIdentityResponse answer =
          sent(
              request,
              () ->
                  sts.getCallerIdentity(
                      r ->
                          r.overrideConfiguration(
                              c -> c.credentialsProvider(credentials).apiCallTimeout(WITHIN))));
      if (answer.account() == null || !answer.account().matches("[0-9]{12}")) {
        throw wrong(request, Texts.NO_ACCOUNT.with());
      }
      String arn = String.valueOf(answer.arn());
      return new Identity(answer.account(), AwsSts.ASSUMED_ROLE.matcher(arn).matches());
    }

    /** Exchanges a token for a role's credentials; the token itself is what is trusted. */
    static Expiring<AwsSecurityCredentials> assume(
        StsClient sts, String roleArn, String sessionName, String token) throws BackendFailure {
      RemoteRequest request =
          new RemoteRequest(
              "sts:AssumeRoleWithWebIdentity", false, Texts.ROLE.with(Quoted.of(roleArn)));
      Credentials given =
          sent(
                  request,
                  () ->
                      sts.assumeRoleWithWebIdentity(
                          r ->
                              r.roleArn(roleArn)
                                  .roleSessionName(sessionName)
                                  .webIdentityToken(token)
                                  .overrideConfiguration(c -> c.apiCallTimeout(WITHIN))))
              .credentials();
      if (given == null
          || given.expiration() == null
          || Stream.of(given.accessKeyId(), given.secretAccessKey(), given.sessionToken())
              .anyMatch(part -> part == null || part.isEmpty())) {
        throw wrong(request, Texts.NO_CREDENTIALS.with());
      }
      return new Expiring<>(
          new AwsSecurityCredentials(
              given.accessKeyId(), given.secretAccessKey(), Optional.of(given.sessionToken())),
          Optional.of(given.expiration()));
    }

    private static <R> R sent(RemoteRequest request, Supplier<R> sending) throws BackendFailure {
      try {
        return sending.get();
      } catch (SdkException e) {
        throw AwsFailures.of(request, e, 1);
      }
    }

    private static BackendFailure wrong(RemoteRequest request, String observed) {
      return BackendFailure.permanent(
              FailureCode.REJECTED, request.named() + ": " + observed + ".", Texts.IS_IT_STS.with())
          .naming(request.subject());
    }
  }

  /**
   * The SDK's clients, with everything said that they would otherwise look for themselves: in
   * variables, system properties, files and metadata services.
   */
  private static final class Clients {

    /** For STS, and for connections whose requests have ended and that are not given back yet. */
    private static final int SPARE_CONNECTIONS = 16;

    private static final Duration CONNECTING = Duration.ofSeconds(2);

    /** A bound for requests without a deadline of their own; each call brings one. */
    private static final Duration WAITING_FOR_OCTETS = Duration.ofSeconds(30);

    /** Shorter than what balancers and NAT gateways allow, so that they do not close it first. */
    private static final Duration IDLE = Duration.ofSeconds(20);

    /** After this the name is resolved again. */
    private static final Duration LIFE = Duration.ofMinutes(5);

    /** Whose certificates are trusted: those the JVM trusts, or the one that a setting names. */
    static TrustManager[] trust(
        AwsSettings settings, AwsEndpoints endpoints, EnvironmentSnapshot environment)
        throws BackendFailure {
      String setting = settings.section().fullName(AwsSettings.TRUSTED_CERTIFICATE);
      if (settings.trustedCertificate().isPresent()
          && (endpoints.kmsOfAws() || endpoints.stsOfAws())) {
        throw Texts.CERTIFICATE_NEEDS_NONE.permanent(
            FailureCode.REFUSED,
            setting,
            endpoints.kms(),
            endpoints.sts(),
            settings.section().fullName(AwsSettings.ENDPOINT),
            settings.section().fullName(AwsSettings.STS_ENDPOINT));
      }
      return settings
          .section()
          .trusted(AwsSettings.TRUSTED_CERTIFICATE, environment)
          .orElseGet(CertificateTrust::platform);
    }

    /** Pooled; no proxy, whatever variables say; TLS 1.2 and newer. */
    static SdkHttpClient http(TrustManager[] trusted, int requests) {
      return Apache5HttpClient.builder()
          .maxConnections(requests + SPARE_CONNECTIONS)
          .connectionTimeout(CONNECTING)
          .connectionAcquisitionTimeout(WAITING_FOR_OCTETS)
          .socketTimeout(WAITING_FOR_OCTETS)
          .connectionMaxIdleTime(IDLE)
          .connectionTimeToLive(LIFE)
          .useIdleConnectionReaper(true)
          .tcpKeepAlive(true)
          .expectContinueEnabled(false)
          .tlsTrustManagersProvider(() -> trusted)
          .tlsKeyManagersProvider(TlsKeyManagersProvider.noneProvider())
          .proxyConfiguration(
              ProxyConfiguration.builder()
                  .useSystemPropertyValues(false)
                  .useEnvironmentVariableValues(false)
                  .build())
          .build();
    }

    static KmsClient kms(
        SdkHttpClient http,
        AwsRegion region,
        AwsEndpoints endpoints,
        RefreshingCredentials credentials) {
      CompletableFuture<Endpoint> always = always(endpoints.kms());
      return configured(KmsClient.builder(), http, region, endpoints.kms(), credentials)
          .endpointProvider(parameters -> always)
          .authSchemeProvider(KmsAuthSchemeProvider.defaultProvider())
          .build();
    }

    /** Without credentials: its callers bring them, or need none. */
    static StsClient sts(SdkHttpClient http, AwsRegion region, AwsEndpoints endpoints) {
      AwsCredentialsProvider none = AnonymousCredentialsProvider.create();
      CompletableFuture<Endpoint> always = always(endpoints.sts());
      return configured(StsClient.builder(), http, region, endpoints.sts(), none)
          .endpointProvider(parameters -> always)
          .authSchemeProvider(StsAuthSchemeProvider.defaultProvider())
          .build();
    }

    private static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> B configured(
        B builder,
        SdkHttpClient http,
        AwsRegion region,
        Origin endpoint,
        AwsCredentialsProvider credentials) {
      return builder
          .httpClient(http)
          .region(Region.of(region.id()))
          .endpointOverride(endpoint.uri())
          .credentialsProvider(credentials)
          .defaultsMode(DefaultsMode.STANDARD)
          .fipsEnabled(false)
          .dualstackEnabled(false)
          .overrideConfiguration(
              c ->
                  c.retryStrategy(AwsRetryStrategy.doNotRetry())
                      .defaultProfileFile(ProfileFile.aggregator().build())
                      .defaultProfileName("none")
                      .appId("enclave"));
    }

    private static CompletableFuture<Endpoint> always(Origin endpoint) {
      return CompletableFuture.completedFuture(
          Endpoint.builder().endpointUrl(EndpointUrl.fromUri(endpoint.uri())).build());
    }
  }
}
