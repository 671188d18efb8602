package dev.enclave.core.internal;

import dev.enclave.Enclave;
import dev.enclave.audit.AuditLog;
import dev.enclave.auditlog.check.DirectoryAuditLog;
import dev.enclave.auditlog.check.LogWithBackend;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The engine. Stateless: every call starts from the request alone. */
public final class CoreEngine implements EnclaveEngine {

  @Override
  public Enclave open(Request request) {
    return new StartUp(request).open();
  }

  @Override
  public Diagnosis diagnose(Request request, boolean permissions) {
    return new Doctor(request, permissions).diagnose();
  }

  @Override
  public Diagnosis rehearse(Request request) {
    return new Doctor(request, false).rehearse();
  }

  @Override
  public AuditLog auditLog(Request request) {
    return new DirectoryAuditLog(
        () -> AuditLocation.place(StartUpContext.withoutBackend(request)),
        () -> new RequestedLogWithBackend(request),
        StartUpContext.clock(request));
  }

  private static final class RequestedLogWithBackend implements LogWithBackend {

    private final Request request;
    private @Nullable StartUp started;

    RequestedLogWithBackend(Request request) {
      this.request = request;
    }

    @Override
    public boolean mayCountersign() {
      return startUp().mayCountersign();
    }

    @Override
    public void with(Work work) throws IOException {
      startUp().withAuditLog(work);
    }

    /** One look at the machine for both questions: it may wait for a metadata service. */
    private StartUp startUp() {
      StartUp startUp = started;
      if (startUp == null) {
        startUp = new StartUp(request);
        started = startUp;
      }
      return startUp;
    }
  }
}
