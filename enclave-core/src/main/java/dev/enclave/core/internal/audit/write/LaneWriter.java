package dev.enclave.core.internal.audit.write;

import dev.enclave.core.internal.audit.checkpoint.Checkpointer;
import dev.enclave.core.internal.audit.record.Reasons;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a lane, in turns: one takes what waits in the queue, writes it with one call, forces once
 * if anybody asked for it, and tells those who wait. Nothing ends the lane's own thread but the
 * closing of the queue: whatever goes wrong is the failure of those events.
 *
 * <p>A thread that waits for its record takes a turn itself when nobody is at one: waking another
 * thread and being woken by it costs about as much as a short fsync. Only the plain turns: what may
 * be disturbed by an interrupt, or takes long, is left to the lane's own thread.
 */
final class LaneWriter implements Runnable {

  private static final int MOST_AT_ONCE = 1024;
  private static final int MOST_BYTES_AT_ONCE = 1 << 20;
  private static final long BRIEF_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int NAPS_BEFORE_SLEEP = 50;

  /** So many events in one turn are a crowd. */
  private static final int CROWD = 8;

  /** How long a written record may be unforced, and a failed write untried. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AuditLane lane;
  private final EventQueue queue;
  private final WriterSignal signal;
  private final RoomWait room;
  private final LongSupplier nanoTime;
  private final Checkpointer checkpointer;
  private final long longestWaitNanos;

  private final ReentrantLock turns = new ReentrantLock();
  // Counts those who wait, so that nobody is overlooked who came while others looked.
  private final AtomicLong waits = new AtomicLong();
  private volatile boolean crowded;
  private volatile boolean troubled;

  // From here on guarded by the lock.

  // While there is trouble nothing is accepted unwritten, so it holds no more than the queue held
  // then, and one event for each thread that was just putting one.
  private final KeptEvents kept = new KeptEvents();
  private boolean unforced;
  private long lastNanos;
  private boolean ended;
  private @Nullable IOException endFailure;

  // The lane's own thread alone.
  private int idle;

  LaneWriter(
      AuditLane lane,
      EventQueue queue,
      WriterSignal signal,
      RoomWait room,
      LongSupplier nanoTime,
      Checkpointer checkpointer,
      long longestWaitNanos) {
    this.lane = lane;
    this.queue = queue;
    this.signal = signal;
    this.room = room;
    this.nanoTime = nanoTime;
    this.checkpointer = checkpointer;
    this.longestWaitNanos = longestWaitNanos;
    this.lastNanos = nanoTime.getAsLong();
  }

  /** Whether the last write failed. */
  boolean troubled() {
    return troubled;
  }

  /** After the thread has ended: what was lost. */
  @Nullable IOException endFailure() {
    return endFailure;
  }

  /** After the thread has ended: what was accepted and could not be written. */
  List<AuditEvent> unwritten() {
    return kept.list();
  }

  /**
   * For whoever waits for a receipt that is in the queue: has it seen to, by a turn of its own if
   * nobody is at one. Several who wait at once are served better by the lane's thread, which goes
   * on without being woken.
   */
  void see(Receipt receipt) {
    waits.incrementAndGet();
    while (receipt.open()) {
      if (crowded) {
        signal.raiseUrgently();
        return;
      }
      if (!turns.tryLock()) {
        // Who is at it looks afterwards for those who came meanwhile.
        return;
      }
      // Whatever goes wrong from here on, somebody else may rely on this thread.
      boolean left = true;
      try {
        if (takeTurn()) {
          passOn();
          left = false;
        }
      } finally {
        if (left) {
          signal.raiseUrgently();
        }
      }
      if (left) {
        return;
      }
    }
  }

  /** For whoever has waited for long: nobody may know of him. */
  void insist() {
    signal.raiseUrgently();
  }

  /** How long somebody waits before he insists. */
  long longestWaitNanos() {
    return longestWaitNanos;
  }

  /** One turn with the lock, which is free afterwards; returns what {@link #lead} does. */
  private boolean takeTurn() {
    boolean led;
    try {
      led = lead();
    } finally {
      turns.unlock();
    }
    room.tell();
    return led;
  }

  /** One turn of a thread that waits; returns whether nothing is left to the lane's thread. */
  private boolean lead() {
    if (ended || !plain()) {
      return false;
    }
    OptionalLong before = dueAt();
    try {
      return turn(queue.ready(MOST_AT_ONCE)) > 0 && !sooner(dueAt(), before);
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  /** When the lane's thread has something to do if nobody comes; empty if never. */
  private OptionalLong dueAt() {
    long patience = patience();
    return patience == 0 ? OptionalLong.empty() : OptionalLong.of(lastNanos + patience);
  }

  private static boolean sooner(OptionalLong now, OptionalLong before) {
    return now.isPresent() && (before.isEmpty() || now.getAsLong() - before.getAsLong() < 0);
  }

  /** Whether a turn is no more than to write and to force. */
  private boolean plain() {
    return !troubled
        && kept.isEmpty()
        && lane.plain()
        && !checkpointer.due(lane.size(), nanoTime.getAsLong());
  }

  /**
   * After a turn: has the oldest of those who came meanwhile and wait take the next one. He is told
   * when the lock is free: who wakes and finds it taken goes back to sleep, and relies on whoever
   * has it.
   */
  private void passOn() {
    Optional<Receipt> next = Optional.empty();
    long seen = -1;
    while (next.isEmpty() && seen != waits.get() && queue.size() > 0) {
      seen = waits.get();
      if (!turns.tryLock()) {
        return;
      }
      try {
        next = queue.waiting(MOST_AT_ONCE);
      } finally {
        turns.unlock();
      }
    }
    next.ifPresent(Receipt::promote);
  }

  @Override
  public void run() {
    while (!queue.closed() || queue.size() > 0) {
      try {
        serve();
      } catch (RuntimeException | Error e) {
        // Even telling of a failure has failed, for want of memory perhaps. What is unanswered is
        // still in the queue.
        signal.awaitBriefly(BRIEF_WAIT_NANOS);
      }
    }
    end();
  }

  private void serve() {
    signal.clear();
    boolean more;
    long patience;
    turns.lock();
    try {
      int ready = queue.ready(MOST_AT_ONCE);
      int taken = turn(ready);
      idle = taken > 0 ? 0 : idle + 1;
      more =
          taken < ready
              || ready == MOST_AT_ONCE
              || (crowded && queue.waiting(MOST_AT_ONCE).isPresent());
      patience = patience();
    } finally {
      turns.unlock();
    }
    room.tell();
    if (!more) {
      passOn();
      rest(patience);
    }
  }

  /** In how many nanoseconds the lane's thread has something to do if nobody comes; 0 if never. */
  private long patience() {
    if (owing()) {
      return PATIENCE_NANOS;
    }
    long patience = checkpointer.patience(lane.size(), lastNanos);
    return patience > 0 && troubled ? Math.max(patience, PATIENCE_NANOS) : patience;
  }

  /** One batch; returns how many events it held. */
  private int turn(int ready) {
    long now = nanoTime.getAsLong();
    boolean patient = now - lastNanos < PATIENCE_NANOS;
    boolean checkpoint = checkpointer.due(lane.size(), now) && !(troubled && patient);
    boolean due = checkpoint || (owing() && !patient);
    if (ready == 0 && !due) {
      return 0;
    }
    int taken = 0;
    boolean done = false;
    try {
      lane.begin();
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
    crowded = taken >= CROWD;
    if (done && checkpoint) {
      checkpointer.make(lane.head(), now);
    }
    return taken;
  }

  private boolean owing() {
    return unforced || !kept.isEmpty();
  }

  /** Returns whether there was anything to write. When it throws, what fitted is written. */
  private boolean writeKept() throws IOException {
    boolean any = !kept.isEmpty();
    int most = Math.min(MOST_AT_ONCE, kept.size());
    while (!kept.isEmpty()) {
      try {
        kept.writeSome(lane, most, MOST_BYTES_AT_ONCE);
        unforced = true;
      } catch (IOException e) {
        if (most == 1) {
          throw e;
        }
        lane.rollback(e);
        most /= 2;
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
        kept.add(accepted);
      } else {
        ((Receipt) queue.peek(0)).refuse(failure);
      }
      queue.release(1);
    }
  }

  private void rest(long patience) {
    if (idle < NAPS_BEFORE_SLEEP || queue.size() > 0) {
      signal.awaitBriefly(BRIEF_WAIT_NANOS);
    } else {
      signal.await(patience);
    }
  }

  private void end() {
    turns.lock();
    try {
      ended = true;
      finish();
    } finally {
      turns.unlock();
    }
  }

  private void finish() {
    try {
      lane.begin();
      try {
        writeKept();
      } catch (IOException e) {
        lane.rollback(e);
        endFailure = failure(e);
      }
      lane.force();
      checkpointer.make(lane.head(), nanoTime.getAsLong());
    } catch (IOException | RuntimeException | Error e) {
      lane.rollback(e);
      endFailure = failure(e);
    }
  }

  private IOException failure(Throwable e) {
    String why = Reasons.of(e);
    return kept.isEmpty() ? new IOException(why) : new LostRecordsException(why, kept.list());
  }
}
