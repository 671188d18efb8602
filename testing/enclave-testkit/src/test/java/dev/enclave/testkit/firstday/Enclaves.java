package dev.enclave.testkit.firstday;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Map;

/** Opens an Enclave as a developer's test does: one backend, a machine that says nothing. */
final class Enclaves {

  private Enclaves() {}

  // region testing
  static Enclave open(BackendProvider backend, AuditSink audit) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(backend)
        .with(audit)
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("this test", Map.of("enclave.environment", "local")))
        .open();
  }
  // endregion
}
