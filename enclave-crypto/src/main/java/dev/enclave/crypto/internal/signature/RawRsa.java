package dev.enclave.crypto.internal.signature;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;

/**
 * An RSA operation as Bouncy Castle's paddings want it. The operation has its key, so the one of
 * {@link #init} is not looked at.
 */
public final class RawRsa implements AsymmetricBlockCipher {

  private final int length;
  private final UnaryOperator<byte[]> operation;
  private boolean encrypting;

  /**
   * @param operation takes and gives blocks as long as the modulus
   */
  public RawRsa(int bits, UnaryOperator<byte[]> operation) {
    this.length = bits / 8;
    this.operation = operation;
  }

  @Override
  public void init(boolean forEncryption, CipherParameters parameters) {
    this.encrypting = forEncryption;
  }

  @Override
  public int getInputBlockSize() {
    return encrypting ? length - 1 : length;
  }

  @Override
  public int getOutputBlockSize() {
    return encrypting ? length : length - 1;
  }

  @Override
  public byte[] processBlock(byte[] input, int from, int count) {
    byte[] block = new byte[length];
    System.arraycopy(input, from, block, length - count, count);
    byte[] result = operation.apply(block);
    // What was decrypted is a number: paddings expect no leading zero.
    if (encrypting || result[0] != 0) {
      return result;
    }
    byte[] number = Arrays.copyOfRange(result, 1, length);
    Arrays.fill(result, (byte) 0);
    return number;
  }
}
