package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LocalKeyTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  static Stream<KeyAlgorithm> signing() {
    return Arrays.stream(KeyAlgorithm.values()).filter(a -> a.purpose() == KeyPurpose.SIGN);
  }

  static Stream<KeyAlgorithm> wrapping() {
    return Arrays.stream(KeyAlgorithm.values()).filter(a -> a.purpose() == KeyPurpose.WRAP);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void signatureOfADecodedKeyVerifies_withTheGeneratedKeysPublicHalf(KeyAlgorithm algorithm) {
    try (LocalKey key = LocalKey.generate(algorithm, RANDOM);
        SecretBytes encoded = key.encode();
        LocalKey again = LocalKey.decode(algorithm, encoded, RANDOM)) {
      PublicKeyInfo publicKey = key.publicKey().orElseThrow();
      Bytes signature = again.sign(MESSAGE);
      assertThat(again.publicKey()).contains(publicKey);
      assertThat(
              SignatureVerifier.of(publicKey)
                  .verify(MESSAGE, signature, algorithm.defaultEncoding()))
          .isTrue();
      assertThat(
              SignatureVerifier.of(publicKey)
                  .verify(Message.ofUtf8("x"), signature, algorithm.defaultEncoding()))
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("wrapping")
  void unwrapsWithTheDecodedKey_whatTheGeneratedOneWrapped(KeyAlgorithm algorithm) {
    byte[] dek = new byte[32];
    RANDOM.nextBytes(dek);
    try (LocalKey key = LocalKey.generate(algorithm, RANDOM);
        SecretBytes encoded = key.encode();
        LocalKey again = LocalKey.decode(algorithm, encoded, RANDOM);
        SecretBytes unwrapped = again.unwrap(key.wrap(SecretBytes.takeOver(dek.clone())))) {
      assertThat(unwrapped.exposeSecret()).isEqualTo(dek);
    }
  }
}
