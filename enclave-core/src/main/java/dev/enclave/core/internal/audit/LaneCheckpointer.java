package dev.enclave.core.internal.audit;

import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Puts a lane into a checkpoint every 65,536 records and at most ten minutes after a record that is
 * in none. So a forger who takes a machine over finds little that he can rewrite, and a year of
 * checkpoints stays below 20 MB.
 */
final class LaneCheckpointer implements Checkpointer {

  static final long MOST_RECORDS = 1 << 16;
  static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");
  private static final long BEFORE_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final CheckpointFile file;
  private final int lane;
  private final TimeSource time;
  private final Retention retention;
  private long covered;
  private boolean waiting;
  private long waitingSince;
  private boolean failed;
  private long failedAt;

  /**
   * @param covered how many records are in a checkpoint
   */
  LaneCheckpointer(
      CheckpointFile file, int lane, TimeSource time, Retention retention, long covered) {
    this.file = file;
    this.lane = lane;
    this.time = time;
    this.retention = retention;
    this.covered = covered;
  }

  @Override
  public boolean due(long size, long nanoTime) {
    if (size == covered) {
      waiting = false;
      return false;
    }
    if (!waiting) {
      waiting = true;
      waitingSince = nanoTime;
    }
    return remaining(size, nanoTime) <= 0;
  }

  @Override
  public long patience(long size, long nanoTime) {
    return size == covered ? 0 : Math.max(1, remaining(size, nanoTime));
  }

  private long remaining(long size, long nanoTime) {
    if (failed) {
      return failedAt + BEFORE_RETRY_NANOS - nanoTime;
    }
    return size - covered >= MOST_RECORDS ? 0 : waitingSince + MOST_NANOS - nanoTime;
  }

  @Override
  public void make(LaneHead forced, long nanoTime) {
    if (forced.size() == 0) {
      return;
    }
    try {
      file.append(time.now(), lane, forced, 0);
      covered = forced.size();
      waiting = false;
      failed = false;
      retention.apply(file, lane, forced);
    } catch (IOException | RuntimeException e) {
      if (!failed) {
        LOG.log(
            System.Logger.Level.WARNING,
            "No checkpoint of the audit log could be made ({0}); records are written all the same.",
            Reasons.of(e));
      }
      failed = true;
      failedAt = nanoTime;
    }
  }
}
