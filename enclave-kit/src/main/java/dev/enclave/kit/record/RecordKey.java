package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.crypto.DataKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.kit.record.SealedRecord.Section;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;

/**
 * The data key of a record, open, with the head that it seals under. It is of one key of one store,
 * and of no other. Thread-safe.
 */
final class RecordKey implements AutoCloseable {

  /** Its record without any section. */
  private final SealedRecord empty;

  private final DataKey dataKey;
  private final long openedAt;
  private volatile boolean closed;

  private RecordKey(SealedRecord empty, DataKey dataKey, long openedAt) {
    this.empty = empty;
    this.dataKey = dataKey;
    this.openedAt = openedAt;
  }

  /**
   * That of a record, from its unwrapped data key, which stays the caller's.
   *
   * @throws IOException when the record is sealed under another
   */
  static RecordKey of(SealedRecord record, SecretBytes raw, long openedAt) throws IOException {
    DataKey dataKey;
    try {
      dataKey = DataKey.of(raw);
    } catch (EnclaveException e) {
      throw new IOException("no data key");
    }
    if (!record.head().bytes(record.dataKey(), dataKey.commitment()).equals(record.headBytes())) {
      dataKey.close();
      throw new IOException("another data key");
    }
    return new RecordKey(record.with(List.of()), dataKey, openedAt);
  }

  /** When unwrapping it began. */
  long openedAt() {
    return openedAt;
  }

  /** Whether a record is sealed under this key, and under the same head. */
  boolean opens(SealedRecord record) {
    return empty.headBytes().equals(record.headBytes());
  }

  /** The data key as the record has it. */
  Wrapped wrapped() {
    return empty.dataKey();
  }

  /** A record of sections that this key sealed. */
  SealedRecord record(List<Section> sections) {
    return empty.with(sections);
  }

  /**
   * Seals a section under a fresh nonce.
   *
   * @throws SupersededException after {@link #close()}
   */
  Section seal(String label, byte[] content, SecureRandom random) throws SupersededException {
    byte[] nonce = new byte[SealedRecord.NONCE];
    random.nextBytes(nonce);
    try {
      Bytes associatedData = Section.associatedData(empty.headBytes(), label);
      return new Section(
          label, Bytes.of(nonce), dataKey.encrypt(Bytes.of(nonce), associatedData, content));
    } catch (EnclaveException e) {
      throw new SupersededException();
    }
  }

  /**
   * Opens a section; the caller overwrites it if it is secret.
   *
   * @throws IOException when a byte of it was changed, or it is of another record
   * @throws SupersededException after {@link #close()}
   */
  byte[] open(Section section) throws IOException, SupersededException {
    try {
      Bytes associatedData = Section.associatedData(empty.headBytes(), section.label());
      return dataKey.decrypt(section.nonce(), associatedData, section.ciphertext());
    } catch (EnclaveException e) {
      if (e.code() == ErrorCode.CLOSED) {
        throw new SupersededException();
      }
      throw new IOException("a section was changed");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Overwrites the key. Idempotent. */
  @Override
  public void close() {
    closed = true;
    dataKey.close();
  }

  @Override
  public String toString() {
    return "RecordKey[" + wrapped().kek() + "]";
  }
}
