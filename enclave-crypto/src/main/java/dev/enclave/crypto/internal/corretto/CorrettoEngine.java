package dev.enclave.crypto.internal.corretto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.bouncycastle.BouncyCastleEngine;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.KeyMemory;
import dev.enclave.crypto.internal.signature.EcdsaVerifier;
import dev.enclave.crypto.internal.signature.EdDsaVerifier;
import dev.enclave.crypto.internal.signature.RsaVerifier;
import dev.enclave.internal.PublicKeyEngine;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;

/**
 * P-256, P-384, P-521, Ed25519 and RSA by the Amazon Corretto Crypto Provider, that is AWS-LC. What
 * AWS-LC does not take, such as an RSA key with a large public exponent, goes to Bouncy Castle,
 * which says what is wrong with it or holds it.
 */
final class CorrettoEngine implements AlgorithmEngine {

  private final AlgorithmEngine bouncyCastle = new BouncyCastleEngine();
  private final CorrettoProvider corretto;
  private final CorrettoKeys keys;

  CorrettoEngine(Provider provider) {
    this.corretto = new CorrettoProvider(provider);
    this.keys = new CorrettoKeys(corretto);
  }

  @Override
  public String name() {
    return corretto.name();
  }

  @Override
  public KeyMemory memory(KeyAlgorithm algorithm) {
    return algorithm != SigningAlgorithm.ED25519 || keys.loadsEd25519Natively()
        ? KeyMemory.NATIVE
        : KeyMemory.NATIVE_ONCE_LOADED;
  }

  @Override
  public KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    try {
      return keys.generate(algorithm, random);
    } catch (DerException | GeneralSecurityException | RuntimeException refused) {
      return bouncyCastle.generate(algorithm, random);
    }
  }

  @Override
  public KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
    try {
      return keys.decode(algorithm, encoded, random);
    } catch (DerException | GeneralSecurityException | RuntimeException refused) {
      return bouncyCastle.decode(algorithm, encoded, random);
    }
  }

  @Override
  public PublicKeyEngine.Verifier verifier(PublicKeyInfo info) {
    try {
      PublicKey key = corretto.importPublic(info);
      return switch (info.algorithm().family()) {
        case ECDSA -> ecdsa(info.algorithm(), key);
        case EDDSA -> ed25519(info, key);
        default -> RsaVerifier.of(info, corretto.publicOperation(key));
      };
    } catch (GeneralSecurityException | RuntimeException refused) {
      return bouncyCastle.verifier(info);
    }
  }

  private PublicKeyEngine.Verifier ecdsa(KeyAlgorithm algorithm, PublicKey key) {
    SignaturePool pool = corretto.verifying(CorrettoProvider.ECDSA, key);
    return new EcdsaVerifier(
        algorithm,
        (digest, value) ->
            pool.verify(digest, value.write(algorithm.defaultEncoding()).toByteArray()));
  }

  private PublicKeyEngine.Verifier ed25519(PublicKeyInfo info, PublicKey key) {
    SignaturePool pool = corretto.verifying(CorrettoProvider.ED25519, key);
    EdDsaVerifier.Check large = EdDsaVerifier.of(info).check();
    return new EdDsaVerifier(
        (message, signature) ->
            message.length > CorrettoProvider.LONGEST_MESSAGE
                ? large.matches(message, signature)
                : pool.verify(message, signature));
  }
}
