package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.processes.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they log, one after the other in the same directory. */
@Tag("full")
final class KilledProcessTest {

  private static final int KILLS = 25;

  private final Path directory;

  KilledProcessTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void aKillAtAnyTimeLosesNothingThatWasDurable() throws Exception {
    List<String> released = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      released.addAll(killAfter(1 + kill * 7, kill * 1_000_000));
    }
    Logs.open(directory).close();

    AuditVerification found = AuditLogVerifier.verify(directory);

    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isGreaterThanOrEqualTo(released.size());
    String log = log();
    assertThat(released).hasSizeGreaterThan(KILLS * 80);
    assertThat(released).allMatch(number -> log.contains("\"user:" + number + "\""));
  }

  /** What the process said was durable before it ended. */
  private List<String> killAfter(int events, int first) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                JavaCommand.of(Victim.class, directory.toString(), Integer.toString(first)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = new ArrayList<>();
    try (BufferedReader out = process.inputReader()) {
      while (said.size() < events) {
        String line = out.readLine();
        assertThat(line).as("it ended by itself").isNotNull();
        said.add(line);
      }
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      // A line cut by the kill is none.
      Stream<String> rest = out.lines();
      List<String> last = rest.toList();
      said.addAll(last.subList(0, Math.max(0, last.size() - 1)));
    }
    process.waitFor();
    return said;
  }

  private String log() throws IOException {
    StringBuilder log = new StringBuilder();
    for (Segment segment : Segment.of(0, new DiskLogFiles(directory).names())) {
      log.append(Files.readString(directory.resolve(segment.name())));
    }
    return log.toString();
  }
}
