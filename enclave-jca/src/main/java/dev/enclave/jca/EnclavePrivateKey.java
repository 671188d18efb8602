package dev.enclave.jca;

import dev.enclave.KeyName;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/**
 * One version of a {@link SigningKey} as a JCA private key. The key itself stays in its backend:
 * {@link #getEncoded()} and {@link #getFormat()} are null, and the object cannot be serialized.
 * Immutable and thread-safe.
 *
 * <p>{@link #getAlgorithm()} is EC, EdDSA or RSA, and the object is a {@link
 * java.security.interfaces.ECKey}, an {@link java.security.interfaces.EdECPrivateKey} whose bytes
 * are absent, or a {@link java.security.interfaces.RSAKey}.
 *
 * <p>It is pinned to the version that was active when it was made, since who holds it holds that
 * version's public key or certificate beside it. It signs with that version or not at all: after a
 * rotation {@code Signature.sign} throws a {@code SignatureException} with {@link
 * ErrorCode#KEY_NOT_ACTIVE}, and {@link #of(SigningKey)} gives the key of the new version.
 */
public sealed interface EnclavePrivateKey extends PrivateKey permits OpaqueKey {

  /**
   * The version of {@code key} that is active now, with default options.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE} when there is none
   */
  static EnclavePrivateKey of(SigningKey key) {
    return of(key.signer());
  }

  /** The version that {@code signer} signs with, with default options. */
  static EnclavePrivateKey of(VersionSigner signer) {
    return of(signer, SignOptions.defaults());
  }

  /**
   * The version that {@code signer} signs with.
   *
   * @param options caller and deadline of every signature; its encoding is that of the {@code
   *     Signature}
   */
  static EnclavePrivateKey of(VersionSigner signer, SignOptions options) {
    PublicKey publicKey = signer.publicKey().toPublicKey();
    if (publicKey instanceof ECPublicKey ec) {
      return new OpaqueKey.Ec(signer, options, ec);
    }
    return publicKey instanceof RSAPublicKey rsa
        ? new OpaqueKey.Rsa(signer, options, rsa)
        : new OpaqueKey.Ed(signer, options, publicKey);
  }

  /** The name of the {@link SigningKey}. */
  KeyName keyName();

  /** The version's id as {@code kid}, as {@link VersionSigner#keyId()} gives it. */
  String keyId();

  /** The scheme, which fixes the hash too. */
  SigningAlgorithm signingAlgorithm();

  /** The version's public key. */
  PublicKey publicKey();

  /** This key with its public key. */
  default KeyPair keyPair() {
    return new KeyPair(publicKey(), this);
  }
}
