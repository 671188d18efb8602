package dev.enclave.core.internal;

import dev.enclave.AuditVerification;
import dev.enclave.ConfigurationException;
import dev.enclave.Diagnosis;
import dev.enclave.Enclave;
import dev.enclave.EnclaveEngine;
import dev.enclave.ErrorCode;
import dev.enclave.core.internal.audit.AuditLogVerifier;
import dev.enclave.core.internal.redaction.ForeignText;
import java.io.IOException;
import java.nio.file.Path;

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
  public AuditVerification verifyAuditLog(Request request) {
    Surroundings surroundings = Surroundings.of(request);
    Path directory =
        AuditLocation.of(surroundings)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        ErrorCode.CONFIGURATION_MISSING,
                        "No audit log is configured. Set enclave.audit.directory."));
    try {
      return AuditLogVerifier.verify(directory);
    } catch (IOException e) {
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_UNREADABLE,
          "The audit log in "
              + directory
              + " cannot be read: "
              + ForeignText.of(e.getMessage())
              + ". Check enclave.audit.directory and its rights.");
    }
  }
}
