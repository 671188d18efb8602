/** The {@code enclave} command. */
module dev.enclave.cli {
  requires com.fasterxml.jackson.core;
  requires dev.enclave.api;
  requires dev.enclave.emulators;
  requires info.picocli;
  requires java.logging;
  requires static org.jspecify;

  opens dev.enclave.cli to
      info.picocli;
}
