package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reduced security is said once, where nobody overlooks it. */
class StartWarningTest {

  @TempDir private Path scratch = Path.of("");

  private final Keeper keeper = new Keeper();

  /** Keeps what is logged. */
  private static final class Keeper extends Handler {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private List<String> warnings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.software.directory", scratch.resolve("keys").toString());
    settings.put("enclave.audit.directory", scratch.resolve("audit").toString());
    Logger log = Logger.getLogger("dev.enclave");
    log.addHandler(keeper);
    log.setLevel(Level.FINE);
    try {
      EnclaveFactory.builder()
          .with(FakeEnvironment.empty())
          .config(new ConfigSource("test", settings))
          .open()
          .close();
    } finally {
      log.removeHandler(keeper);
      log.setLevel(null);
    }
    return keeper.records.stream()
        .filter(r -> r.getLevel().intValue() >= Level.WARNING.intValue())
        .map(new SimpleFormatter()::formatMessage)
        .toList();
  }

  private String details() {
    return keeper.records.stream()
        .filter(r -> r.getLevel().equals(Level.FINE))
        .map(new SimpleFormatter()::formatMessage)
        .collect(Collectors.joining());
  }

  @Test
  void warnsOnce_withoutAPassphrase() {
    assertThat(warnings(Map.of("enclave.environment", "local")))
        .singleElement()
        .satisfies(
            w ->
                assertThat(w)
                    .hasSizeLessThanOrEqualTo(200)
                    .contains("REDUCED SECURITY", "CONFIGURATION_MISSING"));
    assertThat(details()).contains("PLAINTEXT", "master.key");
  }

  @Test
  void warnsOnce_withAPassphrase() {
    assertThat(
            warnings(
                Map.of(
                    "enclave.environment", "development", "enclave.software.passphrase", "horse")))
        .singleElement()
        .satisfies(w -> assertThat(w).contains("REDUCED SECURITY"));
    assertThat(details()).doesNotContain("PLAINTEXT");
  }
}
