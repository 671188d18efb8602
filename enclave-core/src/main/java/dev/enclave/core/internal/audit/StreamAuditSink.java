package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.merkle.Sha256;
import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
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

  /** In the first record of each chain. */
  static final String CHAIN = "chain";

  private final OutputStream out;
  private final String chain;
  private final RecordEncoder encoder = new RecordEncoder(Sha256.create());
  private byte[] hash = HexFormat.of().parseHex(AuditRecords.GENESIS);
  private long sequence;
  private boolean torn;
  private boolean closed;

  StreamAuditSink(OutputStream out, RandomGenerator random) {
    this.out = out;
    byte[] id = new byte[16];
    random.nextBytes(id);
    this.chain = HexFormat.of().formatHex(id);
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
    AuditEvent whole = sequence == 0 ? naming(event) : event;
    RecordEncoder.requireWritable(whole);
    byte[] next = hash.clone();
    encoder.clear();
    encoder.add(whole, sequence + 1, next);
    write();
    sequence++;
    hash = next;
  }

  private void write() throws IOException {
    boolean before = torn;
    torn = true;
    if (before) {
      out.write('\n');
    }
    out.write(encoder.array(), 0, encoder.size());
    out.flush();
    torn = false;
  }

  private AuditEvent naming(AuditEvent event) {
    Map<String, String> details = new TreeMap<>(event.details());
    details.put(CHAIN, chain);
    return new AuditEvent(
        event.operationId(),
        event.phase(),
        event.at(),
        event.operation(),
        event.caller(),
        event.key(),
        event.version(),
        event.backend(),
        event.result(),
        event.errorCode(),
        event.providerRequestId(),
        event.duration(),
        details);
  }

  /** Leaves the stream open: it is not only ours. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    out.flush();
  }
}
