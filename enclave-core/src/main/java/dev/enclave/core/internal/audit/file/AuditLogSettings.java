package dev.enclave.core.internal.audit.file;

import dev.enclave.core.internal.environment.PlatformRandom;
import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.spi.TimeSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * What a log is opened with.
 *
 * @param time for checkpoints and retention
 * @param random makes the log's name and key
 * @param segmentBytes how long a file may get before the next is begun
 * @param retention how old records get at least; none to keep all
 */
public record AuditLogSettings(
    TimeSource time, SecureRandom random, long segmentBytes, Optional<Duration> retention) {

  /**
   * A file of 16 MiB is read and hashed in some 50 ms, which an opening costs at most: the tree of
   * a lane is rebuilt from its last segment.
   */
  public static final long SEGMENT_BYTES = 16L << 20;

  /** As in production, on the machine's clock. */
  public static AuditLogSettings defaults() {
    return new AuditLogSettings(
        new SystemTime(), PlatformRandom.create(), SEGMENT_BYTES, Optional.empty());
  }
}
