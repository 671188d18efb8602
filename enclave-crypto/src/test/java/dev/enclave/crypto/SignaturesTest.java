package dev.enclave.crypto;

import static dev.enclave.SignatureEncoding.DER;
import static dev.enclave.SignatureEncoding.P1363;
import static dev.enclave.SignatureEncoding.RAW;
import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

  private static final SigningAlgorithm P256 = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final SigningAlgorithm K256 = SigningAlgorithm.ECDSA_SECP256K1_SHA256;

  @Provide
  Arbitrary<KeyAlgorithm> ecdsa() {
    return Arbitraries.of(TestKeys.ecdsa().toList());
  }

  @Property(tries = 5000)
  void derAndP1363ConvertIntoEachOther(
      @ForAll("ecdsa") KeyAlgorithm algorithm, @ForAll BigInteger a, @ForAll BigInteger b) {
    BigInteger order = order(algorithm);
    Bytes p1363 = p1363(algorithm, inRange(a, order), inRange(b, order));
    Bytes der = Signatures.convert(p1363, algorithm, P1363, DER);
    assertThat(Signatures.convert(der, algorithm, DER, P1363)).isEqualTo(p1363);
    assertThat(Signatures.convert(der, algorithm, DER, DER)).isEqualTo(der);
  }

  // Spread over all lengths: jqwik's numbers are mostly small.
  private static BigInteger inRange(BigInteger number, BigInteger order) {
    BigInteger bounded = number.abs().pow(1 + number.abs().mod(BigInteger.TEN).intValue());
    return bounded.mod(order.subtract(BigInteger.ONE)).add(BigInteger.ONE);
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256, 64",
    "ECDSA_P384_SHA384, 96",
    "ECDSA_P521_SHA512, 132",
    "ECDSA_SECP256K1_SHA256, 64",
    "ECDSA_SECP256K1_KECCAK256, 64"
  })
  void p1363HasTwiceTheLengthOfTheOrder(KeyAlgorithm algorithm, int length) {
    Bytes der = TestKeys.of(algorithm).sign(Message.ofUtf8("a"));
    Bytes p1363 = Signatures.convert(der, algorithm, DER, P1363);
    assertThat(p1363.size()).isEqualTo(length);
    assertThat(
            SignatureVerifier.of(TestKeys.of(algorithm).publicKey().orElseThrow())
                .verify(Message.ofUtf8("a"), p1363, P1363))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "3000",
        "3006020100020101",
        "3006020101020100",
        "3006020101020181",
        "300702020001020101",
        "308106020101020101",
        "3080020101020101" + "0000",
        "300602010102010100",
        "3007020101020101" + "00",
        "3106020101020101",
        "3003020101",
        "3009020101020101020101",
        "30820006020101020101",
        "3006020101020201",
        "3006020101020500",
        "30080201010203000001",
        "0202010102020101"
      })
  void refusesWhatIsNotDer(String hex) {
    assertMalformed(Bytes.ofHex(hex), P256, DER);
  }

  /** From 128 octets on the length has an octet of its own, and 0x80 is the indefinite one. */
  @Test
  void aSequenceOf128OctetsHasItsLengthInTwo() {
    String number = "023e" + "01".repeat(62);
    Bytes der = Bytes.ofHex("308180" + number + number);

    assertThat(Signatures.convert(der, SigningAlgorithm.ECDSA_P521_SHA512, DER, DER))
        .isEqualTo(der);
    assertMalformed(Bytes.ofHex("3080" + number + number), SigningAlgorithm.ECDSA_P521_SHA512, DER);
  }

  @Test
  void refusesNumbersAtAndAboveTheOrder() {
    BigInteger order = order(P256);
    assertMalformed(p1363(P256, order, BigInteger.ONE), P256, P1363);
    assertMalformed(p1363(P256, BigInteger.ONE, order), P256, P1363);
    assertMalformed(Bytes.of(new byte[64]), P256, P1363);
    assertMalformed(Bytes.of(new byte[63]), P256, P1363);
    assertMalformed(Bytes.of(new byte[65]), P256, P1363);
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void refusesEncodingsTheAlgorithmDoesNotHave(KeyAlgorithm algorithm) {
    boolean signs = TestKeys.signing().anyMatch(algorithm::equals);
    for (SignatureEncoding encoding : SignatureEncoding.values()) {
      if (!signs || !algorithm.hasEncoding(encoding)) {
        assertCode(
            ErrorCode.INVALID_ENCODING,
            () -> Signatures.convert(Bytes.of(new byte[64]), algorithm, encoding, encoding));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ECDSA_P256_SHA256", "ECDSA_SECP256K1_SHA256", "ED25519"})
  void refusesThemOnEitherSide(SigningAlgorithm algorithm) {
    SignatureEncoding right = algorithm.defaultEncoding();
    SignatureEncoding wrong = algorithm == SigningAlgorithm.ED25519 ? DER : RAW;
    Bytes signature = TestKeys.of(algorithm).sign(Message.ofUtf8("a"));

    for (ThrowingCallable refused :
        List.<ThrowingCallable>of(
            () -> Signatures.convert(signature, algorithm, right, wrong),
            () -> Signatures.convert(signature, algorithm, wrong, right),
            () -> Signatures.lowS(signature, algorithm, wrong),
            () -> Signatures.canonical(signature, algorithm, wrong))) {
      assertThatThrownBy(refused)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("has no signatures in encoding " + wrong);
    }
    assertThat(Signatures.canonical(signature, algorithm, right)).isEqualTo(signature);
  }

  @Test
  void leavesRawSignaturesOfTheRightLengthAlone() {
    Bytes signature = Bytes.of(new byte[64]);
    assertThat(Signatures.convert(signature, SigningAlgorithm.ED25519, RAW, RAW))
        .isEqualTo(signature);
    assertThat(Signatures.lowS(signature, SigningAlgorithm.ED25519, RAW)).isEqualTo(signature);
    assertMalformed(Bytes.of(new byte[63]), SigningAlgorithm.ED25519, RAW);
  }

  @ParameterizedTest
  @EnumSource(names = {"DER", "P1363"})
  void flipsAHighS_onSecp256k1Alone(SignatureEncoding encoding) {
    BigInteger seven = BigInteger.valueOf(7);
    Bytes high = in(encoding, p1363(K256, seven, order(K256).subtract(seven)), K256);
    Bytes low = in(encoding, p1363(K256, seven, seven), K256);
    assertThat(Signatures.lowS(high, K256, encoding)).isEqualTo(low);
    assertThat(Signatures.lowS(low, K256, encoding)).isEqualTo(low);
    Bytes highP256 = in(encoding, p1363(P256, seven, order(P256).subtract(seven)), P256);
    assertThat(Signatures.lowS(highP256, P256, encoding)).isEqualTo(highP256);
  }

  private static Bytes in(SignatureEncoding encoding, Bytes p1363, KeyAlgorithm algorithm) {
    return Signatures.convert(p1363, algorithm, P1363, encoding);
  }

  private static Bytes p1363(KeyAlgorithm algorithm, BigInteger r, BigInteger s) {
    int digits = 2 * ((algorithm.keyBits() + 7) / 8);
    return Bytes.ofHex(padded(r, digits) + padded(s, digits));
  }

  private static String padded(BigInteger number, int digits) {
    String hex = number.toString(16);
    return "0".repeat(digits - hex.length()) + hex;
  }

  private static BigInteger order(KeyAlgorithm algorithm) {
    return ECNamedCurveTable.getByName(algorithm.curve().orElseThrow()).getN();
  }

  private static void assertMalformed(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding encoding) {
    assertCode(
        ErrorCode.INVALID_ENCODING,
        () -> Signatures.convert(signature, algorithm, encoding, encoding));
  }
}
