package dev.enclave.auditlog.stream;

import dev.enclave.auditlog.records.LogLine;
import dev.enclave.auditlog.records.RecordChain;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Gives an output the records of a chain of its own, one at a time and in their order. DURABLE and
 * BUFFERED are the same here: when {@link #append} returns, the output has taken the record. A
 * record it refuses is not part of the chain. Thread-safe.
 */
public final class OutputAuditSink implements AuditSink {

  private final AuditOutput output;
  private final RecordChain chain;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  /**
   * @param random names the chain
   */
  public OutputAuditSink(AuditOutput output, RandomGenerator random) {
    this.output = output;
    this.chain = new RecordChain(random);
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    if (lock.isHeldByCurrentThread()) {
      // An appender that uses keys would put a record between a record and its hash.
      throw new IOException("it was called from within itself");
    }
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the audit output has been closed");
      }
      chain.encode(event);
      output.write(event, LogLine.of(chain.array(), chain.size() - 1));
      chain.commit();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves the output as it is: it is not only ours. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
