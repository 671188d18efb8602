package dev.enclave.emulators.internal.gcp.kms.model;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.security.SecureRandom;

/** What signatures are made of ("Key purposes and algorithms", "Digital signatures"). */
public final class Signatures {

  private Signatures() {}

  /**
   * Signs. ECDSA signatures are DER-encoded (RFC 3279 §2.2.3) and may have a high s; a PSS salt is
   * as long as the digest (resources.proto, CryptoKeyVersionAlgorithm); Ed25519 is pure.
   *
   * @param input a digest, or the message for Ed25519
   */
  public static byte[] sign(Algorithm algorithm, Material key, byte[] input, SecureRandom random) {
    if (key instanceof EcMaterial ec) {
      return ec.sign(input, random).der();
    }
    if (key instanceof EdwardsMaterial edwards) {
      return edwards.sign(EdwardsMaterial.Variant.PURE, input);
    }
    RsaMaterial rsa = (RsaMaterial) key;
    return algorithm.pss()
        ? rsa.signPss(algorithm.hash(), input, random)
        : rsa.signPkcs1(algorithm.hash(), input, random);
  }
}
