package dev.enclave.cli.demo;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.EnclaveException;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.BackendConfigurator.Configured;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.StoreRemover;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the demo's keys lie when nothing is configured: as precedence has it, the operating
 * system's store before files. Never a cloud: a demo makes no keys in whatever account lies around.
 */
final class DemoStore {

  private static final String BACKEND = "enclave.backend";

  private final Session session;
  private final Map<String, String> settings;

  private DemoStore(Session session, Map<String, String> settings) {
    this.session = session;
    this.settings = settings;
  }

  /** Says why the operating system's store is not used, where that is so; it asks nobody. */
  static DemoStore in(Path scratch, Session session) {
    DemoStore store =
        new DemoStore(
            session,
            new HashMap<>(
                Map.of(
                    "enclave.environment",
                    "local",
                    "enclave.backends",
                    "os,software",
                    "enclave.os.directory",
                    scratch.resolve("sealed-keys").toString(),
                    "enclave.os.unlock-timeout",
                    "PT0S",
                    "enclave.software.directory",
                    scratch.resolve("keys").toString(),
                    "enclave.audit.directory",
                    scratch.resolve("audit").toString())));
    Optional<String> obstacle = store.obstacle();
    obstacle.ifPresent(why -> session.print(Texts.OS_STORE_NOT_USED.with(why)));
    store.settings.put(BACKEND, (obstacle.isPresent() ? BackendId.SOFTWARE : BackendId.OS).value());
    return store;
  }

  EnclaveFactory.Builder builder() {
    return session.builder().override(source());
  }

  private ConfigSource source() {
    return new ConfigSource("demo", settings);
  }

  /** What keeps the operating system's store from being used, if anything. */
  private Optional<String> obstacle() {
    Diagnosis seen = builder().rehearse();
    Optional<Resolution> resolution = seen.resolution();
    if (resolution.filter(found -> found.chosen().equals(BackendId.OS)).isEmpty()) {
      return Optional.of(
          resolution.map(Resolution::rejected).orElse(seen.candidates()).stream()
              .filter(candidate -> candidate.backend().equals(BackendId.OS))
              .map(Resolution.Rejection::reason)
              .findFirst()
              .orElse(Texts.NOT_ON_CLASS_PATH.with()));
    }
    BackendConfigurator configurator = Session.configurator();
    try {
      configurator.open(configurator.configured(session.request(source()), BackendId.OS)).close();
      return Optional.empty();
    } catch (EnclaveException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Leaves nothing in the operating system's store. */
  void remove() {
    if (!BackendId.OS.value().equals(settings.get(BACKEND))) {
      return;
    }
    BackendConfigurator configurator = Session.configurator();
    Configured os = configurator.configured(session.request(source()), BackendId.OS);
    try {
      if (os.provider() instanceof StoreRemover remover) {
        remover.removeStore(os.context());
      }
    } catch (BackendFailure e) {
      session.tell(Texts.SEALING_KEY_STAYS.with(e.getMessage()));
    }
  }
}
