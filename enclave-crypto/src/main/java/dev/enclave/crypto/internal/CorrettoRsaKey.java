package dev.enclave.crypto.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.SecretBytes;
import java.security.PrivateKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/** An RSA private key in native memory; the padding is ours. */
record CorrettoRsaKey(
    PublicKeyInfo info,
    RSAKeyParameters publicHalf,
    SecureRandom random,
    OffHeapSecret encoded,
    PrivateKey key,
    CipherPool operation)
    implements RsaKey {

  @Override
  public KeyAlgorithm algorithm() {
    return info.algorithm();
  }

  @Override
  public AsymmetricBlockCipher privateOperation() {
    return new RawRsa(algorithm().keyBits(), operation);
  }

  @Override
  public RSAKeyParameters parameters() {
    return publicHalf;
  }

  @Override
  public SecretBytes encode() {
    return SecretBytes.takeOver(encoded.open());
  }

  @Override
  public void destroy() {
    operation.clear();
    CorrettoSigner.destroy(key);
    encoded.close();
  }
}
