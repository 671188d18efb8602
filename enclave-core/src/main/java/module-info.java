/** The engine. Exports nothing: applications reach it through {@code dev.enclave}. */
module dev.enclave.core {
  requires static org.jspecify;
  requires dev.enclave.api;
  requires dev.enclave.auditlog;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires java.management;
  requires java.net.http;

  uses dev.enclave.spi.audit.AuditOutput;
  uses dev.enclave.spi.backend.BackendProvider;
  uses dev.enclave.spi.deferral.DeferralProvider;
  uses dev.enclave.spi.detection.EnvironmentDetectors;

  provides dev.enclave.internal.opening.EnclaveEngine with
      dev.enclave.core.internal.CoreEngine;
  provides dev.enclave.internal.opening.BackendConfigurator with
      dev.enclave.core.internal.CoreBackendConfigurator;
  provides dev.enclave.internal.opening.StatementVerifier with
      dev.enclave.core.internal.CoreStatementVerifier;
}
