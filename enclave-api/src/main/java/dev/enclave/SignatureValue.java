package dev.enclave;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A signature and the exact key version that made it.
 *
 * @param bytes the signature, laid out as {@code encoding} says
 * @param encoding the layout
 * @param algorithm the scheme
 * @param key the key that signed
 * @param version the version that signed; verification is against this one alone
 * @param recoveryId secp256k1 only: 0 to 3, which of the candidate public keys is the signer's (SEC
 *     1 §4.1.6), after the low-s flip
 * @param traceId the provider's own id of the request, as its own log records it
 */
public record SignatureValue(
    Bytes bytes,
    SignatureEncoding encoding,
    KeyAlgorithm algorithm,
    KeyHandle key,
    KeyVersionId version,
    OptionalInt recoveryId,
    Optional<String> traceId) {

  /** A fresh copy of the signature's bytes. */
  public byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /**
   * The same signature in another encoding.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the algorithm does not have it
   */
  public SignatureValue as(SignatureEncoding wanted) {
    return wanted == encoding
        ? this
        : new SignatureValue(
            PublicKeyEngine.get().convert(bytes, algorithm, encoding, wanted),
            wanted,
            algorithm,
            key,
            version,
            recoveryId,
            traceId);
  }
}
