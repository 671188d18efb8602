package dev.enclave.crypto.internal.encoding;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** An ECPrivateKey (RFC 5915 §3) taken apart. */
public final class EcPrivateKey implements AutoCloseable {

  private static final int PARAMETERS = 0xa0;
  private static final int PUBLIC_KEY = 0xa1;

  private final byte[] scalar;
  private final Optional<byte[]> point;

  private EcPrivateKey(byte[] scalar, Optional<byte[]> point) {
    this.scalar = scalar;
    this.point = point;
  }

  /** A fresh key. */
  public static EcPrivateKey generate(Curve curve, SecureRandom random) {
    return new EcPrivateKey(Scalars.random(curve, random), Optional.empty());
  }

  public static EcPrivateKey parse(Curve curve, byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader fields = outer.sequence();
    outer.end();
    BigInteger version = fields.natural();
    byte[] scalar = fields.octetString();
    boolean accepted = false;
    try {
      EcPrivateKey key = new EcPrivateKey(scalar, rest(curve, fields));
      if (!version.equals(BigInteger.ONE) || !Scalars.inRange(curve, scalar)) {
        throw new DerException(Texts.PRIVATE_KEY_TOO_LARGE.with());
      }
      accepted = true;
      return key;
    } finally {
      if (!accepted) {
        Arrays.fill(scalar, (byte) 0);
      }
    }
  }

  private static Optional<byte[]> rest(Curve curve, DerReader fields) throws DerException {
    if (fields.nextIs(PARAMETERS)) {
      DerReader parameters = fields.inside(PARAMETERS);
      if (!Arrays.equals(parameters.element(DerWriter.OBJECT_IDENTIFIER), curve.oid())) {
        throw new DerException(Texts.OTHER_CURVE.with());
      }
      parameters.end();
    }
    Optional<byte[]> point = Optional.empty();
    if (fields.nextIs(PUBLIC_KEY)) {
      point = point(fields.inside(PUBLIC_KEY));
    }
    fields.end();
    return point;
  }

  /** What cannot be a point is as good as none: the public key is that of the private key. */
  private static Optional<byte[]> point(DerReader content) {
    try {
      byte[] point = content.bitString();
      content.end();
      return Optional.of(point);
    } catch (DerException e) {
      return Optional.empty();
    }
  }

  /** In range, as many octets as a coordinate has. Overwritten on close. */
  public byte[] scalar() {
    return scalar;
  }

  /** The public point that the encoding carries, of which nothing has been checked. */
  public Optional<byte[]> point() {
    return point;
  }

  /** The canonical PKCS#8, which carries the public point. The caller overwrites it. */
  public static byte[] pkcs8(KeyAlgorithm algorithm, byte[] scalar, byte[] point) {
    byte[] inner =
        DerWriter.sequence(
            DerWriter.integer(BigInteger.ONE),
            DerWriter.octetString(scalar.clone()),
            DerWriter.wrap(PUBLIC_KEY, DerWriter.bitString(point.clone())));
    return Pkcs8.wrap(algorithm, inner);
  }

  /** The same without the point. */
  public static byte[] pkcs8(KeyAlgorithm algorithm, byte[] scalar) {
    byte[] inner =
        DerWriter.sequence(
            DerWriter.integer(BigInteger.ONE), DerWriter.octetString(scalar.clone()));
    return Pkcs8.wrap(algorithm, inner);
  }

  @Override
  public void close() {
    Arrays.fill(scalar, (byte) 0);
  }
}
