package dev.enclave.crypto.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;

/** Makes and reads key material of every algorithm. */
public final class Materials {

  private Materials() {}

  public static KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return switch (algorithm.family()) {
      case EDDSA -> EdDsaMaterial.generate(random);
      case ECDSA -> EcdsaMaterial.generate(algorithm, random);
      case RSA_PSS, RSA_PKCS1 -> new RsaSigningMaterial(RsaPrivateKey.generate(algorithm, random));
      case RSA_OAEP -> new RsaWrappingMaterial(RsaPrivateKey.generate(algorithm, random));
      case AES_GCM -> AesMaterial.generate(random);
    };
  }

  public static KeyMaterial decode(
      KeyAlgorithm algorithm, SecretBytes material, SecureRandom random) {
    byte[] encoded = material.exposeSecret();
    try {
      return switch (algorithm.family()) {
        case EDDSA -> EdDsaMaterial.decode(encoded);
        case ECDSA -> EcdsaMaterial.decode(algorithm, encoded);
        case RSA_PSS, RSA_PKCS1 ->
            new RsaSigningMaterial(RsaPrivateKey.decode(algorithm, encoded, random));
        case RSA_OAEP -> new RsaWrappingMaterial(RsaPrivateKey.decode(algorithm, encoded, random));
        case AES_GCM -> AesMaterial.decode(encoded, random);
      };
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
