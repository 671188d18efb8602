package dev.enclave.core.internal;

import dev.enclave.AuditLog;
import dev.enclave.Diagnosis;
import dev.enclave.Enclave;
import dev.enclave.EnclaveEngine;
import dev.enclave.core.internal.audit.DirectoryAuditLog;

/** The engine. Stateless: every call starts from the request alone. */
public final class CoreEngine implements EnclaveEngine {

  @Override
  public Enclave open(Request request) {
    return new StartUp(request).open();
  }

  @Override
  public Diagnosis diagnose(Request request) {
    return new Doctor(request).diagnose();
  }

  @Override
  public Diagnosis rehearse(Request request) {
    return new Doctor(request).rehearse();
  }

  @Override
  public AuditLog auditLog(Request request) {
    return new DirectoryAuditLog(() -> AuditLocation.place(Surroundings.withoutBackend(request)));
  }
}
