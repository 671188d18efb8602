package dev.enclave.crypto.internal.signature;

import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import java.math.BigInteger;
import java.util.OptionalInt;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/** Recovery ids (SEC 1 §4.1.6) by arithmetic on the curve. */
public final class RecoveryIds {

  private RecoveryIds() {}

  /**
   * Verifies the signature and reads from the point R that comes up what recovery needs to know of
   * it, which is one multiplication instead of one per candidate key.
   */
  public static OptionalInt of(PublicKeyInfo key, byte[] digest, EcdsaValue value) {
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
