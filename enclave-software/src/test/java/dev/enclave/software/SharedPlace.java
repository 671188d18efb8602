package dev.enclave.software;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.audit.AuditLog;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Path;
import java.util.Map;

/** A store and its audit log, as every application of the test opens them. */
record SharedPlace(Path directory) {

  Enclave open() {
    return builder().open();
  }

  AuditLog log() {
    return builder().auditLog();
  }

  Path keys() {
    return directory.resolve("keys");
  }

  Path audit() {
    return directory.resolve("audit");
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "local",
                    "enclave.audit.directory",
                    audit().toString(),
                    "enclave.software.directory",
                    keys().toString())));
  }
}
