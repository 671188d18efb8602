package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("each-engine")
class LocalKeyTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  static Stream<SigningAlgorithm> signing() {
    return TestKeys.signing();
  }

  static Stream<WrappingAlgorithm> wrapping() {
    return TestKeys.wrapping();
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  @ParameterizedTest
  @MethodSource("signing")
  void signatureVerifies_overTheMessageAndItsDigestAlone(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    Bytes signature = key.sign(MESSAGE);
    SignatureVerifier verifier = SignatureVerifier.of(key.publicKey().orElseThrow());
    assertThat(verifier.verify(MESSAGE, signature, algorithm.defaultEncoding())).isTrue();
    assertThat(verifier.verify(Message.ofUtf8("x"), signature, algorithm.defaultEncoding()))
        .isFalse();
    algorithm
        .digest()
        .map(hash -> Hashing.digest(hash, MESSAGE))
        .ifPresent(
            digest ->
                assertThat(verifier.verify(digest, key.sign(digest), algorithm.defaultEncoding()))
                    .isTrue());
  }

  @ParameterizedTest
  @MethodSource("signing")
  void aFlippedBitAnywhereInASignatureInvalidatesIt(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    byte[] signature = key.sign(MESSAGE).toByteArray();
    SignatureVerifier verifier = SignatureVerifier.of(key.publicKey().orElseThrow());
    for (int bit = 0; bit < 8 * signature.length; bit += 7) {
      byte[] flipped = signature.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(verifier.verify(MESSAGE, flipped, algorithm.defaultEncoding())).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void encodingReadsBackAsTheSameKey(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    try (SecretBytes encoded = key.encode();
        LocalKey again = LocalKey.decode(algorithm, encoded, TestKeys.RANDOM);
        SecretBytes twice = again.encode()) {
      assertThat(again.publicKey()).isEqualTo(key.publicKey());
      assertThat(twice.exposeSecret()).isEqualTo(encoded.exposeSecret());
    }
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void refusesTheEncodingOfAnotherCurveOrSize(KeyAlgorithm algorithm) {
    TestKeys.asymmetric()
        .filter(other -> !sameMaterial(algorithm, other))
        .forEach(
            other -> {
              try (SecretBytes foreign = TestKeys.of(other).encode()) {
                assertCode(
                    ErrorCode.INVALID_ENCODING,
                    () -> LocalKey.decode(algorithm, foreign, TestKeys.RANDOM));
              }
            });
  }

  private static boolean sameMaterial(KeyAlgorithm a, KeyAlgorithm b) {
    return a.curve().equals(b.curve()) && a.keyBits() == b.keyBits();
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void refusesAnEncodingThatIsCutOrExtended(KeyAlgorithm algorithm) {
    try (SecretBytes encoded = TestKeys.of(algorithm).encode()) {
      byte[] der = encoded.exposeSecret();
      for (int length : List.of(0, 1, der.length / 2, der.length - 1, der.length + 1)) {
        SecretBytes wrong = SecretBytes.takeOver(Arrays.copyOf(der, length));
        assertCode(
            ErrorCode.INVALID_ENCODING, () -> LocalKey.decode(algorithm, wrong, TestKeys.RANDOM));
      }
    }
  }

  @Test
  void refusesAnAesKeyOf16Bytes() {
    assertCode(
        ErrorCode.INVALID_ENCODING,
        () ->
            LocalKey.decode(
                WrappingAlgorithm.AES_256_GCM,
                SecretBytes.takeOver(new byte[16]),
                TestKeys.RANDOM));
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void decodingLeavesTheCallersMaterialAlone(KeyAlgorithm algorithm) {
    try (SecretBytes encoded = TestKeys.of(algorithm).encode()) {
      byte[] before = encoded.exposeSecret();
      LocalKey.decode(algorithm, encoded, TestKeys.RANDOM).close();
      assertThat(encoded.exposeSecret()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("wrapping")
  void unwrapsWhatItWrapped_andNothingElse(KeyAlgorithm algorithm) {
    byte[] dek = new byte[32];
    TestKeys.RANDOM.nextBytes(dek);
    LocalKey key = TestKeys.of(algorithm);
    byte[] wrapped;
    try (SecretBytes secret = SecretBytes.takeOver(dek.clone())) {
      wrapped = key.wrap(secret).toByteArray();
    }
    try (SecretBytes opened = key.unwrap(Bytes.of(wrapped))) {
      assertThat(opened.exposeSecret()).isEqualTo(dek);
    }
    for (int i = 0; i < wrapped.length; i += 29) {
      byte[] changed = wrapped.clone();
      changed[i] ^= 1;
      assertCode(ErrorCode.SEALED_DATA_CORRUPT, () -> key.unwrap(Bytes.of(changed)));
    }
    for (int length : List.of(0, 1, 12, 28, wrapped.length - 1, wrapped.length + 1)) {
      Bytes cut = Bytes.of(Arrays.copyOf(wrapped, length));
      assertCode(ErrorCode.SEALED_DATA_CORRUPT, () -> key.unwrap(cut));
    }
  }

  @ParameterizedTest
  @MethodSource("wrapping")
  void refusesToWrapNothing(KeyAlgorithm algorithm) {
    SecretBytes nothing = SecretBytes.takeOver(new byte[0]);
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> TestKeys.of(algorithm).wrap(nothing));
  }

  @Test
  void refusesToWrapMoreThanAnRsaBlockHolds() {
    LocalKey key = TestKeys.of(WrappingAlgorithm.RSA_OAEP_3072_SHA256);
    SecretBytes most = SecretBytes.takeOver(new byte[384 - 66]);
    SecretBytes tooMuch = SecretBytes.takeOver(new byte[384 - 65]);
    assertThat(key.wrap(most).size()).isEqualTo(384);
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> key.wrap(tooMuch));
  }

  @ParameterizedTest
  @MethodSource("wrapping")
  void refusesToSign_withAKeyForWrapping(KeyAlgorithm algorithm) {
    assertCode(ErrorCode.WRONG_PURPOSE, () -> TestKeys.of(algorithm).sign(MESSAGE));
  }

  @ParameterizedTest
  @MethodSource("signing")
  void refusesToWrap_withAKeyForSigning(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    SecretBytes dek = SecretBytes.takeOver(new byte[32]);
    assertCode(ErrorCode.WRONG_PURPOSE, () -> key.wrap(dek));
    assertCode(ErrorCode.WRONG_PURPOSE, () -> key.unwrap(Bytes.empty()));
  }

  @Test
  void refusesADigest_forEd25519() {
    Digest digest = Hashing.digest(DigestAlgorithm.SHA_512, MESSAGE);
    LocalKey key = TestKeys.of(SigningAlgorithm.ED25519);
    assertCode(ErrorCode.UNSUPPORTED_INPUT, () -> key.sign(digest));
  }

  @ParameterizedTest
  @MethodSource("signing")
  void refusesTheDigestOfAnotherHash(KeyAlgorithm algorithm) {
    for (DigestAlgorithm hash : DigestAlgorithm.values()) {
      if (algorithm.digest().isPresent() && algorithm.digest().get() != hash) {
        Digest digest = Hashing.digest(hash, MESSAGE);
        assertCode(ErrorCode.INVALID_DIGEST, () -> TestKeys.of(algorithm).sign(digest));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void refusesEverythingSecret_onceClosed(KeyAlgorithm algorithm) {
    LocalKey key;
    try (SecretBytes encoded = TestKeys.of(algorithm).encode()) {
      key = LocalKey.decode(algorithm, encoded, TestKeys.RANDOM);
    }
    key.close();
    assertThatCode(key::close).doesNotThrowAnyException();
    List<Consumer<LocalKey>> uses =
        algorithm.asymmetric() && TestKeys.signing().anyMatch(algorithm::equals)
            ? List.of(LocalKey::encode, k -> k.sign(MESSAGE))
            : List.of(
                LocalKey::encode,
                k -> k.wrap(SecretBytes.takeOver(new byte[32])),
                k -> k.unwrap(Bytes.empty()));
    uses.forEach(use -> assertCode(ErrorCode.CLOSED, () -> use.accept(key)));
    assertThat(key.publicKey()).isEqualTo(TestKeys.of(algorithm).publicKey());
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void showsNothingButItsAlgorithm(KeyAlgorithm algorithm) {
    assertThat(TestKeys.of(algorithm)).hasToString("LocalKey[" + algorithm + "]");
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_SECP256K1_SHA256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void signsRightOrNotAtAll_whileAnotherThreadClosesIt(SigningAlgorithm algorithm)
      throws Exception {
    LocalKey key;
    try (SecretBytes encoded = TestKeys.of(algorithm).encode()) {
      key = LocalKey.decode(algorithm, encoded, TestKeys.RANDOM);
    }
    SignatureVerifier verifier = SignatureVerifier.of(key.publicKey().orElseThrow());
    CountDownLatch signed = new CountDownLatch(20);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> ends =
          IntStream.range(0, 4)
              .mapToObj(i -> threads.submit(() -> signUntilClosed(key, verifier, signed)))
              .toList();
      signed.await();
      key.close();
      for (Future<Boolean> end : ends) {
        assertThat(end.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_KECCAK256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void signsAndVerifiesRight_inManyThreadsAtOnce(SigningAlgorithm algorithm) throws Exception {
    LocalKey key = TestKeys.of(algorithm);
    SignatureVerifier verifier = SignatureVerifier.of(key.publicKey().orElseThrow());
    ExecutorService threads = Executors.newFixedThreadPool(24);
    try {
      List<Future<Boolean>> ends =
          IntStream.range(0, 24)
              .mapToObj(i -> threads.submit(() -> signsEachMessageRight(key, verifier, i)))
              .toList();
      for (Future<Boolean> end : ends) {
        assertThat(end.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Messages of many lengths, so that nothing left of one could pass for another. */
  private static boolean signsEachMessageRight(
      LocalKey key, SignatureVerifier verifier, int thread) {
    for (int i = 0; i < 40; i++) {
      Message message = Message.ofUtf8("x".repeat(i * 97 % 400) + thread);
      Message other = Message.ofUtf8("x".repeat(i * 97 % 400) + (thread + 1));
      Bytes signature = key.sign(message);
      if (!verifier.verify(message, signature, key.algorithm().defaultEncoding())
          || verifier.verify(other, signature, key.algorithm().defaultEncoding())) {
        return false;
      }
    }
    return true;
  }

  /** Whether every signature up to the closing was right. */
  private static boolean signUntilClosed(
      LocalKey key, SignatureVerifier verifier, CountDownLatch signed) {
    while (true) {
      Bytes signature;
      try {
        signature = key.sign(MESSAGE);
      } catch (UsageException e) {
        return e.code() == ErrorCode.CLOSED;
      }
      if (!verifier.verify(MESSAGE, signature, key.algorithm().defaultEncoding())) {
        return false;
      }
      signed.countDown();
    }
  }
}
