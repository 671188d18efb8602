package dev.enclave.crypto.internal.encoding;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/**
 * What can be checked of an RSAPrivateKey (RFC 8017 A.1.2) without arithmetic, and so without
 * numbers that nobody can overwrite: structure, lengths and ranges.
 */
public final class RsaOctets {

  private RsaOctets() {}

  /** The modulus and the public exponent, when the rest can belong to them. */
  public static RSAKeyParameters publicHalf(KeyAlgorithm algorithm, byte[] encoded)
      throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader fields = outer.sequence();
    outer.end();
    if (fields.natural().signum() != 0) {
      throw new DerException(Texts.OTHER_VERSION.with());
    }
    BigInteger modulus = fields.natural();
    BigInteger exponent = fields.natural();
    PublicKeys.requireRsa(algorithm.keyBits(), modulus, exponent);
    List<byte[]> secrets = new ArrayList<>();
    try {
      while (fields.nextIs(DerWriter.INTEGER)) {
        secrets.add(fields.naturalOctets());
      }
      fields.end();
      requireFitting(algorithm.keyBits() / 16, modulus.toByteArray(), secrets);
    } finally {
      secrets.forEach(secret -> Arrays.fill(secret, (byte) 0));
    }
    try {
      return new RSAKeyParameters(false, modulus, exponent);
    } catch (IllegalArgumentException refused) {
      throw new DerException(Texts.MODULUS_NOT_TWO_PRIMES.with());
    }
  }

  private static void requireFitting(int primeLength, byte[] modulus, List<byte[]> secrets)
      throws DerException {
    if (secrets.size() != 6) {
      throw new DerException(Texts.NOT_EIGHT_NUMBERS.with());
    }
    byte[] p = secrets.get(1);
    byte[] q = secrets.get(2);
    if (!isPrimeSized(p, primeLength)
        || !isPrimeSized(q, primeLength)
        || !less(secrets.get(0), modulus)
        || !less(secrets.get(3), p)
        || !less(secrets.get(4), q)
        || !less(secrets.get(5), p)) {
      throw new DerException(Texts.NUMBER_LENGTH.with());
    }
  }

  /**
   * Of numbers as {@link DerReader#naturalOctets()} gives them: a leading zero before a high bit.
   */
  private static boolean isPrimeSized(byte[] number, int length) {
    return number.length == length + 1 && number[0] == 0;
  }

  private static boolean less(byte[] a, byte[] b) {
    return a.length != b.length ? a.length < b.length : Arrays.compareUnsigned(a, b) < 0;
  }
}
