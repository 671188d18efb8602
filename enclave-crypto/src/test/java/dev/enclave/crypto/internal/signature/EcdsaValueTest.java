package dev.enclave.crypto.internal.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.Signatures;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The reading in place against reading by numbers, for signatures right and wrong. */
class EcdsaValueTest {

  private static final KeyAlgorithm[] ECDSA =
      KeyAlgorithm.all().stream()
          .filter(a -> a.family() == KeyAlgorithm.Family.ECDSA)
          .toArray(KeyAlgorithm[]::new);

  /** r and s, read by Bouncy Castle's numbers and {@link DerReader}. */
  private record Numbers(BigInteger r, BigInteger s) {

    static Optional<Numbers> read(Curve curve, Bytes signature, SignatureEncoding encoding) {
      try {
        Numbers numbers =
            encoding == SignatureEncoding.DER
                ? der(signature.toByteArray())
                : p1363(curve.length(), signature.toByteArray());
        return Optional.of(numbers).filter(n -> n.inRange(curve.order()));
      } catch (DerException malformed) {
        return Optional.empty();
      }
    }

    private static Numbers der(byte[] bytes) throws DerException {
      DerReader outer = new DerReader(bytes);
      DerReader fields = outer.sequence();
      Numbers numbers = new Numbers(fields.natural(), fields.natural());
      fields.end();
      outer.end();
      return numbers;
    }

    private static Numbers p1363(int length, byte[] bytes) throws DerException {
      if (bytes.length != 2 * length) {
        throw new DerException("another length");
      }
      return new Numbers(
          new BigInteger(1, Arrays.copyOf(bytes, length)),
          new BigInteger(1, Arrays.copyOfRange(bytes, length, 2 * length)));
    }

    private boolean inRange(BigInteger order) {
      return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
    }

    Numbers lowS(Curve curve) {
      boolean high = curve.lowS() && s.compareTo(curve.order().shiftRight(1)) > 0;
      return high ? new Numbers(r, curve.order().subtract(s)) : this;
    }

    Bytes write(Curve curve, SignatureEncoding encoding) {
      if (encoding == SignatureEncoding.DER) {
        return Bytes.of(DerWriter.sequence(DerWriter.integer(r), DerWriter.integer(s)));
      }
      byte[] bytes = new byte[2 * curve.length()];
      copy(r, bytes, curve.length());
      copy(s, bytes, bytes.length);
      return Bytes.of(bytes);
    }

    private static void copy(BigInteger number, byte[] target, int end) {
      byte[] octets = number.toByteArray();
      int from = octets[0] == 0 ? 1 : 0;
      System.arraycopy(octets, from, target, end - octets.length + from, octets.length - from);
    }
  }

  @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
  void readsFlipsAndWritesAsByNumbers(@ForAll long seed) {
    Random random = new Random(seed);
    KeyAlgorithm algorithm = ECDSA[random.nextInt(ECDSA.length)];
    Curve curve = Curve.of(algorithm);
    SignatureEncoding encoding =
        random.nextBoolean() ? SignatureEncoding.DER : SignatureEncoding.P1363;
    BigInteger field = BigInteger.ONE.shiftLeft(8 * curve.length()).subtract(BigInteger.ONE);
    Bytes signature =
        new Numbers(number(random, curve).min(field), number(random, curve).min(field))
            .write(curve, encoding);
    agree(algorithm, signature, encoding);
    agree(algorithm, Bytes.of(mutated(signature.toByteArray(), random)), encoding);
  }

  @Property(tries = 5000, shrinking = ShrinkingMode.OFF)
  void agreesOnBytesThatAreNothing(@ForAll byte[] bytes, @ForAll int which) {
    KeyAlgorithm algorithm = ECDSA[Math.floorMod(which, ECDSA.length)];
    agree(algorithm, Bytes.of(bytes), SignatureEncoding.DER);
    agree(algorithm, Bytes.of(bytes), SignatureEncoding.P1363);
  }

  /** Around zero, the order, half of it, and every length between. */
  private static BigInteger number(Random random, Curve curve) {
    BigInteger near = BigInteger.valueOf(random.nextInt(5) - 2);
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.valueOf(random.nextInt(3));
      case 1 -> curve.order().add(near);
      case 2 -> curve.order().shiftRight(1).add(near);
      case 3 -> new BigInteger(random.nextInt(8 * curve.length()) + 1, random);
      default -> new BigInteger(curve.order().bitLength(), random);
    };
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] result = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      // The first octets are the headers, where most is to be got wrong.
      int at = random.nextInt(random.nextBoolean() ? result.length : Math.min(8, result.length));
      result[at] = (byte) random.nextInt(256);
    }
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(result, result.length + 1);
      case 1 -> Arrays.copyOf(result, result.length - 1);
      default -> result;
    };
  }

  private static void agree(KeyAlgorithm algorithm, Bytes signature, SignatureEncoding encoding) {
    Curve curve = Curve.of(algorithm);
    Optional<Numbers> expected = Numbers.read(curve, signature, encoding);
    Optional<EcdsaValue> value = EcdsaValue.read(curve, signature, encoding);
    assertThat(value.map(v -> new Numbers(v.r(), v.s()))).isEqualTo(expected);
    if (expected.isEmpty()) {
      assertThat(canonical(algorithm, signature, encoding)).isEmpty();
      return;
    }
    Numbers low = expected.get().lowS(curve);
    assertThat(value.get().acceptable()).isEqualTo(low.equals(expected.get()));
    assertThat(value.get().p1363())
        .isEqualTo(expected.get().write(curve, SignatureEncoding.P1363).toByteArray());
    for (SignatureEncoding to : new SignatureEncoding[] {encoding, SignatureEncoding.DER}) {
      assertThat(Signatures.convert(signature, algorithm, encoding, to))
          .isEqualTo(expected.get().write(curve, to));
    }
    assertThat(Signatures.lowS(signature, algorithm, encoding))
        .isEqualTo(low.write(curve, encoding));
    Bytes canonical = canonical(algorithm, signature, encoding).orElseThrow();
    assertThat(canonical).isEqualTo(low.write(curve, SignatureEncoding.DER));
    if (canonical.equals(signature)) {
      assertThat(canonical).isSameAs(signature);
    }
  }

  private static Optional<Bytes> canonical(
      KeyAlgorithm algorithm, Bytes signature, SignatureEncoding encoding) {
    try {
      return Optional.of(Signatures.canonical(signature, algorithm, encoding));
    } catch (UsageException malformed) {
      return Optional.empty();
    }
  }
}
