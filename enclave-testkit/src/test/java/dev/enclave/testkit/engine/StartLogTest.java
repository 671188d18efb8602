package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start writes to the log: one line, and one more if something is reduced. */
class StartLogTest {

  /** What is logged by this thread at INFO and above. */
  private static final class Records extends Handler implements AutoCloseable {

    private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger("dev.enclave");

    Records() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.INFO.intValue()) {
        records.add(entry);
      }
    }

    List<String> at(Level level) {
      return records.stream()
          .filter(entry -> entry.getLevel().equals(level))
          .map(new SimpleFormatter()::formatMessage)
          .toList();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "production,  HSM",
    "staging,     HSM",
    "staging,     HSM_WRAPPED",
    "development, HSM",
    "local,       HSM"
  })
  void aHealthyStartIsOneLine(String environment, Assurance assurance) {
    try (Records log = new Records()) {
      Bench.in(environment).with(new InMemoryProvider().assurance(assurance)).open().close();
      assertThat(log.records).hasSize(1);
      assertThat(log.at(Level.INFO).get(0))
          .contains("memory", assurance.name(), environment.toUpperCase(java.util.Locale.ROOT))
          .contains("enclave.environment says so", "InMemoryProvider");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "development, OS_SEALED,   other users, every process of this user",
    "local,       OS_SEALED,   while it is locked, this process's memory",
    "development, HSM_WRAPPED, at rest, this process's memory",
    "local,       SOFTWARE,    files alone, this process's memory",
    "development, HARDWARE,    being copied, every process of this user"
  })
  void aStartForDevelopmentSaysWhatProtectsTheKeys_andWhatDoesNot(
      String environment, Assurance assurance, String does, String doesNot) {
    try (Records log = new Records()) {
      Bench.in(environment).with(new InMemoryProvider().assurance(assurance)).open().close();
      assertThat(log.records).hasSize(2);
      assertThat(log.at(Level.WARNING))
          .singleElement()
          .satisfies(
              w ->
                  assertThat(w)
                      .contains("this is " + environment.toUpperCase(java.util.Locale.ROOT))
                      .contains(does, doesNot));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "production,  HSM_WRAPPED, hsm-wrapped, HSM",
    "production,  HARDWARE,    hardware,    HSM",
    "development, SOFTWARE,    software,    OS_SEALED",
    "local,       SOFTWARE,    software,    OS_SEALED",
    "local,       PLAINTEXT,   plaintext,   OS_SEALED"
  })
  void aReducedModeIsOneWarningMore_whichNamesWhatIsReduced(
      String environment, Assurance assurance, String minimum, Assurance recommended) {
    Bench bench =
        Bench.in(environment)
            .set("enclave.minimum-assurance", minimum)
            .with(new InMemoryProvider().assurance(assurance));
    if (assurance == Assurance.PLAINTEXT) {
      bench.set("enclave.acknowledge-reduced-security", "true");
    }
    try (Records log = new Records()) {
      bench.open().close();
      assertThat(log.records).hasSize(2);
      assertThat(log.at(Level.INFO)).hasSize(1);
      assertThat(log.at(Level.WARNING))
          .singleElement()
          .satisfies(
              w ->
                  assertThat(w)
                      .contains("REDUCED SECURITY", assurance.name())
                      .contains(recommended + " is recommended"));
    }
  }

  @Test
  void anAuditLogOnStandardOutputIsNamedInTheOneWarning() {
    try (Records log = new Records()) {
      EnclaveFactory.builder()
          .discovery(false)
          .with(FakeEnvironment.empty())
          .with(new InMemoryProvider().assurance(Assurance.SOFTWARE))
          .config(
              new ConfigSource(
                  "test", Map.of("enclave.environment", "local", "enclave.audit.sink", "stdout")))
          .open()
          .close();
      assertThat(log.records).hasSize(2);
      assertThat(log.at(Level.WARNING).get(0)).contains("REDUCED SECURITY", "ephemeral");
    }
  }

  @Test
  void anIgnoredLoweringIsNamedInTheOneWarning() {
    FakeEnvironment lowered =
        FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "staging");
    try (Records log = new Records()) {
      new Bench()
          .environment(lowered.withProperty("enclave.minimum-assurance", "software"))
          .set("enclave.environment", "local")
          .with(new InMemoryProvider())
          .open()
          .close();
      assertThat(log.at(Level.WARNING))
          .singleElement()
          .asString()
          .contains("enclave.environment is \"local\" (from test) and is ignored")
          .contains("less strict than \"staging\" (variable ENCLAVE_ENVIRONMENT)")
          .contains("enclave.minimum-assurance is \"software\" (from system property)")
          .contains("add enclave.environment to enclave.may-be-lowered in variable")
          .contains("ENCLAVE_MAY_BE_LOWERED");
    }
  }

  @Test
  void aDeclaredTypeBelowAMarkerIsWarnedOfAtEveryStart() {
    Bench bench = Bench.in("staging").environment(LoweringTest.POD).with(new InMemoryProvider());
    for (int start = 0; start < 2; start++) {
      try (Records log = new Records()) {
        bench.open().close();
        assertThat(log.at(Level.WARNING))
            .singleElement()
            .asString()
            .contains("enclave.environment is \"staging\" (from test)", "KUBERNETES_SERVICE_HOST");
      }
    }
  }

  @Test
  void aRefusedStartLogsNothing_sinceTheCallerGetsTheReport() {
    try (Records log = new Records()) {
      Bench.refused(
          dev.enclave.error.ErrorCode.ASSURANCE_TOO_LOW,
          () ->
              Bench.in("production")
                  .with(new InMemoryProvider().assurance(Assurance.SOFTWARE))
                  .open());
      assertThat(log.records).isEmpty();
    }
  }

  @Test
  void anotherBackendIsNamedWhenItIsOpened() {
    Bench bench =
        Bench.in("production")
            .set("enclave.backend", "memory")
            .with(new InMemoryProvider())
            .with(new InMemoryProvider().id("other"));
    try (Records log = new Records();
        Enclave enclave = bench.open()) {
      enclave.createKey(
          KeySpec.named("far").algorithm(SigningAlgorithm.ED25519).on(BackendId.of("other")));
      assertThat(log.at(Level.INFO)).hasSize(2).last().asString().contains("other");
    }
  }
}
