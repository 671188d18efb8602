package dev.enclave.emulators.internal.gcp.common;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import java.util.zip.CRC32C;

/**
 * CRC32C (RFC 3720 §B.4) as the API's integrity fields have it: "a non-negative integer, which will
 * never exceed 2^32-1".
 */
public final class Crc32c {

  private Crc32c() {}

  public static Int64Value of(ByteString data) {
    CRC32C crc = new CRC32C();
    data.asReadOnlyByteBufferList().forEach(crc::update);
    return Int64Value.of(crc.getValue());
  }

  /**
   * service.proto: "KeyManagementService will report an error if the checksum verification fails."
   *
   * @param field what the checksum is of, for the error
   * @return what the field {@code verified_…_crc32c} says
   */
  public static boolean verify(
      String field, ByteString data, boolean present, Int64Value checksum) {
    if (present && !of(data).equals(checksum)) {
      throw GcpFailure.invalid(
          "The checksum in field "
              + field
              + "_crc32c did not match the data in field "
              + field
              + ".");
    }
    return present;
  }
}
