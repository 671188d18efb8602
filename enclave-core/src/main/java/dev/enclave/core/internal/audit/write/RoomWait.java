package dev.enclave.core.internal.audit.write;

import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where threads wait for room in a full queue. */
final class RoomWait {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Offers until the queue is no longer full.
   *
   * @throws InterruptedIOException when the thread is interrupted; nothing has been put then
   */
  EventQueue.Answer put(EventQueue queue, Object item) throws InterruptedIOException {
    waiting.incrementAndGet();
    try {
      lock.lockInterruptibly();
      try {
        EventQueue.Answer answer = queue.offer(item);
        while (answer == EventQueue.Answer.FULL) {
          room.await();
          answer = queue.offer(item);
        }
        return answer;
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the audit log's queue was full");
    } finally {
      waiting.decrementAndGet();
    }
  }

  int waiting() {
    return waiting.get();
  }

  /** Tells, after places were given up or the queue was closed. */
  void tell() {
    if (waiting.get() > 0) {
      lock.lock();
      try {
        room.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
