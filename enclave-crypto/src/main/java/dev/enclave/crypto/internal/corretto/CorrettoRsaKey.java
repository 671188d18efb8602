package dev.enclave.crypto.internal.corretto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.bouncycastle.RsaKey;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.RawRsa;
import dev.enclave.spi.SecretBytes;
import java.security.PrivateKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/**
 * An RSA private key in native memory; the padding is ours. No record: that would show its key, and
 * hash it, which leaves a copy on the heap.
 */
final class CorrettoRsaKey implements RsaKey {

  private final PublicKeyInfo info;
  private final RSAKeyParameters publicHalf;
  private final SecureRandom random;
  private final OffHeapSecret encoded;
  private final PrivateKey key;
  private final CipherPool operation;

  CorrettoRsaKey(
      PublicKeyInfo info,
      RSAKeyParameters publicHalf,
      SecureRandom random,
      OffHeapSecret encoded,
      PrivateKey key,
      CipherPool operation) {
    this.info = info;
    this.publicHalf = publicHalf;
    this.random = random;
    this.encoded = encoded;
    this.key = key;
    this.operation = operation;
  }

  @Override
  public PublicKeyInfo info() {
    return info;
  }

  @Override
  public RSAKeyParameters publicHalf() {
    return publicHalf;
  }

  @Override
  public SecureRandom random() {
    return random;
  }

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
