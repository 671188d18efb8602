package dev.enclave.campaign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that is stopped and goes on. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signal that stops a process")
@Tag("full")
class StandstillsTest {

  /** More than what counts as a standstill. */
  private static final Duration STOPPED = Duration.ofSeconds(2);

  @Test
  void noticesThatItsProcessStoodStill(@TempDir Path folder) throws Exception {
    try (ChildProcess process = ChildProcess.start(folder, Stopped.class)) {
      process.awaitLine("watching");
      signal("-STOP", process.pid());
      long until = System.nanoTime() + STOPPED.toNanos();
      for (long left = STOPPED.toNanos(); left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      signal("-CONT", process.pid());
      process.goOn();
      process.awaitLine("since true");
      process.awaitLine("counted true");
      process.awaitLine("since an hour from now false");
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", name, Long.toString(pid)).inheritIO().start().waitFor();
    assertThat(exit).isZero();
  }

  /** What it says when it has been told to go on. */
  static final class Stopped {

    private Stopped() {}

    public static void main(String[] arguments) throws IOException {
      long began = System.nanoTime();
      try (Standstills standstills = new Standstills()) {
        System.out.println("watching");
        int read = System.in.read();
        assertThat(read).isEqualTo('\n');
        System.out.println("since " + standstills.since(began));
        System.out.println("counted " + (standstills.count() > 0));
        // Until the thread has noticed it.
        while (standstills.since(System.nanoTime() + Duration.ofHours(1).toNanos())) {
          Thread.onSpinWait();
        }
        System.out.println("since an hour from now false");
      }
    }
  }
}
