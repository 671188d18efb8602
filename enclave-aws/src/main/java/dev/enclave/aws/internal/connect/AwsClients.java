package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.calls.AwsFailures;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.aws.internal.settings.AwsEndpoints;
import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.kit.Failures;
import dev.enclave.kit.setup.PemTls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
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

/**
 * The SDK's clients, with everything said that they would otherwise look for themselves: in
 * variables, system properties, files and metadata services.
 */
final class AwsClients {

  /** For STS, and for connections whose requests have ended and that are not given back yet. */
  private static final int SPARE_CONNECTIONS = 16;

  private static final Duration CONNECTING = Duration.ofSeconds(2);

  /** A bound for requests without a deadline of their own; each call brings one. */
  private static final Duration WAITING_FOR_OCTETS = Duration.ofSeconds(30);

  /** Shorter than what balancers and NAT gateways allow, so that they do not close it first. */
  private static final Duration IDLE = Duration.ofSeconds(20);

  /** After this the name is resolved again. */
  private static final Duration LIFE = Duration.ofMinutes(5);

  private AwsClients() {}

  /** Whose certificates are trusted: those the JVM trusts, or the one that a setting names. */
  static TrustManager[] trust(
      AwsSettings settings, AwsEndpoints endpoints, EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = settings.trustedCertificate();
    String setting = settings.fullName(AwsSettings.TRUSTED_CERTIFICATE);
    if (file.isPresent() && (endpoints.kmsOfAws() || endpoints.stsOfAws())) {
      throw Failures.refused(
          "Setting %s is set, and KMS at %s or STS at %s is AWS's own, whose certificate needs no"
                  .formatted(setting, endpoints.kms(), endpoints.sts())
              + " setting.",
          "Remove the setting, or set %s and %s to the server that has the certificate."
              .formatted(
                  settings.fullName(AwsSettings.ENDPOINT),
                  settings.fullName(AwsSettings.STS_ENDPOINT)));
    }
    return file.isPresent() ? PemTls.trust(setting, file.get(), environment) : PemTls.platform();
  }

  /**
   * Pooled; no proxy, whatever variables say; TLS 1.2 and newer.
   *
   * @param trusted whose certificates are
   * @param requests to KMS that are under way at once at most
   */
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
    URI endpoint = endpoints.kms().uri();
    return configured(KmsClient.builder(), http, region, endpoint, credentials)
        .endpointProvider(parameters -> always(endpoint))
        .authSchemeProvider(KmsAuthSchemeProvider.defaultProvider())
        .overrideConfiguration(configuration().addExecutionInterceptor(expiry(credentials)).build())
        .build();
  }

  /** Has credentials fetched anew once AWS says that they have expired. */
  private static ExecutionInterceptor expiry(RefreshingCredentials credentials) {
    return new ExecutionInterceptor() {
      @Override
      public void onExecutionFailure(Context.FailedExecution failed, ExecutionAttributes of) {
        if (failed.exception() instanceof AwsServiceException answer
            && AwsFailures.expired(answer)) {
          credentials.refused();
        }
      }
    };
  }

  /** Without credentials: its callers bring them, or need none. */
  static StsClient sts(SdkHttpClient http, AwsRegion region, AwsEndpoints endpoints) {
    URI endpoint = endpoints.sts().uri();
    return configured(
            StsClient.builder(), http, region, endpoint, AnonymousCredentialsProvider.create())
        .endpointProvider(parameters -> always(endpoint))
        .authSchemeProvider(StsAuthSchemeProvider.defaultProvider())
        .overrideConfiguration(configuration().build())
        .build();
  }

  private static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> B configured(
      B builder,
      SdkHttpClient http,
      AwsRegion region,
      URI endpoint,
      AwsCredentialsProvider credentials) {
    return builder
        .httpClient(http)
        .region(Region.of(region.id()))
        .endpointOverride(endpoint)
        .credentialsProvider(credentials)
        .defaultsMode(DefaultsMode.STANDARD)
        .fipsEnabled(false)
        .dualstackEnabled(false);
  }

  private static CompletableFuture<Endpoint> always(URI endpoint) {
    return CompletableFuture.completedFuture(
        Endpoint.builder().endpointUrl(EndpointUrl.fromUri(endpoint)).build());
  }

  private static ClientOverrideConfiguration.Builder configuration() {
    ProfileFile none = ProfileFile.aggregator().build();
    return ClientOverrideConfiguration.builder()
        .retryStrategy(AwsRetryStrategy.doNotRetry())
        .defaultProfileFile(none)
        .defaultProfileName("none")
        .appId("enclave");
  }
}
