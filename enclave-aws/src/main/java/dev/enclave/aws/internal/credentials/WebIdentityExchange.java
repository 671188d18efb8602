package dev.enclave.aws.internal.credentials;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** STS AssumeRoleWithWebIdentity. Thread-safe. */
@FunctionalInterface
public interface WebIdentityExchange {

  /** Exchanges a token for the credentials of a role. */
  Expiring<AwsCredentials> assume(String roleArn, String sessionName, String token)
      throws BackendFailure;
}
