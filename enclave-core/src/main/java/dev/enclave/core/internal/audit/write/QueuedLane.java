package dev.enclave.core.internal.audit.write;

import dev.enclave.core.internal.audit.checkpoint.Checkpointer;
import dev.enclave.core.internal.audit.file.LaneHead;
import dev.enclave.core.internal.audit.record.RecordEncoder;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A lane with a queue before it, which its own thread and those that wait for their records write.
 * An event that need not be durable is accepted when it has a place in the queue; a full queue
 * makes its threads wait. Thread-safe.
 */
final class QueuedLane implements AutoCloseable {

  /** Most events that are accepted and not yet handed to the operating system. */
  static final int CAPACITY = 4096;

  /** After so long a thread that waits for its record has the lane's thread look. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

  private final AuditLane lane;
  private final EventQueue queue;
  private final WriterSignal signal;
  private final RoomWait room = new RoomWait();
  private final Checkpointer checkpointer;
  private final LaneWriter writer;
  private final Thread thread;

  private QueuedLane(
      String name,
      AuditLane lane,
      int capacity,
      LongSupplier nanoTime,
      Checkpointer checkpointer,
      Duration longestWait) {
    this.lane = lane;
    this.checkpointer = checkpointer;
    this.queue = new EventQueue(capacity);
    this.signal =
        new WriterSignal(
            () -> queue.size() > capacity / 2, () -> queue.size() == 0 && !queue.closed());
    this.writer =
        new LaneWriter(lane, queue, signal, room, nanoTime, checkpointer, longestWait.toNanos());
    this.thread = new Thread(null, writer, "enclave-audit-" + name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
  }

  /**
   * Starts the thread.
   *
   * @param name of the lane, for the thread's name
   * @param capacity of the queue, a power of two
   * @param nanoTime tells when unforced records are due
   * @param checkpointer puts the lane into checkpoints
   */
  static QueuedLane start(
      String name, AuditLane lane, int capacity, LongSupplier nanoTime, Checkpointer checkpointer) {
    return start(name, lane, capacity, nanoTime, checkpointer, LONGEST_WAIT);
  }

  /**
   * The same.
   *
   * @param longestWait after so long a thread that waits for its record has the lane's thread look
   */
  static QueuedLane start(
      String name,
      AuditLane lane,
      int capacity,
      LongSupplier nanoTime,
      Checkpointer checkpointer,
      Duration longestWait) {
    QueuedLane queued = new QueuedLane(name, lane, capacity, nanoTime, checkpointer, longestWait);
    queued.thread.start();
    return queued;
  }

  void append(AuditEvent event, Durability durability) throws IOException {
    RecordEncoder.requireWritable(event);
    if (durability == Durability.BUFFERED && !writer.troubled()) {
      put(event);
      signal.raise();
    } else {
      await(Receipt.of(event, durability == Durability.DURABLE));
    }
  }

  /** Returns when the operating system has what was accepted before. */
  void flush() throws IOException {
    await(Receipt.mark());
  }

  /** What was accepted before, all of it on the disk for good. */
  LaneHead forced() throws IOException {
    Receipt receipt = Receipt.ofHead();
    put(receipt);
    return receipt.awaitHead(writer);
  }

  private void await(Receipt receipt) throws IOException {
    put(receipt);
    receipt.await(writer);
  }

  private void put(Object item) throws IOException {
    EventQueue.Answer answer = queue.offer(item);
    if (answer == EventQueue.Answer.FULL) {
      signal.raiseUrgently();
      answer = room.put(queue, item);
    }
    if (answer == EventQueue.Answer.CLOSED) {
      throw new IOException("the audit log has been closed");
    }
  }

  /** Tells that checkpoints that could not be made may be possible now. */
  void nudge() {
    checkpointer.nudge();
  }

  /** Closes it, and returns what was accepted and could not be written. */
  List<AuditEvent> surrender() {
    try {
      close();
    } catch (IOException e) {
      // What it says is in what is returned.
    }
    return writer.unwritten();
  }

  /** After closing: ends what still waits for a signature. */
  void abandon() {
    checkpointer.abandon();
  }

  /** How many threads wait for room. */
  int blocked() {
    return room.waiting();
  }

  /** How many events are in the queue. */
  long queued() {
    return queue.size();
  }

  /** Takes nothing more, writes and forces what it has taken, and ends the thread. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (queue.closed()) {
      return;
    }
    queue.close();
    room.tell();
    signal.raiseUrgently();
    awaitEnd();
    checkpointer.close();
    try (lane) {
      IOException failure = writer.endFailure();
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
