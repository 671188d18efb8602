package dev.enclave.crypto.internal.encoding;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Private keys of ECDSA as octets, as many as a coordinate has. Never as numbers: a {@code
 * BigInteger} cannot be overwritten.
 */
public final class Scalars {

  private Scalars() {}

  /** A key by testing candidates (FIPS 186-5 A.2.2). The caller overwrites it. */
  public static byte[] random(Curve curve, SecureRandom random) {
    byte[] candidate = new byte[curve.length()];
    int surplus = 8 * candidate.length - curve.order().bitLength();
    do {
      random.nextBytes(candidate);
      candidate[0] &= (byte) (0xff >> surplus);
    } while (!inRange(curve, candidate));
    return candidate;
  }

  /** Whether {@code scalar} has the right length and is neither zero nor above the order. */
  static boolean inRange(Curve curve, byte[] scalar) {
    int any = 0;
    for (byte octet : scalar) {
      any |= octet;
    }
    return scalar.length == curve.length()
        && any != 0
        && Arrays.compareUnsigned(scalar, curve.orderOctets()) < 0;
  }
}
