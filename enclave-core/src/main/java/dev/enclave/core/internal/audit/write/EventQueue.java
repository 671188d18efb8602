package dev.enclave.core.internal.audit.write;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from many threads to one, first come, first served. Offering allocates nothing
 * and takes no lock. What the one reader has seen keeps its place until it is released.
 *
 * <p>A slot that is claimed and not yet filled is null; the reader stops there.
 */
final class EventQueue {

  enum Answer {
    TAKEN,
    FULL,
    CLOSED
  }

  /** Added to the tail, it makes every later claim see a negative position. */
  private static final long CLOSED_MARK = Long.MIN_VALUE;

  private final int capacity;
  private final AtomicReferenceArray<@Nullable Object> slots;
  private final AtomicLong tail = new AtomicLong();
  private volatile long head;
  // Claims below it need not ask how far the reader is, which would fetch its cache line each time.
  private volatile long limit;

  /**
   * @param capacity a power of two
   */
  EventQueue(int capacity) {
    this.capacity = capacity;
    this.slots = new AtomicReferenceArray<>(capacity);
    this.limit = capacity;
  }

  Answer offer(Object item) {
    long position;
    do {
      position = tail.get();
      if (position < 0) {
        return Answer.CLOSED;
      }
      if (position >= limit) {
        long reached = head + capacity;
        if (position >= reached) {
          return Answer.FULL;
        }
        limit = reached;
      }
    } while (!tail.compareAndSet(position, position + 1));
    // Volatile, so that the offering thread then sees whether the reader has gone to sleep.
    slots.set(index(position), item);
    return Answer.TAKEN;
  }

  /** From now on nothing is taken. */
  void close() {
    tail.updateAndGet(end -> end < 0 ? end : end + CLOSED_MARK);
  }

  boolean closed() {
    return tail.get() < 0;
  }

  /** How many places are in use, the claimed and not yet filled ones too. */
  long size() {
    return (tail.get() & ~CLOSED_MARK) - head;
  }

  /** Reader only: how many items can be read, {@code most} at most. */
  int ready(int most) {
    int end = Math.min(most, capacity);
    int count = 0;
    while (count < end && slots.get(index(head + count)) != null) {
      count++;
    }
    return count;
  }

  /** Reader only: one of those that are ready, the oldest is number 0. */
  Object peek(int number) {
    Object item = slots.get(index(head + number));
    if (item == null) {
      throw new IllegalStateException("nothing is ready at " + number);
    }
    return item;
  }

  /** Reader only: the oldest that somebody waits for, of those that are ready. */
  Optional<Receipt> waiting(int most) {
    int ready = ready(most);
    for (int i = 0; i < ready; i++) {
      if (peek(i) instanceof Receipt waiting) {
        return Optional.of(waiting);
      }
    }
    return Optional.empty();
  }

  /** Reader only: gives up the places of the oldest. */
  void release(int count) {
    long first = head;
    for (int i = 0; i < count; i++) {
      slots.lazySet(index(first + i), null);
    }
    head = first + count;
  }

  private int index(long position) {
    return (int) position & (capacity - 1);
  }
}
