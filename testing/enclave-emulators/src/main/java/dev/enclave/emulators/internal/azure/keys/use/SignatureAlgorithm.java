package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EcdsaSignature;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * "Key types, algorithms, and operations", SIGN/VERIFY (RFC 7518 §3): of ECDSA r and s one after
 * the other, each as long as the curve's order (§3.4); of PSS a salt as long as the hash (§3.5).
 * RSNULL is not served.
 */
public enum SignatureAlgorithm {
  ES256(Hash.SHA_256),
  ES256K(Hash.SHA_256),
  ES384(Hash.SHA_384),
  ES512(Hash.SHA_512),
  PS256(Hash.SHA_256),
  PS384(Hash.SHA_384),
  PS512(Hash.SHA_512),
  RS256(Hash.SHA_256),
  RS384(Hash.SHA_384),
  RS512(Hash.SHA_512);

  private final Hash hash;

  SignatureAlgorithm(Hash hash) {
    this.hash = hash;
  }

  /** The algorithm of that name, if it is served. */
  public static Optional<SignatureAlgorithm> named(String name) {
    return Arrays.stream(values()).filter(algorithm -> algorithm.name().equals(name)).findFirst();
  }

  int digestLength() {
    return hash.length();
  }

  /** The curve of its keys; empty for RSA. */
  public Optional<Curve> curve() {
    return switch (this) {
      case ES256 -> Optional.of(Curve.P_256);
      case ES256K -> Optional.of(Curve.SECP256K1);
      case ES384 -> Optional.of(Curve.P_384);
      case ES512 -> Optional.of(Curve.P_521);
      default -> Optional.empty();
    };
  }

  boolean fits(Material material) {
    return material instanceof EcMaterial ec
        ? curve().equals(Optional.of(ec.curve()))
        : material instanceof RsaMaterial && curve().isEmpty();
  }

  /** Signs with a key that fits. Nothing promises a low s. */
  public byte[] sign(Material material, byte[] digest, SecureRandom random) {
    if (material instanceof EcMaterial ec) {
      return ec.sign(digest, random).fixedWidth();
    }
    RsaMaterial rsa = (RsaMaterial) material;
    return pss() ? rsa.signPss(hash, digest, random) : rsa.signPkcs1(hash, digest, random);
  }

  boolean verify(Material material, byte[] digest, byte[] signature) {
    if (material instanceof EcMaterial ec) {
      return EcdsaSignature.ofFixedWidth(ec.curve(), signature)
          .filter(rs -> ec.verify(digest, rs))
          .isPresent();
    }
    RsaMaterial rsa = (RsaMaterial) material;
    return pss()
        ? rsa.verifyPss(hash, digest, signature)
        : rsa.verifyPkcs1(hash, digest, signature);
  }

  private boolean pss() {
    return name().startsWith("PS");
  }
}
