package dev.enclave.auditlog.write;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Events for tests. */
public final class Events {

  /** When every event was. */
  public static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  private Events() {}

  public static AuditEvent numbered(int number) {
    return of("operation-" + number, Phase.SINGLE, "user:" + number, Map.of());
  }

  public static AuditEvent of(
      String operationId, Phase phase, String caller, Map<String, String> details) {
    return new AuditEvent(
        operationId,
        phase,
        AT,
        Operation.SIGN,
        caller,
        Optional.of(KeyName.of("wallet")),
        Optional.of(KeyVersionId.of("1")),
        Optional.of(BackendId.AWS_KMS),
        phase == Phase.INTENT ? Result.PENDING : Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ofMillis(3),
        details);
  }

  /** Writes a log of {@code count} records. */
  public static void log(Path directory, int count) throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      for (int i = 1; i <= count; i++) {
        sink.append(numbered(i), Durability.BUFFERED);
      }
    }
  }
}
