package dev.enclave.core.internal.audit.write;

import dev.enclave.core.internal.audit.checkpoint.CheckpointFile;
import dev.enclave.core.internal.audit.checkpoint.CheckpointMaker;
import dev.enclave.core.internal.audit.checkpoint.Checkpointer;
import dev.enclave.core.internal.audit.checkpoint.Retention;
import dev.enclave.core.internal.audit.file.LaneHead;
import dev.enclave.spi.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * Puts a lane into a checkpoint every 8,192 records and at most five minutes after a record that is
 * in none, besides those after a start and at the end. So a forger who takes a machine over finds
 * little that he can rewrite, and a year of checkpoints stays below 40 MB, all of which is read
 * when the log is opened. A thread of its own makes them.
 */
public final class LaneCheckpointer implements Checkpointer {

  public static final long MOST_RECORDS = 1 << 13;
  public static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final CheckpointMaker maker;
  private long asked;
  private boolean overdue;
  private boolean waiting;
  private long waitingSince;

  /**
   * @param covered how many records are in a checkpoint
   */
  public LaneCheckpointer(
      CheckpointFile file, int lane, TimeSource time, Retention retention, long covered) {
    this.maker =
        new CheckpointMaker(
            "lane-" + lane,
            forced -> {
              file.append(time.now(), lane, forced, 0);
              retention.apply(file, lane, forced);
            });
    this.asked = covered;
  }

  /**
   * Starts its thread.
   *
   * @param size how many records the lane has, of which a crash or an outage may have left some in
   *     no checkpoint: those are due at once
   */
  LaneCheckpointer start(long size) {
    overdue = size > asked;
    maker.start();
    return this;
  }

  @Override
  public boolean due(long size, long nanoTime) {
    if (size == asked) {
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
    return size == asked ? 0 : Math.max(1, remaining(size, nanoTime));
  }

  private long remaining(long size, long nanoTime) {
    return overdue || size - asked >= MOST_RECORDS ? 0 : waitingSince + MOST_NANOS - nanoTime;
  }

  @Override
  public void make(LaneHead forced, long nanoTime) {
    overdue = false;
    waiting = false;
    asked = forced.size();
    if (forced.size() > 0) {
      maker.ask(forced);
    }
  }

  @Override
  public void nudge() {
    maker.nudge();
  }

  @Override
  public void close() {
    maker.close();
  }

  @Override
  public void abandon() {
    maker.abandon();
  }
}
