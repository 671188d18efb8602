package dev.enclave.emulators;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The AWS SDK's own clients, which know nothing of this server. */
final class Clients {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Clients() {}

  static KmsClient kms(AwsKmsServer server) {
    return kms(server.endpoint(), server.region(), server.credentials());
  }

  static KmsClient kms(AwsKmsServer server, AwsCredentials credentials) {
    return kms(server.endpoint(), server.region(), credentials);
  }

  static KmsClient kms(URI endpoint, String region, AwsCredentials credentials) {
    return KmsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .credentialsProvider(provider(credentials))
        .httpClient(UrlConnectionHttpClient.builder().socketTimeout(PATIENCE).build())
        .overrideConfiguration(once())
        .build();
  }

  static StsClient sts(AwsKmsServer server, AwsCredentials credentials) {
    return StsClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.of(server.region()))
        .credentialsProvider(provider(credentials))
        .httpClient(UrlConnectionHttpClient.builder().socketTimeout(PATIENCE).build())
        .overrideConfiguration(once())
        .build();
  }

  private static StaticCredentialsProvider provider(AwsCredentials credentials) {
    return StaticCredentialsProvider.create(
        credentials.sessionToken().isPresent()
            ? AwsSessionCredentials.create(
                credentials.accessKeyId(),
                credentials.secretAccessKey(),
                credentials.sessionToken().get())
            : AwsBasicCredentials.create(credentials.accessKeyId(), credentials.secretAccessKey()));
  }

  private static ClientOverrideConfiguration once() {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(DefaultRetryStrategy.doNotRetry())
        .apiCallTimeout(PATIENCE)
        .build();
  }
}
