package dev.enclave.auditlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditRecord;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.error.IntegrityException;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private void append(Path directory, int from, int to) throws IOException {
    try (AuditSink sink = AuditLogs.open(directory, time, random, Optional.empty())) {
      for (int number = from; number <= to; number++) {
        sink.append(Events.numbered(number), Durability.DURABLE);
      }
    }
  }
}
