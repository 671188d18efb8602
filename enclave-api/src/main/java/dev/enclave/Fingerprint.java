package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;

/**
 * SHA-256 of a public key's DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
 *
 * @param value the 32-byte hash
 */
public record Fingerprint(Bytes value) {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code value} is not 32 bytes
   */
  public Fingerprint {
    if (value.size() != 32) {
      throw Texts.FINGERPRINT_LENGTH.as(ErrorCode.INVALID_ENCODING, value.size());
    }
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return value.toHex();
  }
}
