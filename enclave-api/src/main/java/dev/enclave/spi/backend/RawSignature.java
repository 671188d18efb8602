package dev.enclave.spi.backend;

import dev.enclave.Bytes;
import dev.enclave.KeyVersionId;
import dev.enclave.SignatureEncoding;
import java.util.Optional;

/**
 * A signature as the provider gave it; the engine converts, flips to low-s and verifies.
 *
 * @param value the signature
 * @param encoding its layout
 * @param version the version the provider says it used, not the one it was asked for
 * @param providerRequestId the provider's id of the request, if it gave one
 */
public record RawSignature(
    Bytes value,
    SignatureEncoding encoding,
    KeyVersionId version,
    Optional<String> providerRequestId) {

  /** A signature by an answer without an id. */
  public static RawSignature of(Bytes value, SignatureEncoding encoding, KeyVersionId version) {
    return new RawSignature(value, encoding, version, Optional.empty());
  }

  /** The same laid out otherwise. */
  public RawSignature withValue(Bytes other) {
    return new RawSignature(other, encoding, version, providerRequestId);
  }

  /** The same by another version. */
  public RawSignature withVersion(KeyVersionId other) {
    return new RawSignature(value, encoding, other, providerRequestId);
  }

  /** The same by an answer with this id. */
  public RawSignature withProviderRequestId(Optional<String> id) {
    return new RawSignature(value, encoding, version, id);
  }
}
