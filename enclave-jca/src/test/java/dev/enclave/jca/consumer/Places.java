package dev.enclave.jca.consumer;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.SigningAlgorithm;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.util.Map;

/** Where the keys are. */
enum Places {
  SOFTWARE("Software, in files", Map.of()) {
    @Override
    Place open(Path folder) {
      return new Place(
          enclave(
              new SoftwareBackendProvider(),
              FakeEnvironment.empty(),
              Map.of(
                  "enclave.environment",
                  "local",
                  "enclave.software.directory",
                  folder.resolve("keys").toString())),
          () -> {});
    }
  };

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
  private final Map<SigningAlgorithm, String> lacking;

  Places(String title, Map<SigningAlgorithm, String> lacking) {
    this.title = title;
    this.lacking = lacking;
  }

  String title() {
    return title;
  }

  /** The algorithms that it does not have, each with the reason. */
  Map<SigningAlgorithm, String> lacking() {
    return lacking;
  }

  /** An Enclave, and the server behind it. */
  record Place(Enclave enclave, Runnable server) implements AutoCloseable {

    @Override
    public void close() {
      enclave.close();
      server.run();
    }
  }

  abstract Place open(Path folder);

  private static Enclave enclave(
      BackendProvider provider, FakeEnvironment environment, Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(environment)
        .with(provider)
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }
}
