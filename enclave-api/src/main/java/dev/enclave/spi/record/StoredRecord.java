package dev.enclave.spi.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;

/**
 * A record as a store had it at one moment.
 *
 * @param name the key it belongs to
 * @param revision names this content among all contents the record has had; the store's own text,
 *     compared for equality alone
 * @param content what was written, byte for byte
 */
public record StoredRecord(KeyName name, String revision, Bytes content) {

  /** A record that was read or written. */
  public static StoredRecord of(KeyName name, String revision, Bytes content) {
    return new StoredRecord(name, revision, content);
  }
}
