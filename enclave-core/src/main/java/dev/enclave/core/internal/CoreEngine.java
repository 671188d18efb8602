package dev.enclave.core.internal;

import dev.enclave.AuditLog;
import dev.enclave.Diagnosis;
import dev.enclave.Enclave;
import dev.enclave.EnclaveEngine;
import dev.enclave.core.internal.audit.DirectoryAuditLog;
import dev.enclave.core.internal.audit.KeyBackend;
import java.io.IOException;

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
        () -> AuditLocation.place(Surroundings.withoutBackend(request)),
        new KeyBackend() {
          @Override
          public boolean needed() {
            Surroundings surroundings = Surroundings.of(request);
            return new CheckpointKeys(surroundings).later(StartUpPlan.of(surroundings));
          }

          @Override
          public void with(Work work) throws IOException {
            new StartUp(request).withAuditLog(work);
          }
        });
  }
}
