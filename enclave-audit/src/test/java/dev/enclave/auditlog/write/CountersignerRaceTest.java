package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.crypto.LocalKey;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many who open one new log at the same time. */
@Timeout(300)
@Tag("full")
final class CountersignerRaceTest {

  private static final int MANY = 8;

  private final ExecutorService pool = Executors.newFixedThreadPool(MANY);
  private final Path directory;

  CountersignerRaceTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @AfterEach
  void endThreads() {
    pool.shutdownNow();
  }

  @RepeatedTest(10)
  void allNameOneCountersigner_thoughTheBackendGivesEachAnother() throws Exception {
    HandBackend backend = new HandBackend().generous();

    List<String> keys = race(0, backend);

    assertThat(keys).hasSize(MANY).containsOnly(keys.get(0));
  }

  @RepeatedTest(10)
  void allNameOneCountersigner_thoughSomeAreRefusedByTheBackend() throws Exception {
    List<String> keys = race(MANY / 2, new HandBackend());

    assertThat(keys).hasSize(MANY).containsOnly(keys.get(0));
  }

  @Test
  void halfALineOfACountersignerThatACrashHasLeftIsNone_andIsWrittenAgain() throws IOException {
    HandBackend backend = new HandBackend();
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.countersignedBy(backend);
      sink.settleCountersigner();
      sink.append(Events.numbered(1), Durability.DURABLE);
    }
    Path published = directory.resolve(LogIdentity.PUBLIC);
    String both = Files.readString(published);
    assertThat(both.lines()).hasSize(2);
    for (int end = both.indexOf('\n') + 1; end < both.length(); end++) {
      Files.writeString(published, both.substring(0, end));
      assertThat(AuditLogVerifier.verify(directory).problem()).as("cut at %d", end).isEmpty();
      Logs.open(directory).close();
      assertThat(published).as("cut at %d", end).hasContent(both);
    }
  }

  /** Opens many sinks at once; the backend refuses the first few. */
  private List<String> race(int refused, HandBackend backend) throws Exception {
    CyclicBarrier start = new CyclicBarrier(MANY);
    CyclicBarrier named = new CyclicBarrier(MANY);
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      int number = i;
      all.add(
          pool.submit(
              () -> {
                start.await();
                try (FileAuditSink sink = Logs.open(directory)) {
                  sink.append(Events.numbered(number), Durability.DURABLE);
                  if (number >= refused) {
                    sink.countersignedBy(backend);
                    sink.settleCountersigner();
                  }
                  named.await();
                  sink.countersignedBy(backend);
                  return sink.countersigner().orElseThrow().key().text();
                }
              }));
    }
    List<String> keys = new ArrayList<>();
    for (Future<String> one : all) {
      keys.add(one.get());
    }
    requireCovered(MANY);
    return keys;
  }

  private void requireCovered(int records) throws IOException {
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isEqualTo(records);
    assertThat(found.uncovered()).isZero();
  }

  @RepeatedTest(3)
  void twoProcessesNameOneCountersigner() throws Exception {
    String secret;
    LocalKey key = HandBackend.fresh();
    try (SecretBytes encoded = key.encode()) {
      secret = HexFormat.of().formatHex(encoded.exposeSecret());
    }
    List<Process> processes = List.of(start(secret), start(secret));
    List<BufferedReader> said = processes.stream().map(Process::inputReader).toList();
    for (BufferedReader one : said) {
      assertThat(one.readLine()).isEqualTo("ready");
    }
    for (Process process : processes) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }
    List<String> keys = new ArrayList<>();
    for (BufferedReader one : said) {
      keys.add(one.readLine());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(Logs.key(directory)).endsWith(keys.get(0));
    assertThat(keys).containsOnly(keys.get(0));
    requireCovered(2);
  }

  private Process start(String secret) throws IOException {
    return new ProcessBuilder(JavaCommand.of(RacingProcess.class, directory.toString(), secret))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
