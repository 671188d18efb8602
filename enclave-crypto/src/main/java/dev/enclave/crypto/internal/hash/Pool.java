package dev.enclave.crypto.internal.hash;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Objects kept for reuse that one thread at a time may use. Lock-free, and without thread-locals,
 * which would keep one object for each of many virtual threads. Who took an object and saw it fail
 * does not put it back.
 */
public final class Pool<T> {

  private static final int SLOTS = 16;

  private final AtomicReferenceArray<@Nullable T> free = new AtomicReferenceArray<>(SLOTS);

  /** An object that nobody else has now; null when there is none. */
  public @Nullable T take() {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      int slot = (start + i) % SLOTS;
      if (free.get(slot) != null) {
        T taken = free.getAndSet(slot, null);
        if (taken != null) {
          return taken;
        }
      }
    }
    return null;
  }

  /** Keeps {@code object} for the next one who asks, unless there are enough. */
  public void put(T object) {
    int start = start();
    for (int i = 0; i < SLOTS; i++) {
      if (free.compareAndSet((start + i) % SLOTS, null, object)) {
        return;
      }
    }
  }

  public void clear() {
    for (int i = 0; i < SLOTS; i++) {
      free.set(i, null);
    }
  }

  /** Threads begin at different slots, so that they seldom meet. */
  private static int start() {
    return (int) (Thread.currentThread().getId() % SLOTS);
  }
}
