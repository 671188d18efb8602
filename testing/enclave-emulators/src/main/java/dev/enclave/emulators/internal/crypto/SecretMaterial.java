package dev.enclave.emulators.internal.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.Wrapper;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC3394WrapEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** A secret key, for AES or HMAC. */
public final class SecretMaterial implements Material {

  private static final int TAG_BITS = 128;
  private static final int NONCE_BYTES = 12;

  private final KeyParameter key;

  private SecretMaterial(byte[] key) {
    this.key = new KeyParameter(key);
  }

  /** A new key of {@code length} bytes. */
  public static SecretMaterial generate(int length, SecureRandom random) {
    byte[] key = new byte[length];
    random.nextBytes(key);
    return new SecretMaterial(key);
  }

  /** The key that {@code bytes} are. */
  public static SecretMaterial of(byte[] bytes) {
    return new SecretMaterial(bytes);
  }

  /** In bytes. */
  public int length() {
    return key.getKeyLength();
  }

  /** AES-GCM: nonce, ciphertext, tag. */
  public byte[] seal(byte[] plaintext, byte[] associatedData, SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(true, new AEADParameters(key, TAG_BITS, nonce, associatedData));
    byte[] sealed = new byte[NONCE_BYTES + cipher.getOutputSize(plaintext.length)];
    System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
    int written = cipher.processBytes(plaintext, 0, plaintext.length, sealed, NONCE_BYTES);
    try {
      cipher.doFinal(sealed, NONCE_BYTES + written);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("Encryption cannot fail a tag check.");
    }
    return sealed;
  }

  /** The plaintext; empty if anything was changed. */
  public Optional<byte[]> open(byte[] sealed, byte[] associatedData) {
    if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
    GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(false, new AEADParameters(key, TAG_BITS, nonce, associatedData));
    int length = sealed.length - NONCE_BYTES;
    byte[] plaintext = new byte[cipher.getOutputSize(length)];
    try {
      int written = cipher.processBytes(sealed, NONCE_BYTES, length, plaintext, 0);
      cipher.doFinal(plaintext, written);
      return Optional.of(plaintext);
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    }
  }

  /** AES key wrap (RFC 3394) of a multiple of eight bytes. */
  public byte[] wrap(byte[] plaintext) {
    return wrap(new RFC3394WrapEngine(AESEngine.newInstance()), plaintext);
  }

  /** What was wrapped; empty if it was not with this key. */
  public Optional<byte[]> unwrap(byte[] wrapped) {
    return unwrap(new RFC3394WrapEngine(AESEngine.newInstance()), wrapped);
  }

  /** AES key wrap with padding (RFC 5649). */
  public byte[] wrapPadded(byte[] plaintext) {
    return wrap(new RFC5649WrapEngine(AESEngine.newInstance()), plaintext);
  }

  /** What was wrapped with padding; empty if it was not with this key. */
  public Optional<byte[]> unwrapPadded(byte[] wrapped) {
    return unwrap(new RFC5649WrapEngine(AESEngine.newInstance()), wrapped);
  }

  private byte[] wrap(Wrapper engine, byte[] plaintext) {
    engine.init(true, key);
    return engine.wrap(plaintext, 0, plaintext.length);
  }

  private Optional<byte[]> unwrap(Wrapper engine, byte[] wrapped) {
    engine.init(false, key);
    try {
      return Optional.of(engine.unwrap(wrapped, 0, wrapped.length));
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    }
  }

  /** AES-CBC (SP 800-38A) of whole blocks, or padded (RFC 5652 §6.3). */
  public byte[] encryptCbc(byte[] plaintext, byte[] iv, boolean padded) {
    try {
      return cbc(true, plaintext, iv, padded);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("Encryption cannot fail a check of padding.");
    }
  }

  /** The plaintext; empty if it was not padded so. */
  public Optional<byte[]> decryptCbc(byte[] ciphertext, byte[] iv, boolean padded) {
    try {
      return Optional.of(cbc(false, ciphertext, iv, padded));
    } catch (InvalidCipherTextException | DataLengthException e) {
      return Optional.empty();
    }
  }

  private byte[] cbc(boolean encrypts, byte[] input, byte[] iv, boolean padded)
      throws InvalidCipherTextException {
    BlockCipher mode = CBCBlockCipher.newInstance(AESEngine.newInstance());
    BufferedBlockCipher cipher =
        padded ? new PaddedBufferedBlockCipher(mode) : new DefaultBufferedBlockCipher(mode);
    cipher.init(encrypts, new ParametersWithIV(key, iv));
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int written = cipher.processBytes(input, 0, input.length, output, 0);
    written += cipher.doFinal(output, written);
    return Arrays.copyOf(output, written);
  }

  /** HMAC (RFC 2104). */
  public byte[] mac(Hash hash, byte[] message) {
    HMac mac = new HMac(hash.engine());
    mac.init(key);
    mac.update(message, 0, message.length);
    byte[] tag = new byte[mac.getMacSize()];
    mac.doFinal(tag, 0);
    return tag;
  }

  @Override
  public byte[] fingerprint() {
    return Hash.SHA_256.of(key.getKey());
  }
}
