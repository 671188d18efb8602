package dev.enclave.aws.internal;

import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SigningBackend;

/** Opens the backend over a session. */
public final class AwsBackends {

  private AwsBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    try (AwsSession session = AwsSessions.open(context)) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED, session + " can be reached, and no backend uses it yet.");
    }
  }
}
