package dev.enclave.auditlog.write;

import dev.enclave.auditlog.checkpoint.CheckpointThread;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.records.RecordEncoder;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes records from any thread into a bounded queue and writes them to a lane by group commit: one
 * write for all that are queued, one force if any of them must be durable. An event that need not
 * be durable is accepted when it has a place in the queue; a full queue makes its threads wait.
 *
 * <p>A thread of its own writes. A thread that waits for its record writes itself when nobody else
 * does: waking another thread and being woken by it costs about as much as a short fsync. Who finds
 * somebody at it wakes the own thread, which takes the next batch. What may be disturbed by an
 * interrupt, or takes long, is left to the own thread too, which nothing ends but closing. Whatever
 * goes wrong is the failure of those events. Thread-safe.
 */
final class LaneWriter implements AutoCloseable {

  private static final int MOST_AT_ONCE = 1024;

  /** With the batch that is being written, 4096 events are accepted and not yet handed over. */
  static final int CAPACITY = 4096 - MOST_AT_ONCE;

  /**
   * A checkpoint is made every so many records, and so long after a record that is in none, besides
   * those after a start and at the end. So a forger who takes a machine over finds little that he
   * can rewrite, and a year of checkpoints stays below 40 MB, all of which is read when the log is
   * opened.
   */
  static final long MOST_RECORDS = 1 << 13;

  static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int MOST_BYTES_AT_ONCE = 1 << 20;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int NAPS_BEFORE_SLEEP = 50;

  /** So many events in one batch are a crowd, which the own thread serves without being woken. */
  private static final int CROWD = 8;

  /** How long a written record may be unforced, and a failed write untried. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After so long a thread that waits for its record looks whether anybody is at it. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

  /**
   * A place in the queue.
   *
   * @param event without one it is done when all before it is written
   * @param told when it is done, if anybody waits for that
   */
  private record Entry(
      @Nullable AuditEvent event, boolean durable, @Nullable CompletableFuture<Told> told) {}

  /**
   * What became of it.
   *
   * @param head of the lane, for who asked for it
   * @param refusal why it was refused, if it was
   */
  private record Told(LaneHead head, @Nullable String refusal) {

    private static final Told WRITTEN = new Told(LaneHead.NONE, null);

    static Told refused(Throwable why) {
      return new Told(
          LaneHead.NONE,
          why instanceof IOException
              ? Reasons.of(why)
              : Texts.WRITER_FAILED.with(why.getClass().getName()));
    }
  }

  private final AuditLane lane;
  private final LongSupplier nanoTime;
  private final Optional<CheckpointThread> checkpoints;
  private final Duration longestWait;
  private final Thread thread;
  // No blocking queue of the JDK: a thread that loses its processor while it has the lock of one
  // holds up all others, to a third of the records a second on a busy machine.
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
  private final int capacity;
  private final Semaphore room;
  // Who holds it serves the queue.
  final ReentrantLock turns = new ReentrantLock();
  private volatile boolean crowded;
  private volatile boolean troubled;
  private volatile boolean asleep;
  // Since the last turn began. Set before the lock is tried, so that whoever has it sees it after.
  private volatile boolean called;
  private volatile boolean closed;

  // From here on guarded by the lock.

  // Taken from the queue and not done yet; so many of the first are written and not told.
  private final Deque<Entry> batch = new ArrayDeque<>();
  private int written;
  // What was accepted before a failure. While there is trouble nothing is accepted unwritten, so it
  // holds no more than queue and batch held then, and one event for each thread that was just
  // putting one.
  private final Deque<AuditEvent> kept = new ArrayDeque<>();
  private boolean unforced;
  private long lastNanos;
  private long lastRead;
  private boolean ended;
  private @Nullable IOException endFailure;
  private long covered;
  private boolean overdue;
  private long uncoveredSince;

  // The own thread alone.
  private int idle;

  private LaneWriter(
      String name,
      AuditLane lane,
      int capacity,
      LongSupplier nanoTime,
      Optional<CheckpointThread> checkpoints,
      long covered,
      Duration longestWait) {
    this.lane = lane;
    this.capacity = capacity;
    this.room = new Semaphore(capacity);
    this.nanoTime = nanoTime;
    this.checkpoints = checkpoints;
    this.covered = covered;
    // A crash or an outage may have left some in no checkpoint.
    this.overdue = lane.size() > covered;
    this.longestWait = longestWait;
    this.lastRead = nanoTime.getAsLong();
    this.lastNanos = lastRead;
    this.thread = new Thread(null, this::run, "enclave-audit-" + name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
  }

  /**
   * Starts the thread.
   *
   * @param name of the lane, for the thread's name
   * @param nanoTime tells when unforced records are due
   * @param checkpoints makes the lane's, if anything does
   * @param covered how many records are in one
   */
  static LaneWriter start(
      String name,
      AuditLane lane,
      LongSupplier nanoTime,
      CheckpointThread checkpoints,
      long covered) {
    Optional<CheckpointThread> maker = Optional.of(checkpoints);
    return start(name, lane, CAPACITY, nanoTime, maker, covered, LONGEST_WAIT);
  }

  /**
   * The same.
   *
   * @param capacity of the queue
   * @param longestWait after so long a thread that waits for its record looks itself
   */
  static LaneWriter start(
      String name,
      AuditLane lane,
      int capacity,
      LongSupplier nanoTime,
      Optional<CheckpointThread> checkpoints,
      long covered,
      Duration longestWait) {
    LaneWriter writer =
        new LaneWriter(name, lane, capacity, nanoTime, checkpoints, covered, longestWait);
    writer.thread.start();
    return writer;
  }

  void append(AuditEvent event, Durability durability) throws IOException {
    RecordEncoder.requireWritable(event);
    boolean durable = durability == Durability.DURABLE;
    if (durable || troubled) {
      await(event, durable);
    } else {
      put(new Entry(event, false, null));
      if (asleep) {
        wake();
      }
    }
  }

  /** Returns when the operating system has what was accepted before. */
  void flush() throws IOException {
    await(null, false);
  }

  /** What was accepted before, all of it on the disk for good. */
  LaneHead forced() throws IOException {
    return await(null, true);
  }

  /** Waits for room. */
  private void put(Entry entry) throws IOException {
    boolean placed = !closed && room.tryAcquire();
    while (!placed && !closed) {
      wake();
      try {
        placed = room.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while the audit log's queue was full");
      }
    }
    if (!placed) {
      throw closing();
    }
    boolean queued = false;
    try {
      queued = queue.add(entry);
    } finally {
      if (!queued) {
        room.release();
      }
    }
    if (closed && withdrawn(entry)) {
      throw closing();
    }
  }

  private static IOException closing() {
    return new IOException("the audit log has been closed");
  }

  /** Takes back what nobody sees to any more. */
  private boolean withdrawn(Entry entry) {
    turns.lock();
    try {
      return ended && queue.remove(entry);
    } finally {
      turns.unlock();
    }
  }

  /**
   * Waits for what becomes of it. An interrupt does not end that, since the event may be on its way
   * to the disk; the thread's interrupt status is kept.
   *
   * @throws IOException when the event was refused; it is not in the log then
   */
  private LaneHead await(@Nullable AuditEvent event, boolean durable) throws IOException {
    CompletableFuture<Told> told = new CompletableFuture<>();
    put(new Entry(event, durable, told));
    boolean interrupted = false;
    try {
      while (true) {
        lead(told, durable);
        try {
          Told became = told.get(longestWait.toNanos(), TimeUnit.NANOSECONDS);
          String refusal = became.refusal();
          if (refusal != null) {
            throw new IOException(refusal);
          }
          return became.head();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          // Who should have told may get no processor, or have run out of memory in the middle.
        } catch (ExecutionException e) {
          throw new IllegalStateException("whoever waits is told by a value");
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * A turn of a thread that waits, if nobody is at one; the own thread takes what came meanwhile.
   */
  private void lead(Future<Told> own, boolean durable) {
    called = true;
    boolean left = !durable || crowded;
    if (!left && turns.tryLock()) {
      left = true;
      try {
        if (!ended && plain()) {
          called = false;
          // The own thread may sleep without an end where no checkpoint was to be made.
          boolean first = lane.size() == covered;
          turn();
          left = first || unforced || !plain() || !own.isDone();
        }
      } catch (RuntimeException | Error e) {
        // What is unanswered is left to the next turn.
      } finally {
        turns.unlock();
      }
      // Who came meanwhile found the lock taken.
      left |= called;
    }
    if (left) {
      wake();
    }
  }

  private void wake() {
    called = true;
    LockSupport.unpark(thread);
  }

  /** Whether a turn is no more than to write and to force. */
  private boolean plain() {
    return !troubled && kept.isEmpty() && lane.plain() && !checkpointDue(now());
  }

  private void run() {
    while (!closed || !end()) {
      try {
        serve();
      } catch (RuntimeException | Error e) {
        // Even telling of a failure has failed, for want of memory perhaps. What is unanswered is
        // left to the next turn.
        LockSupport.parkNanos(this, NAP_NANOS);
      }
    }
  }

  private void serve() {
    long patience;
    boolean more;
    turns.lock();
    try {
      called = false;
      idle = turn() > 0 ? 0 : idle + 1;
      more = !batch.isEmpty() || queued() >= MOST_AT_ONCE;
      patience = patience();
    } finally {
      turns.unlock();
    }
    if (!more) {
      rest(patience);
    }
  }

  private void rest(long patience) {
    boolean nap = idle < NAPS_BEFORE_SLEEP || !queue.isEmpty();
    asleep = !nap;
    // Who came before the flag was set woke nobody, so look once more; and a wait for a lock may
    // have taken the waking.
    boolean empty = queue.isEmpty();
    if ((nap || empty) && !called && !closed) {
      if (nap || patience > 0) {
        LockSupport.parkNanos(this, nap ? NAP_NANOS : patience);
      } else {
        LockSupport.park(this);
      }
    }
    asleep = false;
    // A stray interrupt would turn every further wait into a spin.
    Thread.interrupted();
  }

  /** In how many nanoseconds the own thread has something to do if nobody comes; 0 if never. */
  private long patience() {
    if (owing()) {
      return PATIENCE_NANOS;
    }
    if (checkpoints.isEmpty() || lane.size() == covered) {
      return 0;
    }
    return Math.max(troubled ? PATIENCE_NANOS : 1, untilCheckpoint(lastNanos));
  }

  /** A clock that throws stands still, and holds up neither records nor closing. */
  private long now() {
    try {
      lastRead = nanoTime.getAsLong();
    } catch (RuntimeException e) {
      return lastRead;
    }
    return lastRead;
  }

  private boolean owing() {
    return unforced || !kept.isEmpty();
  }

  private boolean checkpointDue(long now) {
    return checkpoints.isPresent() && lane.size() != covered && untilCheckpoint(now) <= 0;
  }

  private long untilCheckpoint(long now) {
    return overdue || lane.size() - covered >= MOST_RECORDS ? 0 : uncoveredSince + MOST_NANOS - now;
  }

  /** One batch, written and answered; returns how many entries it had. */
  private int turn() {
    tell();
    long now = now();
    boolean patient = now - lastNanos < PATIENCE_NANOS;
    boolean checkpoint = checkpointDue(now) && !(troubled && patient);
    boolean force = checkpoint || (owing() && !patient);
    // Who comes from now on is not refused with them.
    drain();
    if (batch.isEmpty() && !force) {
      return 0;
    }
    int taken = 0;
    try {
      lane.begin();
      if (lane.full()) {
        lane.rotate();
        checkpoint = true;
      }
      boolean any = writeKept();
      force |= checkpoint || troubled;
      for (Entry entry : batch) {
        if (lane.pending() >= MOST_BYTES_AT_ONCE) {
          break;
        }
        taken++;
        if (entry.event != null) {
          lane.add(entry.event);
        }
        force |= entry.durable;
      }
      any |= lane.pending() > 0;
      write(force);
      // To have forced alone tells nothing about a full disk.
      troubled &= !any;
      written = taken;
    } catch (IOException | RuntimeException | Error e) {
      lane.rollback(e);
      refuse(taken == 0 ? batch.size() : taken, e);
      return taken;
    }
    crowded = taken >= CROWD;
    tell();
    if (checkpoint) {
      checkpoint();
    }
    return taken;
  }

  /**
   * A turn that ends in the middle, for want of stack perhaps, loses nothing and doubles nothing.
   */
  // Two records may be equal.
  @SuppressWarnings("ReferenceEquality")
  private void drain() {
    int moved = 0;
    try {
      Entry next = queue.peek();
      while (next != null && batch.size() < MOST_AT_ONCE) {
        if (next != batch.peekLast()) {
          batch.add(next);
        }
        queue.poll();
        moved++;
        next = queue.peek();
      }
    } finally {
      room.release(moved);
    }
  }

  /** Returns whether there was anything to write. When it throws, what fitted is written. */
  private boolean writeKept() throws IOException {
    boolean any = !kept.isEmpty();
    int most = Math.min(MOST_AT_ONCE, kept.size());
    while (!kept.isEmpty()) {
      try {
        int count = 0;
        for (AuditEvent event : kept) {
          if (count == most || lane.pending() >= MOST_BYTES_AT_ONCE) {
            break;
          }
          lane.add(event);
          count++;
        }
        lane.write();
        commit();
        unforced = true;
        for (; count > 0; count--) {
          kept.removeFirst();
        }
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

  private void write(boolean force) throws IOException {
    boolean more = lane.pending() > 0;
    if (more) {
      lane.write();
    }
    if (force) {
      lane.force();
    }
    if (more) {
      commit();
    }
    if (force || !unforced) {
      lastNanos = now();
    }
    unforced = !force && (unforced || more);
  }

  private void commit() {
    if (lane.size() == covered) {
      uncoveredSince = now();
    }
    lane.commit();
  }

  /** Tells who waits for what is written, which must not be written again. */
  private void tell() {
    for (; written > 0; written--) {
      Entry entry = batch.element();
      CompletableFuture<Told> told = entry.told;
      if (told != null) {
        boolean asks = entry.event == null && entry.durable;
        told.complete(asks ? new Told(lane.head(), null) : Told.WRITTEN);
      }
      batch.remove();
    }
  }

  /** Who waits is refused and his event forgotten; what was accepted before is kept. */
  private void refuse(int most, Throwable failure) {
    troubled = true;
    lastNanos = now();
    Told refused = Told.refused(failure);
    for (int i = 0; i < most; i++) {
      Entry entry = batch.element();
      if (entry.told != null) {
        entry.told.complete(refused);
      } else if (entry.event != null) {
        kept.addLast(entry.event);
      }
      batch.remove();
    }
  }

  private void checkpoint() {
    LaneHead head = lane.head();
    overdue = false;
    covered = head.size();
    if (covered > 0) {
      checkpoints.ifPresent(maker -> maker.ask(head));
    }
  }

  /** Ends the lane if nothing is left in the queue; returns whether. */
  private boolean end() {
    turns.lock();
    try {
      ended = queue.isEmpty() && batch.isEmpty();
      if (ended) {
        finish();
      }
      return ended;
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
      checkpoint();
    } catch (IOException | RuntimeException | Error e) {
      lane.rollback(e);
      endFailure = failure(e);
    }
  }

  private IOException failure(Throwable e) {
    String why = Reasons.of(e);
    return kept.isEmpty() ? new IOException(why) : new LostRecordsException(why, List.copyOf(kept));
  }

  /** Tells that checkpoints that could not be made may be possible now. */
  void nudge() {
    checkpoints.ifPresent(CheckpointThread::nudge);
  }

  /** Closes it, and returns what was accepted and could not be written. */
  List<AuditEvent> surrender() {
    try {
      close();
    } catch (IOException e) {
      // What it says is in what is returned.
    }
    return List.copyOf(kept);
  }

  /** After closing: ends what still waits for a signature. */
  void abandon() {
    checkpoints.ifPresent(CheckpointThread::abandon);
  }

  /** How many events wait for the next batch. */
  int queued() {
    return capacity - room.availablePermits();
  }

  /** Takes nothing more, writes and forces what it has taken, and ends the thread. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    wake();
    awaitEnd();
    checkpoints.ifPresent(CheckpointThread::close);
    try (lane) {
      IOException failure = endFailure;
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
