package dev.enclave.testkit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.record.RecordStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What the contracts of a store are told of it. */
public interface RecordStoreUnderTest {

  /**
   * Opens the store under test: each time another instance over the same records, as another
   * process does. The contracts close it.
   */
  RecordStore open() throws Exception;

  /** Removes a record that is there, past Enclave, as an administrator does. */
  void remove(KeyName name) throws Exception;

  /** A call with as much time as a store needs that 100 threads write to. */
  CallContext call();

  /** How many names a page has at most; 500 if the store says nothing, as one without pages. */
  default int perPage() {
    return RecordListingContract.MANY;
  }

  /** A name that nothing else uses. */
  default KeyName freshName() {
    byte[] unique = new byte[10];
    new SecureRandom().nextBytes(unique);
    return KeyName.of("record-" + HexFormat.of().formatHex(unique));
  }

  /** A content that says so. */
  default Bytes content(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
