package dev.enclave.core.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.AuditVerification;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.AuditSink.Durability;
import dev.enclave.spi.SecretBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many who open one new log at the same time. */
@Timeout(120)
final class LateKeyTest {

  private static final int MANY = 8;

  private final ExecutorService pool = Executors.newFixedThreadPool(MANY);
  private final Path directory;

  LateKeyTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @AfterEach
  void endThreads() {
    pool.shutdownNow();
  }

  @RepeatedTest(10)
  void allGetOneKey_thoughTheBackendGivesEachAnother() throws Exception {
    HandKeeper keeper = new HandKeeper().generous();

    List<String> keys = race(0, keeper);

    assertThat(keys).hasSize(MANY).containsOnly(keys.get(0));
    assertThat(heldOf(directory)).isPresent();
  }

  @RepeatedTest(10)
  void allGetOneKey_thoughSomeAreRefusedByTheBackend() throws Exception {
    List<String> keys = race(MANY / 2, new HandKeeper());

    assertThat(keys).hasSize(MANY).containsOnly(keys.get(0));
  }

  @Test
  void halfAPublicKeyThatACrashHasLeftIsNone() throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, AuditLogSettings.defaults(), true)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
    }
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), "enclave-audit/0123");

    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
    assertThat(LogSummary.read(directory).named()).isFalse();
    try (FileAuditSink sink = FileAuditSink.open(directory, AuditLogSettings.defaults(), true)) {
      sink.keptBy(new HandKeeper());
    }
    requireCovered(1);
    Files.writeString(directory.resolve(LogIdentity.PUBLIC), "enclave-audit/0123");
    assertThat(AuditLogVerifier.verify(directory).problem()).isPresent();
  }

  /** Opens many sinks at once; the first few keep the key locally. */
  private List<String> race(int local, HandKeeper keeper) throws Exception {
    CyclicBarrier start = new CyclicBarrier(MANY);
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      int number = i;
      all.add(
          pool.submit(
              () -> {
                start.await();
                try (FileAuditSink sink =
                    FileAuditSink.open(directory, AuditLogSettings.defaults(), true)) {
                  sink.append(Events.numbered(number), Durability.DURABLE);
                  if (number < local) {
                    sink.keptBy(keeper);
                    sink.keepLocally();
                  } else {
                    sink.keptBy(keeper);
                  }
                  sink.requireKey();
                  return sink.checkpoints().verifierKey().orElseThrow().text();
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

  private static Optional<HeldKey> heldOf(Path directory) throws IOException {
    DiskLogFiles files = new DiskLogFiles(directory);
    return HeldKeyFile.read(files, LogIdentity.verifier(files));
  }

  @RepeatedTest(3)
  void twoProcessesGetOneKey() throws Exception {
    String secret;
    LocalKey key = HandKeeper.fresh();
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

    assertThat(keys).containsOnly(Logs.key(directory));
    requireCovered(2);
  }

  private Process start(String secret) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            RacingProcess.class.getName(),
            directory.toString(),
            secret)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
