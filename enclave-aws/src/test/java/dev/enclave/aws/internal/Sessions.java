package dev.enclave.aws.internal;

import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import software.amazon.awssdk.auth.signer.AwsSignerExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;

/** Sessions with servers of tests, whose credentials count nowhere else. */
public final class Sessions {

  private static final String REGION = "eu-west-1";

  private Sessions() {}

  /** With moto, which looks at no credentials. */
  public static AwsSession with(URI endpoint, String account) {
    return with(
        endpoint,
        REGION,
        account,
        new AwsSecurityCredentials("test", "test", Optional.empty()),
        new MutableClock(),
        InstantSource.system());
  }

  /** With our own server, which goes by {@code time} as the session does. */
  public static AwsSession with(AwsKmsServer server, TimeSource time) {
    return with(
        server.endpoint(),
        server.region(),
        server.account(),
        new AwsSecurityCredentials(
            server.credentials().accessKeyId(),
            server.credentials().secretAccessKey(),
            Optional.empty()),
        time,
        time::now);
  }

  @SuppressWarnings("deprecation") // There is no other way to the signer's clock from a client.
  private static AwsSession with(
      URI endpoint,
      String region,
      String account,
      AwsSecurityCredentials given,
      TimeSource refreshing,
      InstantSource time) {
    RefreshingCredentials credentials =
        new RefreshingCredentials(
            "a test",
            new RefreshingValue<>(
                "Credentials from a test",
                CredentialSource.fixed("a test", given),
                Duration.ZERO,
                refreshing,
                Runnable::run));
    SdkHttpClient http = Apache5HttpClient.builder().maxConnections(64).build();
    KmsClient kms =
        KmsClient.builder()
            .httpClient(http)
            .endpointOverride(endpoint)
            .region(Region.of(region))
            .credentialsProvider(credentials)
            .overrideConfiguration(
                c ->
                    c.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .putExecutionAttribute(
                            AwsSignerExecutionAttribute.SIGNING_CLOCK, clock(time)))
            .build();
    String partition = PartitionMetadata.of(Region.of(region)).id();
    return new AwsSession(kms, credentials, partition, region, account, true, 30, 256, http::close);
  }

  private static Clock clock(InstantSource time) {
    return new Clock() {
      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return time.instant();
      }
    };
  }
}
