package dev.enclave.testkit.firstday;

import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;

/** Verification by somebody who has public keys and no backend. */
final class Verification {

  private Verification() {}

  // region verification
  /** By the one key of a PEM file. */
  static boolean byPem(String pem, byte[] document, byte[] signature) {
    PublicKeyInfo key = PublicKeyInfo.fromPem(pem, SigningAlgorithm.ECDSA_P256_SHA256);
    return SignatureVerifier.of(key).verify(Message.of(document), signature, SignatureEncoding.DER);
  }

  /** By any key of a JWK set: the versions of a key, rotated ones included. */
  static boolean byJwks(String jwks, byte[] document, byte[] signature) {
    return PublicKeySet.fromJwks(jwks)
        .verify(Message.of(document), signature, SignatureEncoding.DER);
  }
  // endregion
}
