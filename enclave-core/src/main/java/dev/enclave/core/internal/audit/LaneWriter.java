package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes a lane. It takes what waits in the queue, writes it with one call,
 * forces once if anybody asked for it, and tells those who wait. Nothing ends it but the closing of
 * the queue: whatever goes wrong is the failure of those events.
 */
final class LaneWriter implements Runnable {

  private static final int MOST_AT_ONCE = 1024;
  private static final int MOST_BYTES_AT_ONCE = 1 << 20;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int NAPS_BEFORE_SLEEP = 50;

  /** How long a written record may be unforced, and a failed write untried. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AuditLane lane;
  private final EventQueue queue;
  private final Doorbell bell;
  private final RoomWait room;
  private final LongSupplier nanoTime;
  private final Checkpointer checkpointer;

  // Accepted before a failure and not written since. While there is trouble nothing is accepted
  // unwritten, so it holds no more than the queue held then, and one event for each thread that was
  // just putting one.
  private final Deque<AuditEvent> kept = new ArrayDeque<>();
  private volatile boolean troubled;
  private boolean unforced;
  private long lastNanos;
  private int idle;
  private @Nullable IOException endFailure;

  LaneWriter(
      AuditLane lane,
      EventQueue queue,
      Doorbell bell,
      RoomWait room,
      LongSupplier nanoTime,
      Checkpointer checkpointer) {
    this.lane = lane;
    this.queue = queue;
    this.bell = bell;
    this.room = room;
    this.nanoTime = nanoTime;
    this.checkpointer = checkpointer;
  }

  /** Whether the last write failed. */
  boolean troubled() {
    return troubled;
  }

  /** After the thread has ended: what was lost. */
  @Nullable IOException endFailure() {
    return endFailure;
  }

  @Override
  public void run() {
    lastNanos = nanoTime.getAsLong();
    while (!queue.closed() || queue.size() > 0) {
      try {
        serve();
      } catch (RuntimeException | Error e) {
        // Even telling of a failure has failed, for want of memory perhaps. What is unanswered is
        // still in the queue.
        bell.nap(NAP_NANOS);
      }
    }
    end();
  }

  private void serve() {
    bell.answer();
    int ready = queue.ready(MOST_AT_ONCE);
    int taken = turn(ready);
    idle = taken > 0 ? 0 : idle + 1;
    if (taken == ready && ready < MOST_AT_ONCE) {
      rest();
    }
  }

  /** One batch; returns how many events it held. */
  private int turn(int ready) {
    long now = nanoTime.getAsLong();
    boolean checkpoint = checkpointer.due(lane.size(), now);
    boolean due = checkpoint || (owing() && now - lastNanos >= PATIENCE_NANOS);
    if (ready == 0 && !due) {
      return 0;
    }
    int taken = 0;
    boolean done = false;
    try {
      lane.tidy();
      if (lane.full()) {
        lane.rotate();
        due = true;
        checkpoint = true;
      }
      boolean written = writeKept();
      boolean force = due || troubled;
      while (taken < ready && lane.pending() < MOST_BYTES_AT_ONCE) {
        force |= add(queue.peek(taken++));
      }
      written |= lane.pending() > 0;
      write(force);
      // To have forced alone tells nothing about a full disk.
      troubled &= !written;
      complete(taken);
      done = true;
    } catch (IOException | RuntimeException | Error e) {
      taken = taken == 0 ? ready : taken;
      lane.rollback(e);
      refuse(taken, e);
    }
    room.tell();
    if (done && checkpoint) {
      checkpointer.make(lane.head(), now);
    }
    return taken;
  }

  private boolean owing() {
    return unforced || !kept.isEmpty();
  }

  /** Returns whether there was anything to write. */
  private boolean writeKept() throws IOException {
    boolean any = !kept.isEmpty();
    while (!kept.isEmpty()) {
      int count = 0;
      for (AuditEvent event : kept) {
        if (count == MOST_AT_ONCE || lane.pending() >= MOST_BYTES_AT_ONCE) {
          break;
        }
        lane.add(event);
        count++;
      }
      lane.write();
      lane.commit();
      unforced = true;
      for (int i = 0; i < count; i++) {
        kept.removeFirst();
      }
    }
    return any;
  }

  /** Adds an item; returns whether it must be forced. */
  private boolean add(Object item) {
    if (item instanceof Receipt receipt) {
      receipt.event().ifPresent(lane::add);
      return receipt.durable();
    }
    lane.add((AuditEvent) item);
    return false;
  }

  private void write(boolean force) throws IOException {
    boolean more = lane.pending() > 0;
    if (more) {
      lane.write();
    }
    if (force) {
      lane.force();
    }
    if (more) {
      lane.commit();
    }
    if (force || !unforced) {
      lastNanos = nanoTime.getAsLong();
    }
    unforced = !force && (unforced || more);
  }

  private void complete(int taken) {
    for (int i = 0; i < taken; i++) {
      if (queue.peek(i) instanceof Receipt receipt) {
        receipt.done(lane);
      }
    }
    queue.release(taken);
  }

  /** Who waits is refused and his event forgotten; what was accepted before is kept. */
  private void refuse(int taken, Throwable failure) {
    troubled = true;
    lastNanos = nanoTime.getAsLong();
    for (int i = 0; i < taken; i++) {
      if (queue.peek(0) instanceof AuditEvent accepted) {
        kept.addLast(accepted);
      } else {
        ((Receipt) queue.peek(0)).refuse(failure);
      }
      queue.release(1);
    }
  }

  private void rest() {
    if (idle < NAPS_BEFORE_SLEEP || queue.size() > 0) {
      bell.nap(NAP_NANOS);
    } else {
      bell.sleep(owing() ? PATIENCE_NANOS : checkpointer.patience(lane.size(), lastNanos));
    }
  }

  private void end() {
    try {
      lane.tidy();
      writeKept();
      lane.force();
      checkpointer.make(lane.head(), nanoTime.getAsLong());
    } catch (IOException | RuntimeException | Error e) {
      lane.rollback(e);
      endFailure = failure(e);
    }
  }

  private IOException failure(Throwable e) {
    String why = Reasons.of(e);
    return new IOException(
        kept.isEmpty() ? why : kept.size() + " accepted records could not be written: " + why);
  }
}
