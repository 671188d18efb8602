package dev.enclave.crypto.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyEngine;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;

/**
 * P-256, P-384, P-521, Ed25519 and RSA by the Amazon Corretto Crypto Provider, that is AWS-LC. Keys
 * are made, read and checked by Bouncy Castle's side and then imported. What AWS-LC does not take,
 * such as an RSA key with a large public exponent, stays with Bouncy Castle.
 */
final class CorrettoEngine implements AlgorithmEngine {

  private final AlgorithmEngine bouncyCastle = new BouncyCastleEngine();
  private final CorrettoProvider corretto;

  CorrettoEngine(Provider provider) {
    this.corretto = new CorrettoProvider(provider);
  }

  @Override
  public String name() {
    return corretto.name();
  }

  @Override
  public KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return adopt(bouncyCastle.generate(algorithm, random));
  }

  @Override
  public KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
    return adopt(bouncyCastle.decode(algorithm, encoded, random));
  }

  private KeyMaterial adopt(KeyMaterial checked) {
    SecretBytes encoded = checked.encode();
    try {
      PrivateKey key = corretto.importPrivate(checked.algorithm(), encoded);
      KeyMaterial adopted = adopt(checked, encoded, key);
      checked.destroy();
      return adopted;
    } catch (GeneralSecurityException | RuntimeException refused) {
      encoded.close();
      return checked;
    }
  }

  private KeyMaterial adopt(KeyMaterial checked, SecretBytes encoded, PrivateKey key)
      throws GeneralSecurityException {
    KeyAlgorithm algorithm = checked.algorithm();
    if (checked instanceof RsaSigningMaterial rsa) {
      return new RsaSigningMaterial(CorrettoRsaKey.of(rsa.key(), encoded, corretto, key));
    } else if (checked instanceof RsaWrappingMaterial rsa) {
      return new RsaWrappingMaterial(CorrettoRsaKey.of(rsa.key(), encoded, corretto, key));
    }
    return new ImportedMaterial(
        algorithm,
        checked.publicKey().orElseThrow(),
        encoded,
        algorithm == KeyAlgorithm.ED25519
            ? CorrettoSigner.ed25519(corretto, key, encoded)
            : CorrettoSigner.ecdsa(corretto, key, algorithm));
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
