package dev.enclave.kit.workload;

import java.util.Optional;

/**
 * What requests to AWS are signed with.
 *
 * @param accessKeyId whose they are; no secret
 * @param secretAccessKey never shown
 * @param sessionToken of temporary ones; without, they are long-lived
 */
public record AwsSecurityCredentials(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {

  /** The id alone. */
  @Override
  public String toString() {
    return "AwsSecurityCredentials[" + accessKeyId + "]";
  }
}
