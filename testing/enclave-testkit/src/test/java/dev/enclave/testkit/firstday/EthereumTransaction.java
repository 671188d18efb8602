package dev.enclave.testkit.firstday;

import dev.enclave.Bytes;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

// region ethereum
/**
 * A payment on Ethereum (EIP-155), encoded by RLP and signed by a key of algorithm
 * ECDSA_SECP256K1_KECCAK256, which hashes what it is given by Keccak-256.
 *
 * @param chain the chain's id, such as 1
 * @param nonce how many transactions the address has made
 * @param to the receiver's address, 20 bytes
 * @param value in wei
 */
record EthereumTransaction(
    long chain, long nonce, BigInteger gasPrice, long gasLimit, Bytes to, BigInteger value) {

  private static final byte[] NOTHING = {};

  /** The signed transaction, as a node takes it. */
  Bytes signedBy(SigningKey key) {
    SignatureValue signature = key.sign(Message.of(list(fields(number(chain), NOTHING, NOTHING))));
    long v = chain * 2 + 35 + signature.recoveryId().orElseThrow();
    return Bytes.of(list(fields(number(v), number(signature.r()), number(signature.s()))));
  }

  private byte[][] fields(byte[] seventh, byte[] eighth, byte[] ninth) {
    return new byte[][] {
      number(nonce),
      number(gasPrice),
      number(gasLimit),
      to.toByteArray(),
      number(value),
      NOTHING,
      seventh,
      eighth,
      ninth
    };
  }

  private static byte[] number(long value) {
    return number(BigInteger.valueOf(value));
  }

  /** Big-endian without leading zeros; zero is empty. */
  private static byte[] number(BigInteger value) {
    byte[] signed = value.toByteArray();
    int zeros = signed[0] == 0 ? 1 : 0;
    return java.util.Arrays.copyOfRange(signed, zeros, signed.length);
  }

  private static byte[] list(byte[][] fields) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      boolean itself = field.length == 1 && field[0] >= 0;
      if (!itself) {
        content.writeBytes(head(0x80, field.length));
      }
      content.writeBytes(field);
    }
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    list.writeBytes(head(0xc0, content.size()));
    list.writeBytes(content.toByteArray());
    return list.toByteArray();
  }

  /** For less than 256 bytes. */
  private static byte[] head(int kind, int length) {
    return length < 56
        ? new byte[] {(byte) (kind + length)}
        : new byte[] {(byte) (kind + 56), (byte) length};
  }
}
// endregion
