package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.audit.AuditEvent.Operation;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start writes to the log: one short line, and what is behind it at DEBUG. */
class StartLogTest {

  private static final int LONGEST_LINE = 200;

  /** What is logged; counted is what is at INFO and above. */
  private static final class Records extends Handler implements AutoCloseable {

    private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
    private final Queue<LogRecord> details = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger("dev.enclave");

    Records() {
      logger.addHandler(this);
      logger.setLevel(Level.FINE);
    }

    @Override
    public void publish(LogRecord entry) {
      (entry.getLevel().intValue() >= Level.INFO.intValue() ? records : details).add(entry);
    }

    /** The one line of a start. */
    String only() {
      assertThat(records).hasSize(1);
      String line = new SimpleFormatter().formatMessage(records.peek());
      assertThat(line).hasSizeLessThanOrEqualTo(LONGEST_LINE);
      return line;
    }

    String warning() {
      String line = only();
      assertThat(at(Level.WARNING)).containsExactly(line);
      return line;
    }

    /** All that is at DEBUG. */
    String details() {
      return details.stream()
          .map(new SimpleFormatter()::formatMessage)
          .collect(Collectors.joining("\n"));
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
      logger.setLevel(null);
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
      assertThat(log.only())
          .contains("memory", assurance.name(), environment.toUpperCase(java.util.Locale.ROOT));
      assertThat(log.at(Level.INFO)).hasSize(1);
      assertThat(log.details()).contains("InMemoryProvider");
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
      assertThat(log.warning()).contains("Warnings: ASSURANCE_TOO_LOW");
      assertThat(log.details())
          .contains("this is " + environment.toUpperCase(java.util.Locale.ROOT))
          .contains(does, doesNot);
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
  void aReducedModeIsAWarning_whoseDetailsNameWhatIsReduced(
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
      assertThat(log.warning()).contains("REDUCED SECURITY", assurance.name());
      assertThat(log.details()).contains(recommended + " is recommended");
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
      assertThat(log.warning()).contains("REDUCED SECURITY", "AUDIT_UNAVAILABLE");
      assertThat(log.details()).contains("ephemeral");
    }
  }

  @Test
  void anIgnoredLoweringIsNamedInTheOneWarning() {
    FakeEnvironment lowered =
        FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "staging");
    try (Records log = new Records()) {
      new Bench()
          .environment(lowered.withProperty("enclave.minimum-assurance", "software"))
          .set("enclave.environment", "production")
          .with(new InMemoryProvider())
          .open()
          .close();
      assertThat(log.warning()).contains("SETTING_IGNORED");
      assertThat(log.details())
          .contains("enclave.environment is \"staging\" (from variable ENCLAVE_ENVIRONMENT) and is")
          .contains("less strict than \"production\" (test)")
          .contains("enclave.minimum-assurance is \"software\" (from system property)")
          .contains("add enclave.environment to enclave.may-be-lowered in test");
    }
  }

  @Test
  void aVariableOverridesTheBuilder_andTheStartSaysSo_withoutTheValues() {
    FakeEnvironment environment =
        FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "staging");
    try (Records log = new Records()) {
      Bench bench = Bench.in("local").environment(environment).with(new InMemoryProvider());
      try (Enclave enclave = bench.open()) {
        assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.STAGING);
      }
      assertThat(log.at(Level.WARNING)).isEmpty();
      assertThat(log.at(Level.INFO))
          .last()
          .isEqualTo(
              "Settings with several values: enclave.environment (variable ENCLAVE_ENVIRONMENT"
                  + " overrides test)");
      assertThat(bench.audit.events(Operation.START).get(0).details())
          .containsEntry(
              "overridden.enclave.environment", "variable ENCLAVE_ENVIRONMENT overrides test");
    }
  }

  @Test
  void manyOverriddenSettingsAreCounted() {
    Bench bench = Bench.in("production").with(new InMemoryProvider());
    FakeEnvironment environment = FakeEnvironment.empty();
    for (String name :
        List.of(
            "enclave.audit.directory",
            "enclave.fallback.deployment",
            "enclave.jobs.deployment",
            "enclave.jobs.directory")) {
      bench.set(name, "/one");
      environment = environment.withProperty(name, "/two");
    }
    try (Records log = new Records()) {
      bench.environment(environment).open().close();
      assertThat(log.at(Level.INFO))
          .last()
          .satisfies(line -> assertThat(line).hasSizeLessThanOrEqualTo(250))
          .asString()
          .contains("enclave.audit.directory (system property overrides test)")
          .endsWith(", and 2 more: see enclave doctor");
    }
  }

  @Test
  void aDeclaredTypeBelowAMarkerIsWarnedOfAtEveryStart() {
    Bench bench = Bench.in("staging").environment(LoweringTest.POD).with(new InMemoryProvider());
    for (int start = 0; start < 2; start++) {
      try (Records log = new Records()) {
        bench.open().close();
        assertThat(log.warning()).contains("ENVIRONMENT_BELOW_MARKER");
        assertThat(log.details())
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
