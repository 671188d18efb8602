package dev.enclave.emulators.internal.aws.crypto;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EcdsaSignature;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial.Variant;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.KeyUnwrapping;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.security.SecureRandom;
import java.util.Optional;

/** What is computed under KMS's names of algorithms. */
public final class Algorithms {

  private Algorithms() {}

  /**
   * KMS API Reference, Sign: MessageType: "Signing algorithms that end in SHA_256 use the SHA_256
   * hashing algorithm", and so on.
   */
  public static Hash hashOf(String algorithm) {
    for (Hash hash : Hash.values()) {
      if (algorithm.endsWith(hash.name())) {
        return hash;
      }
    }
    throw new IllegalArgumentException("Algorithm " + algorithm + " names no hash function.");
  }

  /**
   * Signs. KMS API Reference, Sign: Signature: of ECDSA "a DER-encoded object" (RFC 3279 §2.2.3);
   * nothing promises a low s. Developer Guide, "Key spec reference", RSASSA_PSS: MGF1 with the hash
   * of the message, and a salt as long as that hash.
   *
   * @param algorithm one of the key spec's
   * @param input a hash of the algorithm's length; for Ed25519 the message itself
   */
  public static byte[] sign(
      SigningMaterial key, String algorithm, byte[] input, SecureRandom random) {
    if (key instanceof EcMaterial ec) {
      return ec.sign(input, random).der();
    }
    if (key instanceof EdwardsMaterial edwards) {
      return edwards.sign(variant(algorithm), input);
    }
    RsaMaterial rsa = (RsaMaterial) key;
    return algorithm.startsWith("RSASSA_PSS")
        ? rsa.signPss(hashOf(algorithm), input, random)
        : rsa.signPkcs1(hashOf(algorithm), input, random);
  }

  /** Whether {@code signature} is one over {@code input}, which is as in {@link #sign}. */
  public static boolean verify(
      SigningMaterial key, String algorithm, byte[] input, byte[] signature) {
    if (key instanceof EcMaterial ec) {
      return EcdsaSignature.ofDer(ec.curve(), signature)
          .filter(rs -> ec.verify(input, rs))
          .isPresent();
    }
    if (key instanceof EdwardsMaterial edwards) {
      return edwards.verify(variant(algorithm), input, signature);
    }
    RsaMaterial rsa = (RsaMaterial) key;
    return algorithm.startsWith("RSASSA_PSS")
        ? rsa.verifyPss(hashOf(algorithm), input, signature)
        : rsa.verifyPkcs1(hashOf(algorithm), input, signature);
  }

  /** ED25519_PH_SHA_512 hashes whatever it is given: a digest too. */
  private static Variant variant(String algorithm) {
    return algorithm.equals("ED25519_PH_SHA_512") ? Variant.PREHASHED : Variant.PURE;
  }

  /**
   * KMS Developer Guide, "Select a wrapping algorithm" and "Encrypt the key material": RSAES_OAEP
   * has the key material itself under RSA, RSA_AES_KEY_WRAP an AES key, and the key material under
   * that.
   *
   * @return the key material; empty if it was not wrapped by {@code algorithm} under {@code key}
   */
  public static Optional<byte[]> unwrap(RsaMaterial key, String algorithm, byte[] wrapped) {
    Hash hash = hashOf(algorithm);
    return algorithm.startsWith("RSAES_OAEP")
        ? key.decrypt(hash, wrapped)
        : KeyUnwrapping.rsaAes(key, hash, wrapped);
  }
}
