package dev.enclave.crypto.internal.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScalarsTest {

  /** Gives octets that a test laid ready. */
  private static final class Scripted extends SecureRandom {

    private static final long serialVersionUID = 1;

    private final transient Deque<byte[]> script;

    Scripted(List<byte[]> script) {
      this.script = new ArrayDeque<>(script);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      byte[] next = script.remove();
      System.arraycopy(next, 0, bytes, 0, bytes.length);
    }
  }

  static Stream<Curve> curves() {
    return Stream.of(Curve.P_256, Curve.P_384, Curve.P_521, Curve.SECP256K1);
  }

  private static byte[] octets(Curve curve, BigInteger number) {
    return BigIntegers.asUnsignedByteArray(curve.length(), number);
  }

  @ParameterizedTest
  @MethodSource("curves")
  void areTheNumbersFromOneBelowTheOrder(Curve curve) {
    BigInteger order = curve.order();
    assertThat(Scalars.inRange(curve, octets(curve, BigInteger.ZERO))).isFalse();
    assertThat(Scalars.inRange(curve, octets(curve, BigInteger.ONE))).isTrue();
    assertThat(Scalars.inRange(curve, octets(curve, order.subtract(BigInteger.ONE)))).isTrue();
    assertThat(Scalars.inRange(curve, octets(curve, order))).isFalse();
    assertThat(Scalars.inRange(curve, octets(curve, order.add(BigInteger.ONE)))).isFalse();
    assertThat(Scalars.inRange(curve, new byte[0])).isFalse();
    assertThat(Scalars.inRange(curve, Arrays.copyOf(new byte[] {1}, curve.length() + 1))).isFalse();
    assertThat(Scalars.inRange(curve, Arrays.copyOf(new byte[] {1}, curve.length() - 1))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("curves")
  void passOverCandidatesOutOfRange(Curve curve) {
    byte[] right = octets(curve, BigInteger.TEN);
    byte[] tooLarge = octets(curve, curve.order());
    byte[] zero = new byte[curve.length()];
    assertThat(Scalars.random(curve, new Scripted(List.of(tooLarge, zero, right))))
        .isEqualTo(right);
  }

  @ParameterizedTest
  @MethodSource("curves")
  void haveNoBitAboveTheOrder_whateverTheRandomnessGives(Curve curve) {
    byte[] scalar = Scalars.random(curve, new SecureRandom());
    assertThat(new BigInteger(1, scalar)).isBetween(BigInteger.ONE, curve.order());
    assertThat(scalar).hasSize(curve.length());
  }
}
