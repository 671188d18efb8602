package dev.enclave.os.internal.linux;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.os.OsBackendProvider;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The backend at a desk, in whatever environment and with whatever settings a test likes. */
record Desk(FakeEnvironment machine, EnvironmentType environment, Map<String, String> settings) {

  private static final MutableClock CLOCK = new MutableClock();

  /** Nobody is asked to unlock anything, since nobody is there. */
  static Desk at(KeyringDesk desk) {
    return new Desk(
        desk.environment(),
        EnvironmentType.DEVELOPMENT,
        Map.of("directory", directory(desk).toString(), "unlock-timeout", "PT0S"));
  }

  static Path directory(KeyringDesk desk) {
    return desk.home().resolve("keys");
  }

  Desk in(EnvironmentType other) {
    return new Desk(machine, other, settings);
  }

  Desk with(String name, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(name, value);
    return new Desk(machine, environment, Map.copyOf(more));
  }

  BackendContext context() {
    return BackendContext.of(
        new BackendSettings(BackendId.OS, settings),
        environment,
        machine,
        CLOCK,
        new SecureRandom());
  }

  SigningBackend open() throws BackendFailure {
    return new OsBackendProvider().open(context());
  }

  KeySnapshot create(SigningBackend backend, String name) throws BackendFailure {
    return backend
        .capability(KeyCreator.class)
        .orElseThrow()
        .create(
            CreateRequest.of(
                KeyName.of(name),
                SigningAlgorithm.ECDSA_P256_SHA256,
                RotationInterval.POLICY,
                environment,
                "create-" + name),
            call());
  }

  /** A store with these keys, closed again. */
  Desk withKeys(String... names) throws BackendFailure {
    try (SigningBackend backend = open()) {
      for (String name : names) {
        create(backend, name);
      }
    }
    return this;
  }

  static CallContext call() {
    return CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(10), CLOCK), CLOCK);
  }
}
