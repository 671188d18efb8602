package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.signature.RsaPadding;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;

/** An RSA key that wraps (RSAES-OAEP, RFC 8017 §7.1). */
public record RsaWrappingMaterial(RsaKey key) implements KeyMaterial.Wrapping {

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
  public Bytes wrap(SecretBytes dataKey) {
    OAEPEncoding cipher = RsaPadding.oaep(new RSAEngine(), algorithm());
    cipher.init(true, new ParametersWithRandom(key.publicHalf(), key.random()));
    if (dataKey.size() == 0 || dataKey.size() > cipher.getInputBlockSize()) {
      throw Texts.WRAPS_UP_TO.as(
          ErrorCode.INVALID_ARGUMENT, algorithm(), cipher.getInputBlockSize(), dataKey.size());
    }
    try {
      return Bytes.of(dataKey.use(plain -> cipher.processBlock(plain, 0, plain.length)));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption checks no padding");
    }
  }

  @Override
  public SecretBytes unwrap(Bytes wrapped) {
    byte[] bytes = wrapped.toByteArray();
    if (bytes.length != algorithm().keyBits() / 8
        || new BigInteger(1, bytes).compareTo(key.publicHalf().getModulus()) >= 0) {
      throw AesGcm.corrupt();
    }
    OAEPEncoding cipher = RsaPadding.oaep(key.privateOperation(), algorithm());
    cipher.init(false, key.parameters());
    try {
      return SecretBytes.takeOver(cipher.processBlock(bytes, 0, bytes.length));
    } catch (InvalidCipherTextException e) {
      throw AesGcm.corrupt();
    } catch (IllegalStateException e) {
      throw RsaKey.faulty();
    }
  }

  @Override
  public void destroy() {
    key.destroy();
  }
}
