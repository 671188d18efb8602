package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.kit.kek.Wrapped;
import java.io.IOException;
import java.util.Optional;

/** What the records of a {@link RecordBackend} show in the clear. */
public final class SealedKeys {

  private SealedKeys() {}

  /** The wrapped data key of a record, not authenticated; none if it is no such record. */
  public static Optional<Wrapped> dataKeyOf(Bytes record) {
    try {
      return Optional.of(SealedRecord.parse(record).dataKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
