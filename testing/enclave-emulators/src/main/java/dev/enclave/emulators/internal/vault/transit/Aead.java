package dev.enclave.emulators.internal.vault.transit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** The ciphers of symmetric keys: nonce, ciphertext and tag, one after the other. */
final class Aead {

  private static final int TAG_BITS = 128;
  private static final int NONCE = 12;
  private static final int LONG_NONCE = 24;
  private static final int WORDS = 16;
  private static final int[] CONSTANT = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private Aead() {}

  static int nonceBytes(KeyType type) {
    return type == KeyType.XCHACHA20_POLY1305 ? LONG_NONCE : NONCE;
  }

  /** What Go's implementation says when the tag does not match. */
  static String failure(KeyType type) {
    return type == KeyType.AES128_GCM96 || type == KeyType.AES256_GCM96
        ? "cipher: message authentication failed"
        : "chacha20poly1305: message authentication failed";
  }

  static byte[] seal(KeyType type, byte[] key, byte[] nonce, byte[] plaintext, byte[] associated) {
    try {
      byte[] sealed = run(true, type, key, nonce, plaintext, associated);
      byte[] whole = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, whole, nonce.length, sealed.length);
      return whole;
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("Encryption cannot fail a tag check.", e);
    }
  }

  static Optional<byte[]> open(KeyType type, byte[] key, byte[] whole, byte[] associated) {
    byte[] nonce = Arrays.copyOf(whole, nonceBytes(type));
    byte[] sealed = Arrays.copyOfRange(whole, nonce.length, whole.length);
    try {
      return Optional.of(run(false, type, key, nonce, sealed, associated));
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    }
  }

  private static byte[] run(
      boolean encrypts, KeyType type, byte[] key, byte[] nonce, byte[] input, byte[] associated)
      throws InvalidCipherTextException {
    boolean extended = type == KeyType.XCHACHA20_POLY1305;
    byte[] ownKey = extended ? hChaCha20(key, nonce) : key;
    byte[] ownNonce = extended ? shortNonce(nonce) : nonce;
    AEADCipher cipher =
        type == KeyType.AES128_GCM96 || type == KeyType.AES256_GCM96
            ? GCMBlockCipher.newInstance(AESEngine.newInstance())
            : new ChaCha20Poly1305();
    cipher.init(
        encrypts, new AEADParameters(new KeyParameter(ownKey), TAG_BITS, ownNonce, associated));
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int written = cipher.processBytes(input, 0, input.length, output, 0);
    written += cipher.doFinal(output, written);
    return Arrays.copyOf(output, written);
  }

  /** draft-irtf-cfrg-xchacha-03 §2.3: four zero bytes and the last eight of the nonce. */
  private static byte[] shortNonce(byte[] nonce) {
    byte[] made = new byte[NONCE];
    System.arraycopy(nonce, WORDS, made, 4, 8);
    return made;
  }

  /** draft-irtf-cfrg-xchacha-03 §2.2: the key of a nonce, from its first 16 bytes. */
  static byte[] hChaCha20(byte[] key, byte[] nonce) {
    int[] state = new int[WORDS];
    System.arraycopy(CONSTANT, 0, state, 0, 4);
    ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(state, 4, 8);
    ByteBuffer.wrap(nonce, 0, WORDS).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(state, 12, 4);
    for (int round = 0; round < 10; round++) {
      for (int column = 0; column < 4; column++) {
        quarter(state, column, column + 4, column + 8, column + 12);
      }
      for (int column = 0; column < 4; column++) {
        quarter(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4);
      }
    }
    ByteBuffer derived = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    derived.asIntBuffer().put(state, 0, 4).put(state, 12, 4);
    return derived.array();
  }

  /** RFC 8439 §2.1. */
  private static void quarter(int[] state, int a, int b, int c, int d) {
    state[a] += state[b];
    state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
  }
}
