package dev.enclave.crypto.internal.corretto;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.bouncycastle.EdDsaMaterial;
import dev.enclave.crypto.internal.engine.Signatory;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.EdDsaVerifier;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.function.Function;
import javax.security.auth.DestroyFailedException;

/**
 * Signs by signature objects of ACCP. Nonces of ECDSA come from AWS-LC's generator of random bits.
 */
final class CorrettoSigner implements Signatory {

  private final PrivateKey key;
  private final SignaturePool pool;
  private final Function<SigningInput, byte[]> toBeSigned;
  private final Function<byte[], byte[]> whenTooLong;

  private CorrettoSigner(
      PrivateKey key,
      SignaturePool pool,
      Function<SigningInput, byte[]> toBeSigned,
      Function<byte[], byte[]> whenTooLong) {
    this.key = key;
    this.pool = pool;
    this.toBeSigned = toBeSigned;
    this.whenTooLong = whenTooLong;
  }

  static CorrettoSigner ecdsa(CorrettoProvider corretto, PrivateKey key, KeyAlgorithm algorithm) {
    return new CorrettoSigner(
        key,
        corretto.signing(CorrettoProvider.ECDSA, key),
        input -> Digests.of(input, algorithm),
        digest -> digest);
  }

  /**
   * @param pkcs8 for messages that are too long for the provider
   */
  static CorrettoSigner ed25519(CorrettoProvider corretto, PrivateKey key, OffHeapSecret pkcs8) {
    return new CorrettoSigner(
        key,
        corretto.signing(CorrettoProvider.ED25519, key),
        EdDsaVerifier::message,
        message -> signByBouncyCastle(pkcs8, message));
  }

  private static byte[] signByBouncyCastle(OffHeapSecret pkcs8, byte[] message) {
    EdDsaMaterial material = pkcs8.use(EdDsaMaterial::decode);
    try {
      return material.sign(message);
    } finally {
      material.destroy();
    }
  }

  @Override
  public Bytes sign(SigningInput input) {
    byte[] data = toBeSigned.apply(input);
    try {
      return Bytes.of(
          data.length > CorrettoProvider.LONGEST_MESSAGE
              ? whenTooLong.apply(data)
              : pool.sign(data));
    } catch (GeneralSecurityException e) {
      throw Texts.CORRETTO_DID_NOT_SIGN.as(
          ErrorCode.KEY_DATA_CORRUPT, e.getClass().getSimpleName());
    }
  }

  @Override
  public void destroy() {
    pool.clear();
    destroy(key);
  }

  /** Frees the native memory, which AWS-LC overwrites. */
  static void destroy(PrivateKey key) {
    if (key.isDestroyed()) {
      return;
    }
    try {
      key.destroy();
    } catch (DestroyFailedException e) {
      throw new IllegalStateException("keys of Corretto can be destroyed");
    }
  }
}
