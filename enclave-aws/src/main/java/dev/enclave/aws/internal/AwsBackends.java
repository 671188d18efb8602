package dev.enclave.aws.internal;

import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SigningBackend;

/** Opens the backend over a session. */
public final class AwsBackends {

  private AwsBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return new AwsKmsBackend(AwsSessions.open(context), context);
  }
}
