package dev.enclave.core.internal.audit.write;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Wakes the one thread that serves a queue, as seldom as possible: waking costs the waker some
 * microseconds. A thread that naps wakes by itself soon, so only the urgent wakes it; one that
 * sleeps is woken by anything.
 */
final class Doorbell {

  private enum Mood {
    AWAKE,
    NAPPING,
    ASLEEP
  }

  private final BooleanSupplier crowded;
  private final BooleanSupplier empty;
  private final AtomicReference<Mood> mood = new AtomicReference<>(Mood.AWAKE);
  private volatile boolean pressed;
  private volatile Thread sleeper = Thread.currentThread();

  /**
   * @param crowded whether the queue is so full that a nap is out of place
   * @param empty whether there is nothing in it and nothing will come in silence
   */
  Doorbell(BooleanSupplier crowded, BooleanSupplier empty) {
    this.crowded = crowded;
    this.empty = empty;
  }

  /** Tells, after something was put in the queue, that somebody waits for it. */
  void ringUrgently() {
    pressed = true;
    wake();
  }

  /** Tells, after something was put in the queue, that it can wait a nap long. */
  void ring() {
    Mood seen = mood.get();
    if (seen == Mood.ASLEEP || (seen == Mood.NAPPING && crowded.getAsBoolean())) {
      wake();
    }
  }

  private void wake() {
    if (mood.compareAndSet(Mood.NAPPING, Mood.AWAKE)
        || mood.compareAndSet(Mood.ASLEEP, Mood.AWAKE)) {
      LockSupport.unpark(sleeper);
    }
  }

  /** The thread that serves, before it looks into the queue: what is urgent is seen to. */
  void answer() {
    pressed = false;
  }

  /** The thread that serves: waits a nap long, unless something is urgent. */
  void nap(long nanos) {
    sleeper = Thread.currentThread();
    mood.set(Mood.NAPPING);
    // Who came before the mood was set has woken nobody, so look once more.
    if (!pressed && !crowded.getAsBoolean()) {
      LockSupport.parkNanos(this, nanos);
    }
    rise();
  }

  /**
   * The thread that serves: waits for anything.
   *
   * @param nanos how long at most; 0 for ever
   */
  void sleep(long nanos) {
    sleeper = Thread.currentThread();
    mood.set(Mood.ASLEEP);
    if (!pressed && empty.getAsBoolean()) {
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else {
        LockSupport.park(this);
      }
    }
    rise();
  }

  private void rise() {
    mood.set(Mood.AWAKE);
    // A stray interrupt would turn every further wait into a spin.
    Thread.interrupted();
  }
}
