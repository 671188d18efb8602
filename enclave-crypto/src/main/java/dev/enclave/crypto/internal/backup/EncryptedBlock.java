package dev.enclave.crypto.internal.backup;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.ObjectId;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.UsageException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PKCS7Padding;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * EncryptedPrivateKeyInfo (RFC 5958 §3) under PBES2 (RFC 8018 §6.2) with AES-256-CBC, the scheme
 * that every reader of encrypted PKCS#8 knows. It does not authenticate; what is inside must.
 */
record EncryptedBlock(PasswordDerivation derivation, Bytes iv, Bytes ciphertext) {

  static final int IV_LENGTH = 16;

  /**
   * Reads a block.
   *
   * @throws UsageException for a scheme that is not supported
   */
  static EncryptedBlock parse(byte[] der) throws DerException {
    DerReader outer = new DerReader(der);
    DerReader info = outer.sequence();
    outer.end();
    DerReader identifier = info.sequence();
    String scheme = ObjectId.read(identifier);
    if (!scheme.equals(ObjectId.PBES2)) {
      throw InvalidBackups.unsupported(ObjectId.name(scheme));
    }
    DerReader parameters = identifier.sequence();
    identifier.end();
    DerReader derivation = parameters.sequence();
    DerReader cipher = parameters.sequence();
    parameters.end();
    // The cipher first: it is what OpenSSL's options choose, so what a message should name.
    Bytes iv = readIv(cipher);
    PasswordDerivation parsed = PasswordDerivation.parse(derivation);
    byte[] ciphertext = info.octetString();
    info.end();
    if (ciphertext.length == 0 || ciphertext.length % IV_LENGTH != 0) {
      throw new DerException(Texts.NOT_WHOLE_BLOCKS.with());
    }
    return new EncryptedBlock(parsed, iv, Bytes.of(ciphertext));
  }

  private static Bytes readIv(DerReader cipher) throws DerException {
    String id = ObjectId.read(cipher);
    if (!id.equals(ObjectId.AES_256_CBC)) {
      throw InvalidBackups.unsupported(Texts.PBES2_AND.with(ObjectId.name(id)));
    }
    byte[] iv = cipher.octetString();
    cipher.end();
    if (iv.length != IV_LENGTH) {
      throw new DerException(Texts.VECTOR_LENGTH.with(iv.length));
    }
    return Bytes.of(iv);
  }

  /** Encrypts {@code plaintext}. */
  static EncryptedBlock encrypt(
      PasswordDerivation derivation, byte[] key, Bytes iv, byte[] plaintext) {
    byte[] padded = new byte[(plaintext.length / IV_LENGTH + 1) * IV_LENGTH];
    try {
      int length = run(true, key, iv, plaintext, padded);
      return new EncryptedBlock(derivation, iv, Bytes.of(Arrays.copyOf(padded, length)));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption found a wrong padding");
    }
  }

  /** The plaintext, which the caller overwrites; none when the padding is wrong. */
  Optional<byte[]> decrypt(byte[] key) {
    byte[] buffer = new byte[ciphertext.size() + IV_LENGTH];
    try {
      int length = run(false, key, iv, ciphertext.toByteArray(), buffer);
      return Optional.of(Arrays.copyOf(buffer, length));
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    } finally {
      Arrays.fill(buffer, (byte) 0);
    }
  }

  private static int run(boolean encrypt, byte[] key, Bytes iv, byte[] in, byte[] out)
      throws InvalidCipherTextException {
    PaddedBufferedBlockCipher cipher =
        new PaddedBufferedBlockCipher(
            CBCBlockCipher.newInstance(BouncyCastle.aes()), new PKCS7Padding());
    cipher.init(encrypt, new ParametersWithIV(new KeyParameter(key), iv.toByteArray()));
    int done = cipher.processBytes(in, 0, in.length, out, 0);
    return done + cipher.doFinal(out, done);
  }

  byte[] encode() {
    byte[] cipher =
        DerWriter.sequence(
            ObjectId.encode(ObjectId.AES_256_CBC), DerWriter.octetString(iv.toByteArray()));
    return DerWriter.sequence(
        DerWriter.sequence(
            ObjectId.encode(ObjectId.PBES2), DerWriter.sequence(derivation.encode(), cipher)),
        DerWriter.octetString(ciphertext.toByteArray()));
  }
}
