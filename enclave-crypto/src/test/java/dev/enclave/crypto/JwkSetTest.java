package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwkSetTest {

  private static final String UNKNOWN =
      "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"},"
          + "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AAAA\"},"
          + "{\"kty\":\"EC\",\"crv\":\"BP-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"},"
          + "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"x\":\"AAAA\",\"y\":\"AAAA\"},"
          + "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"gQ\",\"e\":\"AQAB\"}";

  @Test
  void readsItsOwnSetOfEveryAlgorithm_inOrder() {
    PublicKeySet all =
        new PublicKeySet(
            TestKeys.asymmetric()
                .map(algorithm -> new PublicKeySet.Entry(algorithm.name(), key(algorithm)))
                .toList());
    assertThat(PublicKeySet.fromJwks(all.toJwks())).isEqualTo(all);
  }

  @Test
  void verifiesByAnyKeyOfTheSet() {
    LocalKey signer = TestKeys.of(KeyAlgorithm.ECDSA_P256_SHA256);
    PublicKeySet set =
        PublicKeySet.fromJwks(
            set(
                key(KeyAlgorithm.ED25519).toJwk(),
                key(KeyAlgorithm.ECDSA_P384_SHA384).toJwk(),
                key(KeyAlgorithm.ECDSA_P256_SHA256).toJwk()));
    Message message = Message.ofUtf8("pay 7 to Alice");
    byte[] signature = signer.sign(message).toByteArray();
    assertThat(set.verify(message, signature, SignatureEncoding.DER)).isTrue();
    assertThat(set.verify(Message.ofUtf8("x"), signature, SignatureEncoding.DER)).isFalse();
  }

  @Test
  void passesOverKindsItDoesNotKnow() {
    String json = set(UNKNOWN, key(KeyAlgorithm.ED25519).toJwk());
    assertThat(PublicKeySet.fromJwks(json).entries())
        .containsExactly(new PublicKeySet.Entry("", key(KeyAlgorithm.ED25519)));
  }

  @Test
  void refusesASetOfNothingButUnknownKinds() {
    assertInvalid(set(UNKNOWN));
  }

  @Test
  void passesOverMembersItDoesNotKnow() {
    String json = set(key(KeyAlgorithm.ED25519).toJwk()).replaceFirst("\\{", "{\"a\":[{\"d\":1}],");
    assertThat(PublicKeySet.fromJwks(json).entries()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "{\"kty\":\"AKP\",\"d\":\"AAAA\"}",
        "{\"crv\":\"P-256\"}",
        "7",
        "[]"
      })
  void refusesAMalformedOrPrivateMember_evenBesideAGoodOne(String member) {
    assertInvalid(set(key(KeyAlgorithm.ED25519).toJwk(), member));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "7",
        "{\"keys\":7}",
        "{\"keys\":[]}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[",
        "{\"keys\":[{]}"
      })
  void refusesWhatIsNoSet(String json) {
    assertInvalid(json);
  }

  @Test
  void refusesMoreThan64Keys() {
    String jwk = key(KeyAlgorithm.ED25519).toJwk();
    String most = IntStream.range(0, 64).mapToObj(i -> jwk).collect(Collectors.joining(","));
    assertThat(PublicKeySet.fromJwks(set(most)).entries()).hasSize(64);
    assertInvalid(set(most, jwk));
  }

  private static String set(String... members) {
    return "{\"keys\":[" + String.join(",", members) + "]}";
  }

  private static PublicKeyInfo key(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }

  private static void assertInvalid(String json) {
    assertCode(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeySet.fromJwks(json));
  }
}
