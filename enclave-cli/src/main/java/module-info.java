/** The {@code enclave} command. */
module dev.enclave.cli {
  requires com.fasterxml.jackson.core;
  requires dev.enclave.api;
  requires dev.enclave.emulators;
  requires dev.enclave.testkit;
  requires info.picocli;
  requires java.logging;
  requires static org.jspecify;

  uses dev.enclave.internal.opening.BackendConfigurator;

  opens dev.enclave.cli to
      info.picocli;
}
