package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two copies of the library in one JVM, as two web applications have them, and another process. */
@Tag("full")
final class TwoCopiesTest {

  private final Path directory;

  TwoCopiesTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void anotherProcessTakesNoLane_thatACopyHas_afterAnotherCopyFoundItTaken() throws Exception {
    try (FileAuditSink sink = Logs.open(directory);
        SecondCopy second = SecondCopy.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      second.append(2);

      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-2.jsonl");

      sink.append(Events.numbered(3), Durability.DURABLE);
      second.append(4);
    }
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isEqualTo(5);
  }

  @Test
  void losesNothing_whenTwoCopiesAndAnotherProcessShareALog() throws Exception {
    SharedLog log = new SharedLog(directory);
    log.share(() -> {});
    log.check(true);
  }
}
