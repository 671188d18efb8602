package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** What one thread at a time does with a key, and others wait for until their deadline. */
public final class KeyLock {

  private final ReentrantLock lock = new ReentrantLock();
  private final String doing;
  private final KeyName name;
  private final BackendId backend;

  /**
   * Nobody's yet.
   *
   * @param doing what is done, as in {@code reading}
   */
  public KeyLock(String doing, KeyName name, BackendId backend) {
    this.doing = doing;
    this.name = name;
    this.backend = backend;
  }

  /**
   * Waits for the turn.
   *
   * @throws ConnectivityException when the deadline passes first, or the thread is interrupted
   */
  public void take(Deadline deadline) {
    try {
      // At once if it is free: an interrupted thread may do what needs no waiting.
      if (lock.tryLock()) {
        return;
      }
      // The lock waits by the machine's clock, and the deadline need not go by that one.
      while (!deadline.passed()) {
        if (lock.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED_AT_KEY.as(ErrorCode.INTERRUPTED, doing, name);
    }
    throw Texts.KEY_BUSY.as(ErrorCode.DEADLINE_EXCEEDED, doing, name, backend);
  }

  /** Ends the turn, by the thread whose it is. */
  public void end() {
    lock.unlock();
  }
}
