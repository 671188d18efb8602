package dev.enclave.gcp.internal;

import dev.enclave.gcp.internal.credentials.GoogleTokenExchange;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SigningBackend;

/** Opens the backend over a session. */
public final class GcpBackends {

  private GcpBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return new GcpKmsBackend(new GcpSessions(context, new GoogleTokenExchange()).open(), context);
  }
}
