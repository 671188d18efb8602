package dev.enclave.emulators.internal.crypto;

/** A key pair. */
public sealed interface SigningMaterial extends Material
    permits EcMaterial, EdwardsMaterial, RsaMaterial {

  /** The public key as DER-encoded SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
  byte[] publicKey();

  /** The private key as DER-encoded PrivateKeyInfo (RFC 5958 §2). */
  byte[] privateKey();

  @Override
  default byte[] fingerprint() {
    return Hash.SHA_256.of(publicKey());
  }
}
