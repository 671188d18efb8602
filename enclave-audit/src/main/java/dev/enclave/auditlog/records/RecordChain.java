package dev.enclave.auditlog.records;

import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A chain of records that one process makes and that is kept in no file of ours: its first record
 * names it by a random {@code detail.chain}. Used by one thread at a time.
 */
public final class RecordChain {

  /** In the first record of each chain. */
  public static final String CHAIN = "chain";

  private final String id;
  private final RecordEncoder encoder = new RecordEncoder();
  private byte[] hash = HexFormat.of().parseHex(AuditRecords.GENESIS);
  private byte[] nextHash = hash;
  private long sequence;

  public RecordChain(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    this.id = HexFormat.of().formatHex(bytes);
  }

  /**
   * Makes the next record, which {@link #commit} makes part of the chain.
   *
   * @throws IOException when the event has no record
   */
  public void encode(AuditEvent event) throws IOException {
    AuditEvent whole = sequence == 0 ? naming(event) : event;
    RecordEncoder.requireWritable(whole);
    nextHash = hash.clone();
    encoder.clear();
    encoder.add(whole, sequence + 1, nextHash);
  }

  /** The next record, up to {@link #size()}, ended by LF. */
  public byte[] array() {
    return encoder.array();
  }

  public int size() {
    return encoder.size();
  }

  public void commit() {
    sequence++;
    hash = nextHash;
  }

  private AuditEvent naming(AuditEvent event) {
    Map<String, String> details = new TreeMap<>(event.details());
    details.put(CHAIN, id);
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
}
