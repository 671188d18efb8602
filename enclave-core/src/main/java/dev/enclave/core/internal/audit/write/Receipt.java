package dev.enclave.core.internal.audit.write;

import dev.enclave.core.internal.audit.file.LaneHead;
import dev.enclave.core.internal.audit.record.Reasons;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A place in the queue whose thread waits for what becomes of it. Without an event it only marks a
 * place: it is done when all before it is written.
 */
final class Receipt {

  private enum State {
    OPEN,
    DONE,
    REFUSED
  }

  private final @Nullable AuditEvent event;
  private final boolean durable;
  private final boolean wantsHead;
  private final Thread waiter = Thread.currentThread();
  private @Nullable Throwable failure;
  private @Nullable LaneHead head;
  private volatile State state = State.OPEN;
  private volatile boolean promoted;

  private Receipt(@Nullable AuditEvent event, boolean durable, boolean wantsHead) {
    this.event = event;
    this.durable = durable;
    this.wantsHead = wantsHead;
  }

  static Receipt of(AuditEvent event, boolean durable) {
    return new Receipt(event, durable, false);
  }

  static Receipt mark() {
    return new Receipt(null, false, false);
  }

  /** Done when all before it is on the disk for good; tells what that is. */
  static Receipt ofHead() {
    return new Receipt(null, true, true);
  }

  Optional<AuditEvent> event() {
    return Optional.ofNullable(event);
  }

  boolean durable() {
    return durable;
  }

  /** Whether it is not yet known what becomes of it. */
  boolean open() {
    return state == State.OPEN;
  }

  /** Has the thread that waits see to it itself. */
  void promote() {
    promoted = true;
    LockSupport.unpark(waiter);
  }

  void done(AuditLane lane) {
    if (wantsHead) {
      try {
        head = lane.head();
      } catch (RuntimeException | Error e) {
        // Of this one alone: the others are in the log.
        refuse(e);
        return;
      }
    }
    state = State.DONE;
    LockSupport.unpark(waiter);
  }

  void refuse(Throwable why) {
    failure = why;
    state = State.REFUSED;
    LockSupport.unpark(waiter);
  }

  /**
   * Waits. An interrupt does not end it, since the event may be on its way to the disk; the
   * thread's interrupt status is kept.
   *
   * @param writer is asked to see to it, again whenever it is this thread's turn
   * @throws IOException when the event was refused; it is not in the log then
   */
  void await(LaneWriter writer) throws IOException {
    writer.see(this);
    boolean interrupted = false;
    while (open()) {
      if (promoted) {
        promoted = false;
        writer.see(this);
      } else {
        interrupted |= waitToBeTold(writer);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (state == State.REFUSED) {
      throw refusal();
    }
  }

  /**
   * Parks. Whose turn it is may be a thread that gets no processor, or that ran out of memory in
   * the middle; who has waited for long has the lane's own thread look.
   *
   * @return whether the thread was interrupted
   */
  private boolean waitToBeTold(LaneWriter writer) {
    long began = System.nanoTime();
    LockSupport.parkNanos(this, writer.longestWaitNanos());
    boolean interrupted = Thread.interrupted();
    if (open() && !promoted && System.nanoTime() - began >= writer.longestWaitNanos()) {
      writer.insist();
    }
    return interrupted;
  }

  /** Waits for what is on the disk for good. */
  LaneHead awaitHead(LaneWriter writer) throws IOException {
    await(writer);
    return Objects.requireNonNull(head);
  }

  private IOException refusal() {
    Throwable why = failure;
    return why instanceof IOException
        ? new IOException(Reasons.of(why))
        : new IOException(
            "the writer failed with " + (why == null ? "" : why.getClass().getName()));
  }
}
