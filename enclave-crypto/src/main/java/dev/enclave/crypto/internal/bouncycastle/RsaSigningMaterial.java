package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.signature.RsaPadding;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.PSSSigner;

/** An RSA key that signs (RFC 8017 §8). */
public record RsaSigningMaterial(RsaKey key) implements KeyMaterial.Signing {

  @Override
  public KeyAlgorithm algorithm() {
    return key.algorithm();
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return Optional.of(key.info());
  }

  @Override
  public SecretBytes encode() {
    return key.encode();
  }

  @Override
  public Bytes sign(SigningInput input) {
    byte[] digest = Digests.of(input, algorithm());
    try {
      return Bytes.of(
          algorithm().family() == KeyAlgorithm.Family.RSA_PSS
              ? signPss(digest)
              : signPkcs1(digest));
    } catch (CryptoException | IllegalStateException e) {
      throw RsaKey.faulty();
    }
  }

  private byte[] signPss(byte[] digest) throws CryptoException {
    PSSSigner signer = RsaPadding.pss(key.privateOperation(), algorithm());
    signer.init(true, new ParametersWithRandom(key.parameters(), key.random()));
    signer.update(digest, 0, digest.length);
    return signer.generateSignature();
  }

  private byte[] signPkcs1(byte[] digest) throws InvalidCipherTextException {
    byte[] encoded = RsaPadding.pkcs1(digest, algorithm());
    AsymmetricBlockCipher rsa = key.privateOperation();
    rsa.init(true, key.parameters());
    return rsa.processBlock(encoded, 0, encoded.length);
  }

  @Override
  public void destroy() {
    key.destroy();
  }
}
