package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.audit.AuditRecord;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start with a shorter retention than the audit log has seen is told everywhere. */
class RetentionStartTest {

  private final MutableClock clock = new MutableClock();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private InMemoryProvider provider = new InMemoryProvider();

  RetentionStartTest(@TempDir Path parent) {
    settings.put("enclave.environment", "production");
    settings.put("enclave.audit.directory", parent.resolve("audit").toString());
    settings.put("enclave.audit.countersign", "off");
  }

  @Test
  void aShorterRetentionIsAWarning_inTheRecordOfTheStart_once() {
    settings.put("enclave.audit.retention", "P400D");
    assertThat(warningsOfAStart()).as("a new log has seen nothing").isEmpty();
    settings.put("enclave.audit.retention", "P30D");

    assertThat(warningsOfAStart())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning)
                    .contains("enclave.audit.retention shortens", "from P400D to P30D")
                    .contains("correct the setting within that day"));
    assertThat(shortened(starts().get(1))).hasValue("from P400D to P30D");

    assertThat(warningsOfAStart()).isEmpty();
    assertThat(shortened(starts().get(0))).isEmpty();
    assertThat(shortened(starts().get(2))).isEmpty();
  }

  @Test
  void doctorTellsWhatIsStated_andWhatASettingWouldShorten() {
    builder().open().close();
    assertThat(builder().diagnose().auditLog())
        .contains("its checkpoints state no retention: everything is kept");
    settings.put("enclave.audit.retention", "P400D");
    assertThat(shortenings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.observed()).contains("from all to P400D");
            });

    builder().open().close();

    assertThat(shortenings()).isEmpty();
    assertThat(builder().diagnose().auditLog())
        .contains(
            "its checkpoints state a retention of P400D, in force from 2026-01-02T00:00:00Z on");
  }

  @Test
  void aRefusedStartShortensNothing_soTheNextOneTellsIt() {
    settings.put("enclave.audit.retention", "P400D");
    builder().open().close();
    settings.put("enclave.audit.retention", "P30D");
    provider = new InMemoryProvider().assurance(Assurance.SOFTWARE);
    Bench.refused(ErrorCode.ASSURANCE_TOO_LOW, () -> builder().open());
    provider = new InMemoryProvider();

    assertThat(shortenings()).hasSize(1);
    assertThat(warningsOfAStart()).hasSize(1);
  }

  private List<Finding> shortenings() {
    return builder().diagnose().health().findings().stream()
        .filter(finding -> finding.observed().contains("shortens"))
        .toList();
  }

  private List<AuditRecord> starts() {
    List<AuditRecord> starts = new ArrayList<>();
    builder()
        .auditLog()
        .reader()
        .read(
            record -> {
              if ("START".equals(record.member("operation"))) {
                starts.add(record);
              }
            });
    return starts;
  }

  private static Optional<String> shortened(AuditRecord start) {
    return Optional.ofNullable(start.members().get("detail.retentionShortened"));
  }

  private List<String> warningsOfAStart() {
    List<String> warnings = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.enclave");
    Thread starting = Thread.currentThread();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().equals(Level.WARNING) && Thread.currentThread() == starting) {
              warnings.add(new SimpleFormatter().formatMessage(entry));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      builder().open().close();
    } finally {
      logger.removeHandler(handler);
    }
    return warnings;
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(clock)
        .with(provider)
        .config(new ConfigSource("test", settings));
  }
}
