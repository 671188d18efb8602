package dev.enclave.aws.internal.credentials;

import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Credentials as they were handed out.
 *
 * @param credentials for signing requests
 * @param expiresAt when they end; none if nobody said so
 */
public record Issued(AwsCredentials credentials, Optional<Instant> expiresAt) {

  /** Credentials of a session. */
  public static Issued session(
      String accessKeyId, String secretAccessKey, String sessionToken, Optional<Instant> expires) {
    return new Issued(
        AwsSessionCredentials.create(accessKeyId, secretAccessKey, sessionToken), expires);
  }

  static Issued longLived(String accessKeyId, String secretAccessKey) {
    return new Issued(AwsBasicCredentials.create(accessKeyId, secretAccessKey), Optional.empty());
  }

  /** When they expire, nothing of what they are. */
  @Override
  public String toString() {
    return "Issued[expires " + expiresAt.map(Instant::toString).orElse("at no stated time") + "]";
  }
}
