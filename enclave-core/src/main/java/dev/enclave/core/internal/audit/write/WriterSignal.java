package dev.enclave.core.internal.audit.write;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Wakes the one thread that serves a queue, as seldom as possible: waking costs the caller some
 * microseconds. A thread that waits briefly wakes by itself soon, so only what is urgent wakes it;
 * one that waits for work is woken by anything.
 */
final class WriterSignal {

  private enum State {
    RUNNING,
    BRIEF_WAIT,
    LONG_WAIT
  }

  private final BooleanSupplier crowded;
  private final BooleanSupplier empty;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private volatile boolean urgent;
  private volatile Thread waiter = Thread.currentThread();

  /**
   * @param crowded whether the queue is too full for a brief wait
   * @param empty whether there is nothing in it and nothing will come without a signal
   */
  WriterSignal(BooleanSupplier crowded, BooleanSupplier empty) {
    this.crowded = crowded;
    this.empty = empty;
  }

  /** Tells, after something was put in the queue, that somebody waits for it. */
  void raiseUrgently() {
    urgent = true;
    wake();
  }

  /**
   * Tells, after something was put in the queue, that it can wait as long as a brief wait lasts.
   */
  void raise() {
    State seen = state.get();
    if (seen == State.LONG_WAIT || (seen == State.BRIEF_WAIT && crowded.getAsBoolean())) {
      wake();
    }
  }

  private void wake() {
    if (state.compareAndSet(State.BRIEF_WAIT, State.RUNNING)
        || state.compareAndSet(State.LONG_WAIT, State.RUNNING)) {
      LockSupport.unpark(waiter);
    }
  }

  /** The thread that serves, before it looks into the queue: what was urgent will be seen. */
  void clear() {
    urgent = false;
  }

  /** The thread that serves: waits briefly, unless something is urgent. */
  void awaitBriefly(long nanos) {
    waiter = Thread.currentThread();
    state.set(State.BRIEF_WAIT);
    // A caller that came before the state was set woke nobody, so look once more.
    if (!urgent && !crowded.getAsBoolean()) {
      LockSupport.parkNanos(this, nanos);
    }
    resume();
  }

  /**
   * The thread that serves: waits for anything.
   *
   * @param nanos how long at most; 0 for ever
   */
  void await(long nanos) {
    waiter = Thread.currentThread();
    state.set(State.LONG_WAIT);
    if (!urgent && empty.getAsBoolean()) {
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else {
        LockSupport.park(this);
      }
    }
    resume();
  }

  private void resume() {
    state.set(State.RUNNING);
    // A stray interrupt would turn every further wait into a spin.
    Thread.interrupted();
  }
}
