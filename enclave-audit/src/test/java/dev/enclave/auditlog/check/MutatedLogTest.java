package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a log with some bytes changed, cut off, doubled or added: whoever reads or opens the log
 * comes to an end, and fails as the engine expects it. {@code -Denclave.soak.mutations=3000} takes
 * more.
 */
@Tag("full")
final class MutatedLogTest {

  private static final int MUTATIONS = Integer.getInteger("enclave.soak.mutations", 150);
  private static final int RECORDS = 20;

  private final Path directory;

  MutatedLogTest(@TempDir Path folder) throws IOException {
    this.directory = folder.resolve("audit");
    for (int run = 0; run < 2; run++) {
      try (FileAuditSink sink = Logs.open(directory)) {
        for (int i = 0; i < RECORDS; i++) {
          sink.append(event("operation-" + i), Durability.DURABLE);
        }
      }
    }
  }

  private static AuditEvent event(String operationId) {
    return new AuditEvent(
        operationId,
        Phase.SINGLE,
        Instant.EPOCH,
        Operation.LIST,
        "application",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyReaderEnds_andFailsAsExpected() throws IOException {
    Map<Path, byte[]> good = content();
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      Path file = good.keySet().stream().toList().get(random.nextInt(good.size()));
      Files.write(file, mutated(Files.readAllBytes(file), random));

      String when = "seed " + seed + ", " + file.getFileName();
      requireOurs(when, catchThrowable(() -> LogSummary.read(directory)));
      Throwable verifying = catchThrowable(() -> AuditLogVerifier.verify(directory));
      requireOurs(when, verifying);
      Throwable opening = catchThrowable(() -> Logs.open(directory).close());
      requireOurs(when, opening);
      refused += opening == null ? 0 : 1;
      restore(good);
    }
    System.out.println(
        "mutated logs: "
            + MUTATIONS
            + ", "
            + refused
            + " refused, none hung, none failed otherwise");
    assertThat(refused).isPositive();
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
  }

  private static void requireOurs(String when, Throwable thrown) {
    assertThat(thrown)
        .as(when)
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(),
            ours -> assertThat(ours).isInstanceOf(IOException.class));
  }

  private Map<Path, byte[]> content() throws IOException {
    Map<Path, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file, Files.readAllBytes(file));
      }
    }
    return content;
  }

  /** As it was before: an opened log has more than was mutated. */
  private void restore(Map<Path, byte[]> good) throws IOException {
    for (Path file : content().keySet()) {
      byte[] before = good.get(file);
      if (before == null) {
        Files.delete(file);
      } else {
        Files.write(file, before);
      }
    }
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      switch (bytes.length == 0 ? 0 : random.nextInt(4)) {
        case 0 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(4));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes[at] = (byte) random.nextInt();
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
