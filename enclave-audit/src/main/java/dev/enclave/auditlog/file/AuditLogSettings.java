package dev.enclave.auditlog.file;

import dev.enclave.spi.TimeSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * What a log is opened with.
 *
 * @param time for checkpoints and retention
 * @param machine the machine's own clock, by which threads and processes wait for each other: one
 *     that an application stops must not keep records off the disk
 * @param random makes the log's name and key
 * @param segmentBytes how long a file may get before the next is begun
 * @param retention how old records get at least; none to keep all
 */
public record AuditLogSettings(
    TimeSource time,
    TimeSource machine,
    SecureRandom random,
    long segmentBytes,
    Optional<Duration> retention) {

  /**
   * A file of 16 MiB is read and hashed in some 50 ms, which an opening costs at most: the tree of
   * a lane is rebuilt from its last segment.
   */
  public static final long SEGMENT_BYTES = 16L << 20;
}
