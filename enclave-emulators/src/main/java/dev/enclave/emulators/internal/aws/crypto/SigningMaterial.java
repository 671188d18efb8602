package dev.enclave.emulators.internal.aws.crypto;

import java.security.SecureRandom;

/** A key pair. */
public sealed interface SigningMaterial extends Material
    permits EcMaterial, EdwardsMaterial, RsaMaterial {

  /** The public key as DER-encoded SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
  byte[] publicKey();

  /**
   * Signs.
   *
   * @param algorithm one of the key spec's
   * @param input a hash of the algorithm's length; for Ed25519 the message itself
   */
  byte[] sign(String algorithm, byte[] input, SecureRandom random);

  /** Whether {@code signature} is one over {@code input}, which is as in {@link #sign}. */
  boolean verify(String algorithm, byte[] input, byte[] signature);

  @Override
  default byte[] fingerprint() {
    return Hash.SHA_256.of(publicKey());
  }
}
