package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.util.Optional;

/**
 * What a store said of a key.
 *
 * @param record none if there is no such key
 * @param at when the store was asked, by {@link TimeSource#nanoTime}
 */
record Found(Optional<StoredRecord> record, long at) {

  static Found in(RecordStore store, KeyName name, CallContext call, TimeSource time)
      throws BackendFailure {
    long at = time.nanoTime();
    return new Found(store.find(name, call), at);
  }
}
