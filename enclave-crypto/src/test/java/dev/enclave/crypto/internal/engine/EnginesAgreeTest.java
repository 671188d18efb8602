package dev.enclave.crypto.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.bouncycastle.BouncyCastleEngine;
import dev.enclave.crypto.internal.choice.Engines;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.signature.EcdsaValue;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bouncy Castle and the engine in use take and make the same keys and signatures. */
class EnginesAgreeTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AlgorithmEngine BOUNCY_CASTLE = new BouncyCastleEngine();
  private static final Map<String, Bytes> KEYS = new ConcurrentHashMap<>();

  static Stream<KeyAlgorithm> signing() {
    return KeyAlgorithm.all().stream().filter(a -> a.purpose() == KeyPurpose.SIGN);
  }

  static Stream<KeyAlgorithm> oaep() {
    return KeyAlgorithm.all().stream().filter(a -> a.family() == KeyAlgorithm.Family.RSA_OAEP);
  }

  private static AlgorithmEngine present(KeyAlgorithm algorithm) {
    return Engines.present().of(algorithm);
  }

  private static byte[] encoded(KeyAlgorithm algorithm) {
    String kind = algorithm.curve().orElse("") + algorithm.keyBits();
    return KEYS.computeIfAbsent(
            kind, k -> Bytes.of(bytes(BOUNCY_CASTLE.generate(algorithm, RANDOM).encode())))
        .toByteArray();
  }

  private static byte[] bytes(SecretBytes secret) {
    try (secret) {
      return secret.exposeSecret();
    }
  }

  @ParameterizedTest
  @MethodSource("signing")
  void eachVerifiesWhatTheOtherSigns(KeyAlgorithm algorithm) {
    KeyMaterial theirs = BOUNCY_CASTLE.decode(algorithm, encoded(algorithm), RANDOM);
    KeyMaterial ours = present(algorithm).decode(algorithm, encoded(algorithm), RANDOM);
    PublicKeyInfo key = ours.publicKey().orElseThrow();
    assertThat(theirs.publicKey()).contains(key);
    for (SigningInput input : inputs(algorithm)) {
      assertThat(verifies(algorithm, BOUNCY_CASTLE, key, input, ours.sign(input))).isTrue();
      assertThat(verifies(algorithm, present(algorithm), key, input, theirs.sign(input))).isTrue();
      Message other = Message.ofUtf8("other");
      assertThat(verifies(algorithm, present(algorithm), key, other, theirs.sign(input))).isFalse();
    }
  }

  private static List<SigningInput> inputs(KeyAlgorithm algorithm) {
    Message message = Message.ofUtf8("pay 7 to Alice");
    SigningInput digest =
        algorithm
            .digest()
            .<SigningInput>map(h -> Digest.of(h, Digests.hash(h, message.toByteArray())))
            .orElse(message);
    return List.of(message, digest, Message.of(new byte[0]), Message.of(new byte[3 << 20]));
  }

  private static boolean verifies(
      KeyAlgorithm algorithm,
      AlgorithmEngine engine,
      PublicKeyInfo key,
      SigningInput input,
      Bytes signature) {
    return engine.verifier(key).verify(input, signature, algorithm.defaultEncoding());
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void eachReadsWhatTheOtherWrote_andWritesTheSame(KeyAlgorithm algorithm) {
    // Large RSA keys take seconds to make.
    KeyMaterial made =
        algorithm.keyBits() > 2048
            ? present(algorithm).decode(algorithm, encoded(algorithm), RANDOM)
            : present(algorithm).generate(algorithm, RANDOM);
    byte[] encoded = bytes(made.encode());
    for (AlgorithmEngine engine : List.of(BOUNCY_CASTLE, present(algorithm))) {
      KeyMaterial read = engine.decode(algorithm, encoded, RANDOM);
      assertThat(bytes(read.encode())).isEqualTo(encoded);
      assertThat(read.publicKey()).isEqualTo(made.publicKey());
    }
  }

  @ParameterizedTest
  @MethodSource("oaep")
  void eachUnwrapsWhatTheOtherWrapped(KeyAlgorithm algorithm) {
    KeyMaterial theirs = BOUNCY_CASTLE.decode(algorithm, encoded(algorithm), RANDOM);
    KeyMaterial ours = present(algorithm).decode(algorithm, encoded(algorithm), RANDOM);
    for (int length : new int[] {1, 32, 100}) {
      byte[] dek = new byte[length];
      RANDOM.nextBytes(dek);
      SecretBytes secret = SecretBytes.takeOver(dek.clone());
      assertThat(bytes(theirs.unwrap(ours.wrap(secret)))).isEqualTo(dek);
      assertThat(bytes(ours.unwrap(theirs.wrap(secret)))).isEqualTo(dek);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ECDSA_SECP256K1_SHA256", "ECDSA_SECP256K1_KECCAK256"})
  void secp256k1SignaturesAreTheSameOctets_andRecoverTheSame(SigningAlgorithm algorithm) {
    KeyMaterial theirs = BOUNCY_CASTLE.decode(algorithm, encoded(algorithm), RANDOM);
    KeyMaterial ours = present(algorithm).decode(algorithm, encoded(algorithm), RANDOM);
    PublicKeyInfo key = ours.publicKey().orElseThrow();
    PublicKeyInfo other = BOUNCY_CASTLE.generate(algorithm, RANDOM).publicKey().orElseThrow();
    DigestAlgorithm hash = algorithm.digest().orElseThrow();
    for (int i = 0; i < 3000; i++) {
      byte[] value = new byte[32];
      if (i > 2) {
        RANDOM.nextBytes(value);
      } else {
        // Above the group order too, where the digest is reduced.
        Arrays.fill(value, (byte) (i == 0 ? 0 : i == 1 ? -1 : 1));
      }
      Digest digest = Digest.of(hash, value);
      Bytes signature = ours.sign(digest);
      assertThat(signature).isEqualTo(theirs.sign(digest));
      EcdsaValue numbers =
          EcdsaValue.read(Curve.SECP256K1, signature, algorithm.defaultEncoding()).orElseThrow();
      EcdsaValue high =
          EcdsaValue.of(
              Curve.SECP256K1, numbers.r(), Curve.SECP256K1.order().subtract(numbers.s()));
      for (EcdsaValue each : List.of(numbers, high)) {
        assertThat(present(algorithm).recoveryId(key, value, each))
            .isEqualTo(BOUNCY_CASTLE.recoveryId(key, value, each))
            .isNotEmpty();
      }
      assertThat(present(algorithm).recoveryId(other, value, numbers)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"010000000000000000000001", "0100000001", "8000000003"})
  void takesAnRsaKeyWithALargeExponent_whateverTheEngineThinksOfIt(String exponent) {
    SigningAlgorithm algorithm = SigningAlgorithm.RSA_PKCS1_2048_SHA256;
    BigInteger e = new BigInteger(exponent, 16);
    byte[] encoded = SelfCheckKeys.rsa(algorithm, e);
    KeyMaterial ours = present(algorithm).decode(algorithm, encoded, RANDOM);
    Message message = Message.ofUtf8("large");
    PublicKeyInfo key = ours.publicKey().orElseThrow();
    Bytes signature = ours.sign(message);
    assertThat(verifies(algorithm, present(algorithm), key, message, signature)).isTrue();
    assertThat(verifies(algorithm, BOUNCY_CASTLE, key, message, signature)).isTrue();
    assertThat(bytes(ours.encode())).isEqualTo(encoded);
  }

  @Test
  void refusesNumbersThatDoNotBelongTogether_whateverTheEngine() {
    SigningAlgorithm algorithm = SigningAlgorithm.RSA_PKCS1_2048_SHA256;
    byte[] encoded = encoded(algorithm);
    encoded[encoded.length - 1] ^= 1;
    assertThatThrownBy(() -> present(algorithm).decode(algorithm, encoded, RANDOM))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void refusesAPrivateKeyOfAdjacentPrimes_whateverTheEngine() throws Exception {
    SigningAlgorithm algorithm = SigningAlgorithm.RSA_PKCS1_2048_SHA256;
    BigInteger e = BigInteger.valueOf(65537);
    BigInteger q = BigInteger.valueOf(15).shiftLeft(1020).nextProbablePrime();
    BigInteger p = q.nextProbablePrime();
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger d = e.modInverse(p1.multiply(q1));
    byte[] encoded =
        KeyFactory.getInstance("RSA", "SunRsaSign")
            .generatePrivate(
                new RSAPrivateCrtKeySpec(
                    p.multiply(q), e, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p)))
            .getEncoded();
    for (AlgorithmEngine engine : List.of(BOUNCY_CASTLE, present(algorithm))) {
      assertThatThrownBy(() -> engine.decode(algorithm, encoded.clone(), RANDOM))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("Fermat's method");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_SHA256"
      })
  void takeThePublicKeyOfThePrivateKey_whateverTheEncodingSays(SigningAlgorithm algorithm) {
    byte[] right = encoded(algorithm);
    KeyMaterial expected = BOUNCY_CASTLE.decode(algorithm, right, RANDOM);
    byte[] anothers = bytes(BOUNCY_CASTLE.generate(algorithm, RANDOM).encode());
    int length = 2 * Curve.of(algorithm).length();
    byte[] wrong = right.clone();
    System.arraycopy(anothers, anothers.length - length, wrong, wrong.length - length, length);
    byte[] noPoint = right.clone();
    noPoint[noPoint.length - 1] ^= 1;
    for (AlgorithmEngine engine : List.of(BOUNCY_CASTLE, present(algorithm))) {
      for (byte[] encoding : List.of(wrong, noPoint)) {
        KeyMaterial read = engine.decode(algorithm, encoding, RANDOM);
        assertThat(read.publicKey()).isEqualTo(expected.publicKey());
        assertThat(bytes(read.encode())).isEqualTo(right);
      }
    }
  }

  @Test
  void refuseAnRsaKeyWithAChangedNumber_wheneverTheOtherDoes() {
    SigningAlgorithm algorithm = SigningAlgorithm.RSA_PSS_2048_SHA256;
    byte[] right = encoded(algorithm);
    for (int at = 0; at < right.length; at += 5) {
      byte[] changed = right.clone();
      changed[at] ^= 4;
      for (AlgorithmEngine engine : List.of(BOUNCY_CASTLE, present(algorithm))) {
        assertThatThrownBy(() -> engine.decode(algorithm, changed, RANDOM))
            .as("octet %d, %s", at, engine.name())
            .isInstanceOf(UsageException.class);
      }
    }
  }

  /**
   * R shifted by a point of order 8, 4 and 2. RFC 8032 §5.1.7 lets a verifier multiply the equation
   * by 8, and such a signature then passes; ours do not, and all alike. The last has R at the
   * neutral point, which is right.
   */
  @ParameterizedTest
  @CsvSource({
    "true,"
        + "7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572"
        + "d1a28b659420ea302d3ffe2e7c051432601bcabcb74927ce6fe4c6fc30151d03",
    "false,"
        + "6a84d583f06569edb3f5ed77df65544b27d6948b4f0b2cb76f33dd8413b20719"
        + "50d983e32c4ce0c9f74bbabe7f75d8555fa5a9c66d825af57b054861c276340d",
    "false,"
        + "5a840736ba7eac745bc1565f2b20ad1ccfbf8b72aacdff3d71d2f9590b491c71"
        + "aab8c7e01f47334e989dbc68cfd8dc44795078c80bee723099755f59ec347a0d",
    "false,"
        + "76985cdbd2364a744397b773ed9a33933a0d9390c3775a2aa16fe4f8cb235a8d"
        + "37094b136955c5262a1a578b23f79e8165fa2f92dc0a2cc7b88a310113ee920e",
    "true,"
        + "0100000000000000000000000000000000000000000000000000000000000000"
        + "17c4f536b37a6532ac487c0d7c7235f8ba01d7612ae98b170a413b8e4c968b0c"
  })
  void verifyEd25519WithoutTheCofactor(boolean valid, String signature) {
    SigningAlgorithm algorithm = SigningAlgorithm.ED25519;
    String spki =
        "302a300506032b6570032100"
            + "0d7550754e0800a5d237eef5826035766b9b3e5a15868a940ab289958788e3b0";
    PublicKeyInfo key = PublicKeyInfo.fromSpki(Bytes.ofHex(spki).toByteArray(), algorithm);
    Message message = Message.ofUtf8("torsion");
    for (AlgorithmEngine engine : List.of(BOUNCY_CASTLE, present(algorithm))) {
      assertThat(verifies(algorithm, engine, key, message, Bytes.ofHex(signature)))
          .isEqualTo(valid);
    }
  }
}
