package dev.enclave.auditlog.stream;

import dev.enclave.auditlog.records.RecordChain;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.random.RandomGenerator;

/**
 * Writes hash-chained records to a stream, a line each, for places without a disk. Each process
 * writes a chain of its own, whose first record names it by a random {@code detail.chain}; others'
 * lines may stand between, since each record names the hash of the one before it.
 *
 * <p>DURABLE and BUFFERED are the same here: when {@link #append} returns, the operating system has
 * the line. Whether whoever reads the stream keeps it, nobody can say. A refused record may be in
 * the stream in part; the next line then begins anew and takes its place in the chain. Thread-safe.
 */
public final class StreamAuditSink implements AuditSink {

  private final OutputStream out;
  private final RecordChain chain;
  private boolean torn;
  private boolean closed;

  /**
   * @param out stays open when the sink is closed
   * @param random names the chain
   */
  public StreamAuditSink(OutputStream out, RandomGenerator random) {
    this.out = out;
    this.chain = new RecordChain(random);
  }

  /** The process's own standard output, whatever {@code System.out} has been set to. */
  public static StreamAuditSink standardOutput(RandomGenerator random) {
    return new StreamAuditSink(new FileOutputStream(FileDescriptor.out), random);
  }

  @Override
  public synchronized void append(AuditEvent event, Durability durability) throws IOException {
    if (closed) {
      throw new IOException("the audit log has been closed");
    }
    chain.encode(event);
    write();
    chain.commit();
  }

  private void write() throws IOException {
    boolean before = torn;
    torn = true;
    if (before) {
      out.write('\n');
    }
    out.write(chain.array(), 0, chain.size());
    out.flush();
    torn = false;
  }

  /** Leaves the stream open: it is not only ours. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    out.flush();
  }
}
