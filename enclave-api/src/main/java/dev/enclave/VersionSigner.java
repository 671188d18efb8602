package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/**
 * A signing key pinned to one of its versions: for what names the version before it signs, as the
 * header of a JSON Web Signature does. It signs with that version or not at all, and no more once
 * the version is replaced ({@link SigningKey#signer(java.time.Duration)} allows for a moment).
 * Thread-safe.
 */
public interface VersionSigner {

  /** The version. */
  KeyVersionId version();

  /**
   * The version's {@code kid}, as in {@link SigningKey#publicKeys}: the key's name, a slash and the
   * version's id, such as {@code issuer/3}. At most 117 characters of ASCII.
   */
  String keyId();

  /** The scheme; its {@link KeyAlgorithm#joseName} is the header's {@code alg}. */
  SigningAlgorithm algorithm();

  /** The version's public key. */
  PublicKeyInfo publicKey();

  /** Signs with default options. */
  default SignatureValue sign(SigningInput input) {
    return sign(input, SignOptions.defaults());
  }

  /**
   * As {@link SigningKey#sign(SigningInput, SignOptions)}, with this version alone.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE} when the version is no longer active:
   *     ask {@link SigningKey#signer()} for another signer
   */
  SignatureValue sign(SigningInput input, SignOptions options);

  /**
   * The signature of a JSON Web Signature (RFC 7515 §5.1 step 5) in the layout of RFC 7518 §3 and
   * RFC 8037 §3.1.
   *
   * @param signingInput {@code ASCII(BASE64URL(header) || '.' || BASE64URL(payload))}
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_ALGORITHM} when JOSE has no name for the
   *     algorithm; as {@link #sign(SigningInput, SignOptions)}
   */
  byte[] signJws(byte[] signingInput);
}
