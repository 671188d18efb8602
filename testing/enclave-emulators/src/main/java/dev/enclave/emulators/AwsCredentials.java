package dev.enclave.emulators;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a client signs its requests with.
 *
 * @param accessKeyId {@code AKIA…} of a user, {@code ASIA…} of a session
 * @param secretAccessKey the secret
 * @param sessionToken what a session sends along; a user has none
 * @param expiration when a session ends, by the server's clock; a user's never do
 */
public record AwsCredentials(
    String accessKeyId,
    String secretAccessKey,
    Optional<String> sessionToken,
    Optional<Instant> expiration) {

  public AwsCredentials {
    Objects.requireNonNull(accessKeyId);
    Objects.requireNonNull(secretAccessKey);
  }

  /** Long-lived credentials of a user. */
  public static AwsCredentials of(String accessKeyId, String secretAccessKey) {
    return new AwsCredentials(accessKeyId, secretAccessKey, Optional.empty(), Optional.empty());
  }

  /** The id alone. */
  @Override
  public String toString() {
    return "AwsCredentials[" + accessKeyId + "]";
  }
}
