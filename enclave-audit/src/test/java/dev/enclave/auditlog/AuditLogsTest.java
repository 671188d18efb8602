package dev.enclave.auditlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as a program uses it that has no Enclave. */
class AuditLogsTest {

  private final MachineTime time = new MachineTime();
  private final SecureRandom random = new SecureRandom();

  @Test
  void aLogIsWrittenVerifiedProvenAndRead_withoutTheEngine(@TempDir Path parent)
      throws IOException {
    assertThatThrownBy(() -> Class.forName("dev.enclave.core.internal.CoreEngine"))
        .isInstanceOf(ClassNotFoundException.class);
    Path directory = parent.resolve("log");
    AuditLog log = AuditLogs.in(directory, time, random);
    String keys = log.provision();

    append(directory, 1, 2);
    String kept = log.checkpoint();
    append(directory, 3, 3);

    AuditVerification verified =
        log.verify(AuditVerification.Options.against(kept).verifierKeys(keys));
    assertThat(verified.problem()).isEmpty();
    assertThat(verified.records()).isEqualTo(3);
    String proof = log.prove(0, 3);
    assertThat(log.checkProof(proof, Optional.of(keys)).sequence()).isEqualTo(3);
    assertThatThrownBy(
            () -> log.checkProof(proof.replace("operation-3", "operation-4"), Optional.of(keys)))
        .isInstanceOf(IntegrityException.class);
    assertThat(
            log.checkConsistency(
                log.proveConsistency(kept),
                AuditVerification.Options.against(kept).verifierKeys(keys)))
        .isEqualTo(log.checkpoint());
    List<AuditRecord> records = new ArrayList<>();
    log.reader().read(records::add);
    assertThat(records).extracting(AuditRecord::sequence).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aRecordTellsWhatItsEventSaid_byTypes(@TempDir Path parent) throws IOException {
    Path directory = parent.resolve("log");
    append(directory, 1, 1);
    List<AuditRecord> records = new ArrayList<>();
    AuditLogs.in(directory, time, random).reader().read(records::add);
    AuditRecord record = records.get(0);
    AuditEvent event = Events.numbered(1);
    assertThat(record.at()).isEqualTo(event.at());
    assertThat(record.operation()).isEqualTo(event.operation());
    assertThat(record.operationId()).isEqualTo(event.operationId());
    assertThat(record.phase()).isEqualTo(event.phase());
    assertThat(record.caller()).isEqualTo(event.caller());
    assertThat(record.result()).isEqualTo(event.result());
    assertThat(record.duration()).isEqualTo(event.duration().truncatedTo(ChronoUnit.MICROS));
    assertThat(record.key()).isEqualTo(event.key());
    assertThat(record.version()).isEqualTo(event.version());
    assertThat(record.backend()).isEqualTo(event.backend());
    assertThat(record.errorCode()).isEqualTo(event.errorCode());
    assertThat(record.providerRequestId()).isEqualTo(event.providerRequestId());
    event.details().forEach((name, value) -> assertThat(record.detail(name)).contains(value));
    assertThat(record.detail("none")).isEmpty();
  }

  @Test
  void aRecordOfAnotherVersion_isReadAsText() {
    AuditRecord record = new AuditRecord(2, 7, new TreeMap<>(Map.of("operation", "FLY")), "{}");
    assertThat(record.member("operation")).isEqualTo("FLY");
    assertThat(record.key()).isEmpty();
    assertThatThrownBy(record::operation)
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("2/7")
        .hasMessageContaining("operation")
        .hasMessageContaining("FLY");
    assertThatThrownBy(record::at).isInstanceOf(IntegrityException.class);
  }

  private void append(Path directory, int from, int to) throws IOException {
    try (AuditSink sink = AuditLogs.open(directory, time, random, Optional.empty())) {
      for (int number = from; number <= to; number++) {
        sink.append(Events.numbered(number), Durability.DURABLE);
      }
    }
  }
}
