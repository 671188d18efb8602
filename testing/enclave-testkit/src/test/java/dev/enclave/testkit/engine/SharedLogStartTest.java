package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process of the same audit log is slow while Enclave starts. */
@Tag("full")
class SharedLogStartTest {

  /** Longer than a record waits for the lock, and much shorter than a start waits for it. */
  private static final Duration HELD = Duration.ofMillis(2500);

  private final BentProvider bent = new BentProvider("bent");
  private final ExecutorService other = Executors.newSingleThreadExecutor();
  private final Path directory;

  SharedLogStartTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @AfterEach
  void end() {
    other.shutdownNow();
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(bent)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "production",
                    "enclave.audit.directory",
                    directory.toString())));
  }

  @Test
  void waitsForAProcessThatHoldsTheCheckpoints_whileTheBackendIsOpened() {
    bent.before("open", this::holdCheckpoints);

    builder().open().close();

    assertThat(builder().verifyAuditLog().intact()).isTrue();
  }

  private void holdCheckpoints() {
    try {
      LogLock.AutoCloseableLock held = new LogLock(directory, new SystemTime()).take();
      other.execute(() -> release(held));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void release(LogLock.AutoCloseableLock held) {
    LockSupport.parkNanos(HELD.toNanos());
    try {
      held.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
