package dev.enclave.gcp.internal.calls;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.enclave.spi.BackendFailure;
import java.util.zip.CRC32C;

/**
 * Checksums of Cloud KMS: CRC32C (RFC 3720 §12.1), as an unsigned number in a 64-bit field ("Verify
 * end-to-end data integrity", Cloud KMS documentation).
 */
public final class Checksums {

  private Checksums() {}

  /** For a request. */
  public static Int64Value of(ByteString bytes) {
    return Int64Value.of(crc32c(bytes));
  }

  private static long crc32c(ByteString bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    return crc.getValue();
  }

  /**
   * Checks a field of an answer; one without a checksum is not believed either.
   *
   * @param present whether the answer has a checksum of it
   */
  public static void require(String field, ByteString bytes, boolean present, Int64Value checksum)
      throws BackendFailure {
    if (!present) {
      throw GcpRefusals.wrongAnswer("there was no checksum of " + field);
    }
    if (checksum.getValue() != crc32c(bytes)) {
      throw GcpRefusals.wrongAnswer(field + " is damaged: its checksum is another");
    }
  }

  /** Checks that the service has got a field of the request as it was sent. */
  public static void requireVerified(String field, boolean verified) throws BackendFailure {
    if (!verified) {
      throw GcpRefusals.wrongAnswer("it did not say that " + field + " came undamaged");
    }
  }
}
