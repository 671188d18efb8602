package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalInt;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/** Recovery ids of secp256k1 signatures. */
public final class Recovery {

  private Recovery() {}

  /** The id, by the engine of the key's algorithm. */
  public static OptionalInt recoveryId(
      PublicKeyInfo key, SigningInput input, Bytes signature, SignatureEncoding encoding) {
    if (key.algorithm().curve().filter("secp256k1"::equals).isEmpty()) {
      return OptionalInt.empty();
    }
    Optional<EcdsaValue> value =
        EcdsaValue.read(Curve.SECP256K1, signature, encoding).filter(EcdsaValue::acceptable);
    return value.isEmpty()
        ? OptionalInt.empty()
        : Engines.present()
            .of(key.algorithm())
            .recoveryId(key, Digests.of(input, key.algorithm()), value.get());
  }

  /**
   * Verifies the signature and reads from the point R that comes up what recovery needs to know of
   * it, which is one multiplication instead of one per candidate key.
   */
  static OptionalInt byArithmetic(PublicKeyInfo key, byte[] digest, EcdsaValue value) {
    ECPoint q =
        ((ECPublicKeyParameters) PublicKeys.parse(key.spki().toByteArray(), key.algorithm()))
            .getQ();
    BigInteger order = value.curve().order();
    BigInteger inverse = BigIntegers.modOddInverseVar(order, value.s());
    BigInteger u1 = new BigInteger(1, digest).multiply(inverse).mod(order);
    BigInteger u2 = value.r().multiply(inverse).mod(order);
    ECPoint point =
        ECAlgorithms.sumOfTwoMultiplies(value.curve().domain().getG(), u1, q, u2).normalize();
    if (point.isInfinity()) {
      return OptionalInt.empty();
    }
    BigInteger x = point.getAffineXCoord().toBigInteger();
    if (!x.mod(order).equals(value.r())) {
      return OptionalInt.empty();
    }
    int parity = point.getAffineYCoord().testBitZero() ? 1 : 0;
    return OptionalInt.of(parity + (x.compareTo(order) < 0 ? 0 : 2));
  }
}
