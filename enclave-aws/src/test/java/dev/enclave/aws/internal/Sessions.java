package dev.enclave.aws.internal;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;

/** Sessions with servers of tests, whose credentials count nowhere else. */
final class Sessions {

  static final String REGION = "eu-west-1";

  private Sessions() {}

  static AwsSession with(URI endpoint, String account) {
    SdkHttpClient http = Apache5HttpClient.builder().maxConnections(64).build();
    KmsClient kms =
        KmsClient.builder()
            .httpClient(http)
            .endpointOverride(endpoint)
            .region(Region.of(REGION))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
    return new AwsSession(kms, "aws", REGION, account, true, http::close);
  }
}
