package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms of a public key, beside what the JDK reads of the same key. */
class PublicKeyFormsTest {

  /** The base point of secp256k1 (SEC 2 §2.4.1), which is the public key of the private key 1. */
  private static final String X =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

  private static final String Y =
      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

  private static final SigningAlgorithm ETHEREUM = SigningAlgorithm.ECDSA_SECP256K1_KECCAK256;

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  static Stream<KeyAlgorithm> rsa() {
    return TestKeys.asymmetric().filter(algorithm -> algorithm.curve().isEmpty());
  }

  private static PublicKeyInfo basePoint() {
    return PublicKeyInfo.fromSpki(
        Bytes.ofHex("3056301006072a8648ce3d020106052b8104000a034200" + "04" + X + Y).toByteArray(),
        ETHEREUM);
  }

  @Test
  void givesThePublishedPointsOfSecp256k1() {
    assertThat(basePoint().uncompressedPoint().toHex()).isEqualTo("04" + X + Y);
    assertThat(basePoint().compressedPoint().toHex()).isEqualTo("02" + X);
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ECDSA_P256_SHA256", "ECDSA_P384_SHA384", "ECDSA_P521_SHA512"})
  void givesThePointThatTheJdkReads(SigningAlgorithm algorithm) throws Exception {
    PublicKeyInfo key = publicKey(algorithm);
    int length = (algorithm.keyBits() + 7) / 8;
    ECPublicKey read = (ECPublicKey) readByTheJdk("EC", key);
    String x = padded(read.getW().getAffineX(), length);
    String y = padded(read.getW().getAffineY(), length);
    assertThat(key.uncompressedPoint().toHex()).isEqualTo("04" + x + y);
    assertThat(key.compressedPoint().toHex())
        .isEqualTo((read.getW().getAffineY().testBit(0) ? "03" : "02") + x);
  }

  @Test
  void givesThe32BytesThatTheJdkReads() throws Exception {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    EdECPublicKey read = (EdECPublicKey) readByTheJdk("Ed25519", key);
    byte[] bytes = key.rawEd25519().toByteArray();
    assertThat(bytes).hasSize(32);
    assertThat((bytes[31] & 0x80) != 0).isEqualTo(read.getPoint().isXOdd());
    bytes[31] &= 0x7f;
    assertThat(new BigInteger(1, reversed(bytes))).isEqualTo(read.getPoint().getY());
  }

  @ParameterizedTest
  @MethodSource("rsa")
  void givesTheNumbersThatTheJdkReads(KeyAlgorithm algorithm) throws Exception {
    PublicKeyInfo key = publicKey(algorithm);
    RSAPublicKey read = (RSAPublicKey) readByTheJdk("RSA", key);
    assertThat(key.modulus()).isEqualTo(read.getModulus());
    assertThat(key.modulus().bitLength()).isEqualTo(algorithm.keyBits());
    assertThat(key.publicExponent()).isEqualTo(read.getPublicExponent());
  }

  /** The known address of the private key 1. */
  @Test
  void givesTheEthereumAddressWithItsChecksum() {
    assertThat(basePoint().ethereumAddress())
        .isEqualTo("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
  }

  @ParameterizedTest
  @CsvSource({
    "ED25519, ssh-ed25519",
    "ECDSA_P256_SHA256, ecdsa-sha2-nistp256",
    "ECDSA_P384_SHA384, ecdsa-sha2-nistp384",
    "ECDSA_P521_SHA512, ecdsa-sha2-nistp521",
    "RSA_PSS_2048_SHA256, ssh-rsa",
    "RSA_PKCS1_3072_SHA256, ssh-rsa"
  })
  void writesTheFieldsOfOpenSsh(KeyAlgorithm algorithm, String type) {
    PublicKeyInfo key = publicKey(algorithm);
    String[] words = key.toOpenSsh().split(" ", -1);
    assertThat(words).hasSize(2);
    assertThat(words[0]).isEqualTo(type);
    ByteBuffer blob = ByteBuffer.wrap(Base64.getDecoder().decode(words[1]));
    assertThat(text(blob)).isEqualTo(type);
    switch (algorithm.family()) {
      case EDDSA -> assertThat(Bytes.of(field(blob))).isEqualTo(key.rawEd25519());
      case ECDSA -> {
        assertThat(text(blob)).isEqualTo("nistp" + algorithm.keyBits());
        assertThat(Bytes.of(field(blob))).isEqualTo(key.uncompressedPoint());
      }
      default -> {
        assertThat(field(blob)).isEqualTo(key.publicExponent().toByteArray());
        assertThat(field(blob)).isEqualTo(key.modulus().toByteArray());
      }
    }
    assertThat(blob.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void refusesTheFormsThatTheAlgorithmDoesNotHave(KeyAlgorithm algorithm) {
    PublicKeyInfo key = publicKey(algorithm);
    boolean ecdsa = algorithm.family() == Family.ECDSA;
    boolean secp256k1 = algorithm.curve().filter("secp256k1"::equals).isPresent();
    boolean rsa = algorithm.curve().isEmpty();
    hasOrRefuses(ecdsa, algorithm, "SEC 1 point", key::uncompressedPoint);
    hasOrRefuses(ecdsa, algorithm, "SEC 1 point", key::compressedPoint);
    hasOrRefuses(algorithm == SigningAlgorithm.ED25519, algorithm, "encoding", key::rawEd25519);
    hasOrRefuses(rsa, algorithm, "modulus", key::modulus);
    hasOrRefuses(rsa, algorithm, "public exponent", key::publicExponent);
    hasOrRefuses(secp256k1, algorithm, "Ethereum address", key::ethereumAddress);
    hasOrRefuses(
        !secp256k1 && algorithm.purpose() == KeyPurpose.SIGN,
        algorithm,
        "OpenSSH form",
        key::toOpenSsh);
  }

  private static void hasOrRefuses(
      boolean has, KeyAlgorithm algorithm, String form, ThrowingCallable call) {
    if (has) {
      try {
        call.call();
      } catch (Throwable e) {
        throw new AssertionError(algorithm + " has no " + form, e);
      }
    } else {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(call)
          .withMessageStartingWith("A public key for " + algorithm + " has no " + form)
          .matches(e -> e.code() == ErrorCode.INVALID_ENCODING);
    }
  }

  private static PublicKey readByTheJdk(String algorithm, PublicKeyInfo key) throws Exception {
    return KeyFactory.getInstance(algorithm, algorithm.equals("RSA") ? "SunRsaSign" : "SunEC")
        .generatePublic(new X509EncodedKeySpec(key.spki().toByteArray()));
  }

  private static String text(ByteBuffer blob) {
    return new String(field(blob), StandardCharsets.US_ASCII);
  }

  private static byte[] field(ByteBuffer blob) {
    byte[] field = new byte[blob.getInt()];
    blob.get(field);
    return field;
  }

  private static String padded(BigInteger number, int bytes) {
    return String.format("%0" + 2 * bytes + "x", number);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }
}
