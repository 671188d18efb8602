package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.KeyMemory;
import dev.enclave.crypto.internal.signature.EcdsaVerifier;
import dev.enclave.crypto.internal.signature.EdDsaVerifier;
import dev.enclave.crypto.internal.signature.RsaVerifier;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.internal.PublicKeyEngine;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/**
 * Every algorithm on Bouncy Castle's lightweight API, which asks no JCA provider for anything. The
 * provider class is asked for its version alone. Stateless.
 */
public final class BouncyCastleEngine implements AlgorithmEngine {

  @Override
  public String name() {
    return Texts.BOUNCY_CASTLE.with(BouncyCastle.version());
  }

  @Override
  public KeyMemory memory(KeyAlgorithm algorithm) {
    return KeyMemory.HEAP_IN_USE;
  }

  @Override
  public KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return switch (algorithm.family()) {
      case EDDSA -> EdDsaMaterial.generate(random);
      case ECDSA -> EcdsaMaterial.generate(algorithm, random);
      case RSA_PSS, RSA_PKCS1 -> new RsaSigningMaterial(RsaPrivateKey.generate(algorithm, random));
      case RSA_OAEP -> new RsaWrappingMaterial(RsaPrivateKey.generate(algorithm, random));
      case AES_GCM -> AesMaterial.generate(random);
    };
  }

  @Override
  public KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
    return switch (algorithm.family()) {
      case EDDSA -> EdDsaMaterial.decode(encoded);
      case ECDSA -> EcdsaMaterial.decode(algorithm, encoded);
      case RSA_PSS, RSA_PKCS1 ->
          new RsaSigningMaterial(RsaPrivateKey.decode(algorithm, encoded, random));
      case RSA_OAEP -> new RsaWrappingMaterial(RsaPrivateKey.decode(algorithm, encoded, random));
      case AES_GCM -> AesMaterial.decode(encoded, random);
    };
  }

  @Override
  public PublicKeyEngine.Verifier verifier(PublicKeyInfo key) {
    KeyAlgorithm algorithm = key.algorithm();
    return switch (algorithm.family()) {
      case ECDSA -> new EcdsaVerifier(algorithm, (ECPublicKeyParameters) parsed(key));
      case EDDSA -> EdDsaVerifier.of(key);
      default -> RsaVerifier.of(algorithm, (RSAKeyParameters) parsed(key));
    };
  }

  private static AsymmetricKeyParameter parsed(PublicKeyInfo key) {
    return PublicKeys.parse(key.spki().toByteArray(), key.algorithm());
  }
}
