/** The engine. Exports nothing: applications reach it through {@code dev.enclave}. */
module dev.enclave.core {
  requires static org.jspecify;
  requires dev.enclave.api;
  requires dev.enclave.crypto;
  requires com.fasterxml.jackson.core;
  requires java.management;
  requires java.net.http;

  uses dev.enclave.spi.AuditOutput;
  uses dev.enclave.spi.BackendProvider;
  uses dev.enclave.spi.EnvironmentDetector;

  provides dev.enclave.internal.opening.EnclaveEngine with
      dev.enclave.core.internal.CoreEngine;
  provides dev.enclave.internal.opening.BackendConfigurator with
      dev.enclave.core.internal.CoreBackendConfigurator;
}
