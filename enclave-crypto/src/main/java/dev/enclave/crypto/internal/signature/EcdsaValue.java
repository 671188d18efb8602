package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.internal.encoding.Curve;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.util.BigIntegers;

/**
 * An ECDSA signature whose encoding was checked and whose r and s are both in [1, n-1]: where the
 * numbers lie, without leading zeros. Every signature passes here, so nothing is copied or computed
 * that need not be.
 */
public record EcdsaValue(
    Curve curve,
    SignatureEncoding encoding,
    Bytes signature,
    int rAt,
    int rLength,
    int sAt,
    int sLength) {

  /** The numbers in {@code signature}; empty when it is not exactly in {@code encoding}. */
  public static Optional<EcdsaValue> read(
      Curve curve, Bytes signature, SignatureEncoding encoding) {
    return (encoding == SignatureEncoding.DER
            ? EcdsaDer.read(curve, signature)
            : fromP1363(curve, signature))
        .filter(EcdsaValue::inRange);
  }

  /** Numbers that the caller knows to be in range. */
  public static EcdsaValue of(Curve curve, BigInteger r, BigInteger s) {
    int length = curve.length();
    byte[] bytes = new byte[2 * length];
    BigIntegers.asUnsignedByteArray(r, bytes, 0, length);
    BigIntegers.asUnsignedByteArray(s, bytes, length, length);
    return fromP1363(curve, Bytes.of(bytes)).orElseThrow();
  }

  private static Optional<EcdsaValue> fromP1363(Curve curve, Bytes signature) {
    int length = curve.length();
    if (signature.size() != 2 * length) {
      return Optional.empty();
    }
    int r = firstNonZero(signature, 0, length);
    int s = firstNonZero(signature, length, 2 * length);
    return Optional.of(
        new EcdsaValue(
            curve, SignatureEncoding.P1363, signature, r, length - r, s, 2 * length - s));
  }

  private static int firstNonZero(Bytes bytes, int from, int end) {
    int at = from;
    while (at < end && bytes.at(at) == 0) {
      at++;
    }
    return at;
  }

  private boolean inRange() {
    return rLength > 0
        && sLength > 0
        && compare(rAt, rLength, curve.orderOctets()) < 0
        && compare(sAt, sLength, curve.orderOctets()) < 0;
  }

  /** Compares the number at {@code at} with {@code bound}, which has no leading zeros. */
  private int compare(int at, int length, byte[] bound) {
    if (length != bound.length) {
      return Integer.compare(length, bound.length);
    }
    for (int i = 0; i < length; i++) {
      int order = Byte.compareUnsigned(signature.at(at + i), bound[i]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /**
   * The signature in {@code wanted}, which is DER or P1363; the very same when it is so already.
   */
  public Bytes write(SignatureEncoding wanted) {
    if (wanted == encoding) {
      return signature;
    }
    return Bytes.of(wanted == SignatureEncoding.DER ? EcdsaDer.write(this) : p1363());
  }

  /** r ‖ s, each as long as the order. */
  public byte[] p1363() {
    int length = curve.length();
    byte[] bytes = new byte[2 * length];
    copyR(bytes, length - rLength);
    copyS(bytes, 2 * length - sLength);
    return bytes;
  }

  void copyR(byte[] target, int at) {
    copy(rAt, rLength, target, at);
  }

  void copyS(byte[] target, int at) {
    copy(sAt, sLength, target, at);
  }

  private void copy(int from, int length, byte[] target, int at) {
    for (int i = 0; i < length; i++) {
      target[at + i] = signature.at(from + i);
    }
  }

  public BigInteger r() {
    byte[] octets = new byte[rLength];
    copyR(octets, 0);
    return new BigInteger(1, octets);
  }

  public BigInteger s() {
    byte[] octets = new byte[sLength];
    copyS(octets, 0);
    return new BigInteger(1, octets);
  }

  boolean rIsNegativeWithoutSign() {
    return (signature.at(rAt) & 0x80) != 0;
  }

  boolean sIsNegativeWithoutSign() {
    return (signature.at(sAt) & 0x80) != 0;
  }

  /** This, or with s subtracted from the order, where the curve wants s low. */
  public EcdsaValue lowS() {
    return acceptable() ? this : of(curve, r(), curve.order().subtract(s()));
  }

  /** Whether s is low or need not be. */
  public boolean acceptable() {
    return !curve.lowS() || compare(sAt, sLength, curve.halfOrderOctets()) <= 0;
  }
}
