package dev.enclave.gcp.internal.backend;

import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.gcp.internal.connect.GcpSessions;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.spi.backend.SigningBackend;

/** Opens the backend over a session. */
public final class GcpBackends {

  private GcpBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return new GcpKmsBackend(session(context), context);
  }

  /** Opens the place for keys past Enclave. */
  public static BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return new GcpBareKeys(session(context));
  }

  /** What a run of the contracts uses and costs. */
  public static Estimate estimate() {
    return GcpBareKeys.estimate();
  }

  private static GcpSession session(BackendContext context) throws BackendFailure {
    return new GcpSessions(context).open();
  }
}
