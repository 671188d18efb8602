package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * What another platform says of the workload, as {@code credential_source} of a credentials file
 * says where it is. Thread-safe.
 */
interface SubjectTokens extends AutoCloseable {

  /**
   * What it says now.
   *
   * @param token to exchange; never shown
   * @param described who is said to be whom, for messages: empty, or with a space before it
   */
  record Subject(String token, String described) {

    /** Nothing of it. */
    @Override
    public String toString() {
      return "Subject";
    }
  }

  /** Asks the platform. */
  Subject subject() throws BackendFailure;

  /** Ends what it asks by. Idempotent. */
  @Override
  default void close() {}

  /**
   * The source that a file names.
   *
   * @param strict whether managed identities alone will do
   * @throws BackendFailure where Enclave uses no such source
   */
  static SubjectTokens of(
      CredentialsFile file,
      EnvironmentSnapshot environment,
      HttpExchange exchange,
      TimeSource time,
      boolean strict)
      throws BackendFailure {
    if (file.has("credential_source.executable")) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "Of "
              + file.named()
              + ": its credential_source is a program to run, and what a program writes could be"
              + " anybody's. Enclave runs none.",
          "Use a source of --aws or --azure, or a file that" + " the platform writes.");
    }
    if (file.get("credential_source.environment_id").isPresent()) {
      return AwsSubject.of(file, environment, exchange, time, strict);
    }
    if (file.get("credential_source.url").isPresent()) {
      return UrlSubject.of(file, environment, exchange);
    }
    if (file.get("credential_source.file").isPresent()) {
      return new FileSubject(file, environment);
    }
    throw file.misconfigured(
        "its credential_source is no file, no address and not AWS, and Enclave uses no other");
  }
}
