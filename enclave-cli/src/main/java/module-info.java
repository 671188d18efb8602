/** The {@code enclave} command. */
module dev.enclave.cli {
  requires com.fasterxml.jackson.core;
  requires dev.enclave.api;
  requires dev.enclave.browser;
  requires dev.enclave.emulators;
  requires dev.enclave.jobs;
  requires dev.enclave.kit;
  requires dev.enclave.testkit;
  requires info.picocli;
  requires java.logging;
  requires java.sql;
  requires org.postgresql.jdbc;
  requires static org.jspecify;

  uses dev.enclave.internal.opening.BackendConfigurator;
  uses dev.enclave.internal.opening.StatementVerifier;

  opens dev.enclave.cli.audit to
      info.picocli;
  opens dev.enclave.cli.check to
      info.picocli;
  opens dev.enclave.cli.demo to
      info.picocli;
  opens dev.enclave.cli.emulator to
      info.picocli;
  opens dev.enclave.cli.keys to
      info.picocli;
  opens dev.enclave.cli.migrate to
      info.picocli;
  opens dev.enclave.cli.queue to
      info.picocli;
  opens dev.enclave.cli.session to
      info.picocli;
  opens dev.enclave.cli.use to
      info.picocli;
}
