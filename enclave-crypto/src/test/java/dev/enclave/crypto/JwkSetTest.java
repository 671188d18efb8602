package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.PublicKeySet.Entry;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwkSetTest {

  private static final SigningAlgorithm RSA = SigningAlgorithm.RSA_PKCS1_2048_SHA256;
  private static final SigningAlgorithm RSA_4096 = SigningAlgorithm.RSA_PKCS1_4096_SHA256;

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
                .map(algorithm -> new Entry(algorithm.name(), key(algorithm)))
                .toList());
    assertThat(PublicKeySet.fromJwks(all.toJwks())).isEqualTo(all);
  }

  @Test
  void verifiesByAnyKeyOfTheSet() {
    LocalKey signer = TestKeys.of(SigningAlgorithm.ECDSA_P256_SHA256);
    PublicKeySet set =
        PublicKeySet.fromJwks(
            set(
                key(SigningAlgorithm.ED25519).toJwk(),
                key(SigningAlgorithm.ECDSA_P384_SHA384).toJwk(),
                key(SigningAlgorithm.ECDSA_P256_SHA256).toJwk()));
    Message message = Message.ofUtf8("pay 7 to Alice");
    byte[] signature = signer.sign(message).toByteArray();
    assertThat(set.verify(message, signature, SignatureEncoding.DER)).isTrue();
    assertThat(set.verify(Message.ofUtf8("x"), signature, SignatureEncoding.DER)).isFalse();
  }

  @Test
  void passesOverKindsItDoesNotKnow() {
    String json = set(UNKNOWN, key(SigningAlgorithm.ED25519).toJwk());
    assertThat(PublicKeySet.fromJwks(json).ignored()).hasSize(5);
    assertThat(PublicKeySet.fromJwks(json).entries())
        .containsExactly(new Entry("", key(SigningAlgorithm.ED25519)));
  }

  @Test
  void refusesASetOfNothingButUnknownKinds() {
    assertInvalid(set(UNKNOWN));
  }

  @Test
  void passesOverMembersItDoesNotKnow() {
    String json =
        set(key(SigningAlgorithm.ED25519).toJwk()).replaceFirst("\\{", "{\"a\":[{\"d\":1}],");
    assertThat(PublicKeySet.fromJwks(json).entries()).hasSize(1);
  }

  /** RFC 7517 §5: members that cannot be used are ignored. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"kid\":\"b\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"} | member x of 3 bytes",
        "{\"kid\":\"b\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"} | member x of 1",
        "{\"kid\":\"b\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"} | lacks the member x",
        "{\"kid\":\"b\",\"crv\":\"P-256\"} | lacks the member kty",
        "{\"kid\":\"b\",\"kty\":7} | member kty that is not Unicode text",
        "{\"kid\":\"b\",\"kty\":[{\"kty\":\"EC\"}]} | member kty that is not Unicode text",
        "{\"kid\":\"b\",\"key_ops\":\"verify\"} | member key_ops that is no array",
        "{\"kid\":\"b\",\"key_ops\":[[\"verify\"]]} | member key_ops that is not Unicode text",
        "{\"kid\":\"b\",\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\"} | for no algorithm of Enclave",
        "{\"kid\":\"b\",\"kty\":\"oct\",\"k\":\"AAAA\"} | holds a private or secret key",
        "{\"kid\":\"b\",\"kty\":\"EC\",\"d\":{\"d\":[1]}} | holds a private or secret key"
      })
  void ignoresAMemberThatCannotBeUsed_andSaysWhichAndWhy(String member, String why) {
    String good = key(SigningAlgorithm.ED25519).toJwk();
    for (PublicKeySet read :
        List.of(
            PublicKeySet.fromJwks(set(good, member)), PublicKeySet.fromJwks(set(member, good)))) {
      assertThat(read.entries())
          .extracting(Entry::key)
          .containsExactly(key(SigningAlgorithm.ED25519));
      PublicKeySet.Ignored ignored = read.ignored().get(0);
      assertThat(read.ignored()).hasSize(1);
      assertThat(ignored.keyId()).isEqualTo("b");
      assertThat(ignored.reason()).contains(why);
    }
    assertThat(PublicKeySet.fromJwks(set(good, member)).ignored().get(0).position()).isEqualTo(1);
  }

  @Test
  void ignoresAnRsaKeyWithExponent3_andSaysWhy() {
    String weak = key(RSA).toJwk().replace("\"e\":\"AQAB\"", "\"e\":\"Aw\"");
    PublicKeySet read = PublicKeySet.fromJwks(set(weak, key(RSA).toJwk()));
    assertThat(read.entries()).extracting(Entry::key).containsExactly(key(RSA));
    assertThat(read.ignored())
        .singleElement()
        .satisfies(ignored -> assertThat(ignored.position()).isZero())
        .satisfies(ignored -> assertThat(ignored.reason()).contains("below 65537"));
  }

  @Test
  void ignoresAnRsaKeyOfAdjacentPrimes_andSaysWhy() {
    BigInteger p = BigInteger.valueOf(15).shiftLeft(1020).nextProbablePrime();
    byte[] modulus = BigIntegers.asUnsignedByteArray(p.multiply(p.nextProbablePrime()));
    String weak =
        key(RSA)
            .toJwk()
            .replaceFirst(
                "\"n\":\"[^\"]+\"",
                "\"n\":\""
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(modulus)
                    + "\"");
    PublicKeySet read = PublicKeySet.fromJwks(set(weak, key(RSA).toJwk()));
    assertThat(read.entries()).extracting(Entry::key).containsExactly(key(RSA));
    assertThat(read.ignored())
        .singleElement()
        .satisfies(ignored -> assertThat(ignored.reason()).contains("Fermat's method"));
  }

  @Test
  void repeatsNoKeyMaterial_ofAMemberItIgnores() {
    String jwk = "{\"kty\":\"oct\",\"kid\":\"a\\nb\",\"k\":\"c2VjcmV0\"}";
    PublicKeySet read = PublicKeySet.fromJwks(set(key(SigningAlgorithm.ED25519).toJwk(), jwk));
    assertThat(read.toString()).contains("kid \"a\\u000ab\"").doesNotContain("c2VjcmV0", "\n");
    assertThat(read.toJwks()).doesNotContain("\"oct\"");
  }

  @Test
  void takesAKeyWithoutAlgForTheDefaultAlgorithmThatFits() {
    String jwks = set(bare(RSA), bare(RSA_4096), key(SigningAlgorithm.ED25519).toJwk());
    assertThat(PublicKeySet.fromJwks(jwks).ignored())
        .hasSize(2)
        .allSatisfy(ignored -> assertThat(ignored.reason()).contains("member alg", "RSA_PKCS1_"));
    assertThat(PublicKeySet.fromJwks(jwks, Set.of(RSA)).entries())
        .extracting(Entry::key)
        .containsExactly(key(RSA), key(SigningAlgorithm.ED25519));
    assertThat(PublicKeySet.fromJwks(jwks, Set.of(RSA, RSA_4096)).entries())
        .extracting(Entry::key)
        .containsExactly(key(RSA), key(RSA_4096), key(SigningAlgorithm.ED25519));
  }

  @Test
  void ignoresAKeyWithoutAlg_whenSeveralDefaultAlgorithmsFit() {
    Set<KeyAlgorithm> both = Set.of(RSA, SigningAlgorithm.RSA_PSS_2048_SHA256);
    String jwks = set(bare(RSA), key(SigningAlgorithm.ED25519).toJwk());
    assertThat(PublicKeySet.fromJwks(jwks, both).ignored())
        .singleElement()
        .satisfies(ignored -> assertThat(ignored.reason()).contains("2 default algorithms fit"));
  }

  @Test
  void keepsTheAlgorithmThatAKeySays_whateverTheDefaults() {
    SigningAlgorithm pss = SigningAlgorithm.RSA_PSS_2048_SHA256;
    assertThat(PublicKeySet.fromJwks(set(key(pss).toJwk()), Set.of(RSA)).entries())
        .extracting(Entry::key)
        .containsExactly(key(pss));
  }

  @Test
  void findsAKeyByItsId() {
    PublicKeySet set =
        new PublicKeySet(
            List.of(
                new Entry("a", key(SigningAlgorithm.ED25519)),
                new Entry("a", key(SigningAlgorithm.ED25519)),
                new Entry("", key(RSA))));
    assertThat(set.byKeyId("a")).contains(key(SigningAlgorithm.ED25519));
    assertThat(set.byKeyId("A")).isEmpty();
    assertThat(set.byKeyId("")).isEmpty();
  }

  @Test
  void refusesAnAmbiguousKeyId_andStillVerifiesByTheSet() {
    LocalKey signer = TestKeys.of(SigningAlgorithm.ED25519);
    PublicKeySet set =
        new PublicKeySet(
            List.of(new Entry("a", key(RSA)), new Entry("a", key(SigningAlgorithm.ED25519))));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> set.byKeyId("a"))
        .withMessageContaining("2 different keys of the set have the key id \"a\"")
        .matches(e -> e.code() == ErrorCode.AMBIGUOUS_KEY_ID);
    Message message = Message.ofUtf8("pay 7 to Alice");
    byte[] signature = signer.sign(message).toByteArray();
    assertThat(set.verify(message, signature, SignatureEncoding.RAW)).isTrue();
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
        "{\"keys\":[7]}",
        "{\"keys\":[[]]}",
        "{\"keys\":[",
        "{\"keys\":[{]}"
      })
  void refusesWhatIsNoSet(String json) {
    assertInvalid(json);
  }

  @Test
  void refusesMoreThan64Keys() {
    String jwk = key(SigningAlgorithm.ED25519).toJwk();
    String most = IntStream.range(0, 64).mapToObj(i -> jwk).collect(Collectors.joining(","));
    assertThat(PublicKeySet.fromJwks(set(most)).entries()).hasSize(64);
    assertInvalid(set(most, jwk));
  }

  /** The JWK with neither {@code alg} nor our own member, as some issuers publish it. */
  private static String bare(KeyAlgorithm algorithm) {
    return key(algorithm).toJwk().replaceAll(",\"(alg|enclave_algorithm)\":\"[^\"]*\"", "");
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
