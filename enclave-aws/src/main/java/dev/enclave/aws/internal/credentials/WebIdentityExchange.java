package dev.enclave.aws.internal.credentials;

import dev.enclave.spi.BackendFailure;

/** STS AssumeRoleWithWebIdentity. Thread-safe. */
@FunctionalInterface
public interface WebIdentityExchange {

  /** Exchanges a token for the credentials of a role. */
  Issued assume(String roleArn, String sessionName, String token) throws BackendFailure;
}
