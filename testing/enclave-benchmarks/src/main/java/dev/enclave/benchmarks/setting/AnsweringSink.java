package dev.enclave.benchmarks.setting;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes nothing: a thread answers whoever waits, all that have come together. What any log costs
 * that makes its callers wait for another thread, whatever that does.
 */
final class AnsweringSink implements AuditSink {

  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
  private final Thread answering = new Thread(this::answer, "enclave-benchmark-answers");
  private volatile boolean asleep;
  private volatile boolean closed;

  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private volatile boolean answered;
  }

  AnsweringSink() {
    answering.setDaemon(true);
    answering.start();
  }

  @Override
  public void append(AuditEvent event, Durability durability) {
    Waiter waiter = new Waiter();
    waiters.add(waiter);
    if (asleep) {
      LockSupport.unpark(answering);
    }
    while (!waiter.answered) {
      LockSupport.park(this);
    }
  }

  private void answer() {
    while (!closed) {
      Waiter waiter = waiters.poll();
      if (waiter != null) {
        waiter.answered = true;
        LockSupport.unpark(waiter.thread);
      } else {
        asleep = true;
        if (waiters.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(answering);
  }
}
