package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.SignatureEncoding;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.util.BigIntegers;

/** An ECDSA signature as numbers, both in [1, n-1]. */
record EcdsaValue(Curve curve, BigInteger r, BigInteger s) {

  /** The numbers in {@code signature}; empty when it is not exactly in {@code encoding}. */
  static Optional<EcdsaValue> read(Curve curve, Bytes signature, SignatureEncoding encoding) {
    return (encoding == SignatureEncoding.DER
            ? fromDer(curve, signature)
            : fromP1363(curve, signature))
        .filter(EcdsaValue::inRange);
  }

  private static Optional<EcdsaValue> fromDer(Curve curve, Bytes signature) {
    try {
      DerReader outer = new DerReader(signature.toByteArray());
      DerReader numbers = outer.sequence();
      EcdsaValue value = new EcdsaValue(curve, numbers.natural(), numbers.natural());
      numbers.end();
      outer.end();
      return Optional.of(value);
    } catch (DerException e) {
      return Optional.empty();
    }
  }

  private static Optional<EcdsaValue> fromP1363(Curve curve, Bytes signature) {
    int length = curve.length();
    if (signature.size() != 2 * length) {
      return Optional.empty();
    }
    byte[] bytes = signature.toByteArray();
    return Optional.of(
        new EcdsaValue(
            curve,
            new BigInteger(1, Arrays.copyOf(bytes, length)),
            new BigInteger(1, Arrays.copyOfRange(bytes, length, 2 * length))));
  }

  private boolean inRange() {
    return r.signum() > 0
        && s.signum() > 0
        && r.compareTo(curve.order()) < 0
        && s.compareTo(curve.order()) < 0;
  }

  /** The signature in {@code encoding}, which is DER or P1363. */
  Bytes write(SignatureEncoding encoding) {
    if (encoding == SignatureEncoding.DER) {
      return Bytes.of(DerWriter.sequence(DerWriter.integer(r), DerWriter.integer(s)));
    }
    int length = curve.length();
    byte[] bytes = new byte[2 * length];
    BigIntegers.asUnsignedByteArray(r, bytes, 0, length);
    BigIntegers.asUnsignedByteArray(s, bytes, length, length);
    return Bytes.of(bytes);
  }

  /** This, or with s subtracted from the order, where the curve wants s low. */
  EcdsaValue lowS() {
    return acceptable() ? this : new EcdsaValue(curve, r, curve.order().subtract(s));
  }

  /** Whether s is low or need not be. */
  boolean acceptable() {
    return !curve.lowS() || curve.isLow(s);
  }
}
