package dev.enclave.auditlog.write;

import dev.enclave.auditlog.checkpoint.CheckpointMaker;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.records.RecordEncoder;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
 * does: waking another thread and being woken by it costs about as much as a short fsync. Only the
 * plain batches: what may be disturbed by an interrupt, or takes long, is left to the own thread,
 * which nothing ends but closing. Whatever goes wrong is the failure of those events. Thread-safe.
 */
final class LaneWriter implements AutoCloseable {

  /** Most events that are accepted and not yet handed to the operating system. */
  static final int CAPACITY = 4096;

  /**
   * A checkpoint is made every so many records, and so long after a record that is in none, besides
   * those after a start and at the end. So a forger who takes a machine over finds little that he
   * can rewrite, and a year of checkpoints stays below 40 MB, all of which is read when the log is
   * opened.
   */
  static final long MOST_RECORDS = 1 << 13;

  static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int MOST_AT_ONCE = 1024;
  private static final int MOST_BYTES_AT_ONCE = 1 << 20;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int NAPS_BEFORE_SLEEP = 50;

  /** So many events in one batch are a crowd, which the own thread serves without being woken. */
  private static final int CROWD = 8;

  /** How long a written record may be unforced, and a failed write untried. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After so long a thread that waits for its record looks whether anybody is at it. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

  /** A place in the queue. Without an event it is done when all before it is written. */
  private static final class Entry {

    private final @Nullable AuditEvent event;
    private final boolean durable;
    private final @Nullable Thread waiter;
    private @Nullable Throwable failure;
    private LaneHead head = LaneHead.NONE;
    private volatile boolean answered;

    Entry(@Nullable AuditEvent event, boolean durable, @Nullable Thread waiter) {
      this.event = event;
      this.durable = durable;
      this.waiter = waiter;
    }

    /** Tells who waits, without allocating anything. */
    void answer(@Nullable Throwable why) {
      failure = why;
      answered = true;
      LockSupport.unpark(waiter);
    }
  }

  private final AuditLane lane;
  private final int capacity;
  private final LongSupplier nanoTime;
  private final Optional<CheckpointMaker> checkpoints;
  private final Duration longestWait;
  private final Thread thread;
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
  private final Semaphore room;
  // Who holds it serves the queue.
  final ReentrantLock turns = new ReentrantLock();
  private volatile boolean crowded;
  private volatile boolean troubled;
  private volatile boolean asleep;
  private volatile boolean closed;

  // From here on guarded by the lock.

  // What was accepted before a failure. While there is trouble nothing is accepted unwritten, so it
  // holds no more than the queue held then, and one event for each thread that was just putting
  // one.
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
      Optional<CheckpointMaker> checkpoints,
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
      CheckpointMaker checkpoints,
      long covered) {
    Optional<CheckpointMaker> maker = Optional.of(checkpoints);
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
      Optional<CheckpointMaker> checkpoints,
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
      if (asleep || queued() > capacity / 2) {
        LockSupport.unpark(thread);
      }
    }
  }

  /** Returns when the operating system has what was accepted before. */
  void flush() throws IOException {
    await(null, false);
  }

  /** What was accepted before, all of it on the disk for good. */
  LaneHead forced() throws IOException {
    return await(null, true).head;
  }

  /** Waits for room. */
  private void put(Entry entry) throws IOException {
    if (!room.tryAcquire()) {
      LockSupport.unpark(thread);
      try {
        room.acquire();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while the audit log's queue was full");
      }
    }
    if (closed) {
      throw closing();
    }
    enqueue(entry);
    if (closed && withdrawn(entry)) {
      throw closing();
    }
  }

  private void enqueue(Entry entry) {
    boolean queued = false;
    try {
      queued = queue.add(entry);
    } finally {
      if (!queued) {
        room.release();
      }
    }
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

  private static IOException closing() {
    return new IOException("the audit log has been closed");
  }

  /**
   * Waits for what becomes of it. An interrupt does not end that, since the event may be on its way
   * to the disk; the thread's interrupt status is kept.
   *
   * @throws IOException when the event was refused; it is not in the log then
   */
  private Entry await(@Nullable AuditEvent event, boolean durable) throws IOException {
    Entry entry = new Entry(event, durable, Thread.currentThread());
    put(entry);
    boolean interrupted = false;
    while (!entry.answered) {
      lead(entry);
      if (!entry.answered) {
        // Who should have told may get no processor, or have run out of memory in the middle.
        LockSupport.parkNanos(this, longestWait.toNanos());
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable why = entry.failure;
    if (why != null) {
      throw new IOException(
          why instanceof IOException
              ? Reasons.of(why)
              : "the writer failed with " + why.getClass().getName());
    }
    return entry;
  }

  /** A turn of a thread that waits, if nobody is at one; who is passes on when the lock is free. */
  private void lead(Entry own) {
    boolean left = crowded || !own.durable;
    if (!left && turns.tryLock()) {
      left = true;
      try {
        if (!ended && plain()) {
          // The own thread may sleep without an end where no checkpoint was to be made.
          boolean first = lane.size() == covered;
          turn();
          left = first || unforced || !plain();
        }
      } catch (RuntimeException | Error e) {
        // What is unanswered is still in the queue.
      } finally {
        turns.unlock();
      }
      if (!left) {
        passOn();
      }
    }
    if (left) {
      LockSupport.unpark(thread);
    }
  }

  /** After a turn: has the oldest who waits take the next one. */
  private void passOn() {
    Entry next = waiting();
    if (next != null) {
      LockSupport.unpark(next.waiter);
    }
  }

  /** The oldest that somebody waits for. */
  private @Nullable Entry waiting() {
    for (Entry entry : queue) {
      if (entry.waiter != null) {
        return entry;
      }
    }
    return null;
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
        // still in the queue.
        LockSupport.parkNanos(this, NAP_NANOS);
      }
    }
  }

  private void serve() {
    long patience;
    turns.lock();
    try {
      idle = turn() > 0 ? 0 : idle + 1;
      patience = patience();
    } finally {
      turns.unlock();
    }
    if (queued() < MOST_AT_ONCE && !(crowded && waiting() != null)) {
      passOn();
      rest(patience);
    }
  }

  private void rest(long patience) {
    if (idle < NAPS_BEFORE_SLEEP || !queue.isEmpty()) {
      LockSupport.parkNanos(this, NAP_NANOS);
    } else {
      asleep = true;
      // Who came before the flag was set woke nobody, and whoever closed may have woken a wait for
      // the lock, so look once more.
      if (queue.isEmpty() && !closed) {
        if (patience > 0) {
          LockSupport.parkNanos(this, patience);
        } else {
          LockSupport.park(this);
        }
      }
      asleep = false;
    }
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
    long now = now();
    boolean patient = now - lastNanos < PATIENCE_NANOS;
    boolean checkpoint = checkpointDue(now) && !(troubled && patient);
    boolean force = checkpoint || (owing() && !patient);
    if (queue.isEmpty() && !force) {
      return 0;
    }
    // Who comes while what is kept is tried again is not refused with it.
    int present = troubled ? queue.size() : MOST_AT_ONCE;
    int taken = 0;
    boolean done = false;
    try {
      lane.begin();
      if (lane.full()) {
        lane.rotate();
        checkpoint = true;
      }
      boolean written = writeKept();
      force |= checkpoint || troubled;
      Iterator<Entry> entries = queue.iterator();
      while (taken < MOST_AT_ONCE && lane.pending() < MOST_BYTES_AT_ONCE && entries.hasNext()) {
        Entry entry = entries.next();
        taken++;
        if (entry.event != null) {
          lane.add(entry.event);
        }
        force |= entry.durable;
      }
      written |= lane.pending() > 0;
      write(force);
      // To have forced alone tells nothing about a full disk.
      troubled &= !written;
      complete(taken);
      done = true;
    } catch (IOException | RuntimeException | Error e) {
      lane.rollback(e);
      refuse(taken == 0 ? present : taken, e);
    }
    crowded = taken >= CROWD;
    if (done && checkpoint) {
      checkpoint();
    }
    return taken;
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

  private void complete(int taken) {
    for (int i = 0; i < taken; i++) {
      Entry entry = queue.remove();
      try {
        entry.head = entry.event == null && entry.durable ? lane.head() : LaneHead.NONE;
        entry.answer(null);
      } catch (RuntimeException | Error e) {
        // Of this one alone: the others are in the log.
        entry.answer(e);
      }
    }
    room.release(taken);
  }

  /** Who waits is refused and his event forgotten; what was accepted before is kept. */
  private void refuse(int most, Throwable failure) {
    troubled = true;
    lastNanos = now();
    Entry entry = queue.peek();
    for (int i = 0; i < most && entry != null; i++) {
      if (entry.waiter == null && entry.event != null) {
        kept.addLast(entry.event);
      }
      entry.answer(failure);
      queue.remove();
      room.release();
      entry = queue.peek();
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
      ended = queue.isEmpty();
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
    checkpoints.ifPresent(CheckpointMaker::nudge);
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
    checkpoints.ifPresent(CheckpointMaker::abandon);
  }

  /** How many threads wait for room. */
  int blocked() {
    return room.getQueueLength();
  }

  /** How many places are in use: those that are being written, too. */
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
    // Whoever waits for room is told.
    room.release(Integer.MAX_VALUE / 2);
    LockSupport.unpark(thread);
    awaitEnd();
    checkpoints.ifPresent(CheckpointMaker::close);
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
