package dev.enclave.auditlog.file;

import dev.enclave.kit.claim.FileClaim;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Keeps the processes of one log from writing its checkpoints at the same time. */
public final class LogLock {

  public static final String NAME = "checkpoints.lock";
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PATIENCE_STARTING = Duration.ofSeconds(10);

  private final Path directory;
  private final TimeSource time;
  private volatile Duration patience = PATIENCE_STARTING;

  public LogLock(Path directory, TimeSource time) {
    this.directory = directory;
    this.time = time;
  }

  /**
   * The start is over. While it lasts, nobody's operation waits, and ten seconds are waited for a
   * process that the machine gives no time; from now on one second.
   */
  public void started() {
    patience = PATIENCE;
  }

  /**
   * Waits for a while at most: whoever has it needs some milliseconds, and a process that was
   * stopped meanwhile must not stop the others.
   */
  public AutoCloseableLock take() throws IOException {
    long tries = patience.dividedBy(BETWEEN_TRIES);
    try {
      for (long i = 0; i < tries; i++) {
        Optional<FileClaim> claim = LogClaims.tryCheckpoints(directory, time);
        if (claim.isPresent()) {
          return new Claimed(claim.get());
        }
        time.pause(BETWEEN_TRIES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + NAME);
    }
    throw new IOException(
        "another process has held "
            + NAME
            + " for too long; try again, or end that process if it hangs");
  }

  private record Claimed(FileClaim claim) implements AutoCloseableLock {

    @Override
    public void require() throws IOException {
      claim.require();
    }

    @Override
    public void close() throws IOException {
      claim.close();
    }
  }

  /** Held until closed, unless somebody deletes its file. */
  @FunctionalInterface
  public interface AutoCloseableLock extends AutoCloseable {

    /** Returns if nobody else can have had it since it was taken. */
    default void require() throws IOException {}

    @Override
    void close() throws IOException;
  }

  /** Takes the lock of a log. */
  @FunctionalInterface
  public interface Taker {
    AutoCloseableLock take() throws IOException;
  }
}
