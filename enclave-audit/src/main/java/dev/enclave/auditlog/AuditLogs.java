package dev.enclave.auditlog;

import dev.enclave.audit.AuditLog;
import dev.enclave.auditlog.check.DirectoryAuditLog;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * The audit log in a directory, without an Enclave: for a program that has events of its own to
 * record, or only logs to verify. The files are those that an Enclave writes and reads.
 */
public final class AuditLogs {

  private AuditLogs() {}

  /**
   * Opens a log to write it. The directory is made (0700) if missing, as are the log's name and its
   * own key. No backend countersigns.
   *
   * @param directory which this user alone may write to
   * @param time for checkpoints and retention; by its {@code nanoTime} records are due to be forced
   *     and processes wait for each other, so it is not to stand still
   * @param random makes the log's name and key
   * @param retention how old records get before they are removed; none to keep all
   * @return thread-safe; to be closed, which makes the last checkpoint
   * @throws IOException when the log cannot be written, is not what its checkpoints say, or is
   *     written by as many processes as it has lanes
   */
  public static AuditSink open(
      Path directory, TimeSource time, SecureRandom random, Optional<Duration> retention)
      throws IOException {
    FileAuditSink sink = FileAuditSink.open(directory, settings(time, random, retention));
    sink.started();
    sink.beginRetention();
    return sink;
  }

  /**
   * The log in a directory, to be verified, proven and read. Nothing is read or written before a
   * method of it is called.
   *
   * @param time for new checkpoints, and by which the age of one that was kept is told
   * @param random makes the log's name and key, if {@link AuditLog#provision()} is called
   */
  public static AuditLog in(Path directory, TimeSource time, SecureRandom random) {
    AuditLogSettings settings = settings(time, random, Optional.empty());
    return new DirectoryAuditLog(() -> new DirectoryAuditLog.Place(directory, settings), time);
  }

  private static AuditLogSettings settings(
      TimeSource time, SecureRandom random, Optional<Duration> retention) {
    return new AuditLogSettings(time, time, random, AuditLogSettings.SEGMENT_BYTES, retention);
  }
}
