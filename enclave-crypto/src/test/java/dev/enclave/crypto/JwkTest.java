package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwkTest {

  // RFC 8037 appendix A.2.
  private static final String ED25519 =
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
  // RFC 7517 appendix A.1.
  private static final String P256_MEMBERS =
      "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"";
  private static final String P256 = "{\"kty\":\"EC\",\"crv\":\"P-256\"," + P256_MEMBERS + "}";

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void readsItsOwnJwk_withoutBeingToldTheAlgorithm(KeyAlgorithm algorithm) {
    PublicKeyInfo key = publicKey(algorithm);
    assertThat(parse(key.toJwk()).key()).isEqualTo(key);
    assertThat(PublicKeyInfo.fromJwk(key.toJwk(), algorithm)).isEqualTo(key);
  }

  @Test
  void namesKeyIdJoseAlgorithmUseAndOwnAlgorithm() {
    PublicKeyInfo key = parse(P256).key();
    assertThat(PublicKeyEngine.get().toJwk(key, Optional.of("wallet-1/\"2\"")))
        .isEqualTo(
            "{\"kty\":\"EC\",\"crv\":\"P-256\","
                + P256_MEMBERS
                + ",\"kid\":\"wallet-1/\\\"2\\\"\",\"alg\":\"ES256\",\"use\":\"sig\","
                + "\"enclave_algorithm\":\"ECDSA_P256_SHA256\"}");
  }

  @Test
  void namesNoJoseAlgorithm_forKeccak() {
    assertThat(publicKey(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256).toJwk())
        .contains("\"crv\":\"secp256k1\"")
        .doesNotContain("\"alg\"");
  }

  @Test
  void givesTheKeyIdBack() {
    String jwk = PublicKeyEngine.get().toJwk(parse(ED25519).key(), Optional.of("né\u2603"));
    assertThat(parse(jwk).keyId()).isEqualTo("né\u2603");
  }

  @ParameterizedTest
  @CsvSource({
    "ES256, ECDSA_P256_SHA256",
    "ES384, ECDSA_P384_SHA384",
    "ES512, ECDSA_P521_SHA512",
    "ES256K, ECDSA_SECP256K1_SHA256",
    "EdDSA, ED25519",
    "Ed25519, ED25519",
    "PS256, RSA_PSS_3072_SHA256",
    "PS512, RSA_PSS_4096_SHA512",
    "RS256, RSA_PKCS1_2048_SHA256",
    "RS512, RSA_PKCS1_4096_SHA512",
    "RSA-OAEP-256, RSA_OAEP_3072_SHA256"
  })
  void takesTheAlgorithmFromAlgAndModulus(String alg, KeyAlgorithm algorithm) {
    String jwk = bare(algorithm).replaceFirst("\\{", "{\"alg\":\"" + alg + "\",");
    assertThat(parse(jwk).key().algorithm()).isEqualTo(algorithm);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ED25519", "ECDSA_P256_SHA256", "ECDSA_P384_SHA384", "ECDSA_P521_SHA512"})
  void takesTheAlgorithmFromTheCurve_whereThatSaysAll(KeyAlgorithm algorithm) {
    assertThat(parse(bare(algorithm)).key().algorithm()).isEqualTo(algorithm);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RSA_PSS_2048_SHA256", "RSA_OAEP_3072_SHA256", "ECDSA_SECP256K1_KECCAK256"})
  void needsToBeToldTheAlgorithm_whereTheKeySaysTooLittle(KeyAlgorithm algorithm) {
    String jwk = bare(algorithm);
    assertInvalid(jwk);
    assertThat(PublicKeyInfo.fromJwk(jwk, algorithm)).isEqualTo(publicKey(algorithm));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"alg\":\"ES384\"",
        "\"alg\":\"ECDH-ES\"",
        "\"alg\":\"Ed25519\"",
        "\"use\":\"enc\"",
        "\"key_ops\":[\"deriveBits\"]",
        "\"enclave_algorithm\":\"ECDSA_P384_SHA384\"",
        "\"enclave_algorithm\":\"NONE\""
      })
  void refusesAKeyThatSaysItIsForSomethingElse(String member) {
    String jwk = P256.replaceFirst("\\{", "{" + member + ",");
    assertInvalid(jwk);
    assertCode(
        ErrorCode.INVALID_PUBLIC_KEY,
        () -> PublicKeyInfo.fromJwk(jwk, SigningAlgorithm.ECDSA_P256_SHA256));
  }

  @Test
  void refusesAKeyOfAnotherAlgorithmThanWanted() {
    assertCode(
        ErrorCode.INVALID_PUBLIC_KEY,
        () -> PublicKeyInfo.fromJwk(P256, SigningAlgorithm.ECDSA_SECP256K1_SHA256));
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
  void refusesPrivateKeys_withoutRepeatingThem(String member) {
    String jwk = P256.replaceFirst("\\{", "{\"" + member + "\":\"c2VjcmV0\",");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(jwk))
        .withMessageContaining("private or secret key")
        .matches(e -> e.code() == ErrorCode.INVALID_PUBLIC_KEY)
        .matches(e -> !e.getMessage().contains("c2VjcmV0"))
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // x with padding, in plain base64, one byte short, one long, with stray bits, not text.
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":7}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":null}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
        "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"n\":\"AAEB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"oct\"}",
        "{}",
        "[]",
        "7",
        "\"x\"",
        "null",
        "",
        " ",
        "{",
        "nonsense",
        "{\"kty\":\"OKP\"} {}",
        "{\"kty\":\"OKP\",\"kty\":\"OKP\"}",
        "{\"kty\":\"OKP\",\"kid\":\"\\ud800\"}",
        "{\"kty\":\"OKP\",\"huge\":1e999999999}"
      })
  void refusesWhatIsNoKey(String json) {
    assertInvalid(json);
  }

  @Test
  void refusesDuplicateMembersDeepNestingHugeNumbersAndHugeTexts() {
    assertInvalid(ED25519.replace("{", "{\"crv\":\"Ed25519\","));
    assertInvalid(ED25519.replace("{", "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + ","));
    assertInvalid(ED25519.replace("{", "{\"a\":" + "[".repeat(100_000)));
    assertInvalid(ED25519.replace("{", "{\"kid\":" + "7".repeat(100_000) + ","));
    assertInvalid(ED25519.replace("{", "{\"kid\":\"" + "7".repeat(300_000) + "\","));
    assertInvalid(ED25519.replace("{", "{\"kid\":\"\ud800\","));
    assertInvalid(ED25519.replace("{", "{\"kid\":\"\\udc00\","));
  }

  @Test
  void refusesAKeyIdOfHalfACharacter() {
    PublicKeyInfo key = parse(ED25519).key();
    assertCode(
        ErrorCode.INVALID_ARGUMENT, () -> PublicKeyEngine.get().toJwk(key, Optional.of("\ud800")));
  }

  /** The JWK with neither {@code alg} nor our own member. */
  private static String bare(KeyAlgorithm algorithm) {
    return publicKey(algorithm)
        .toJwk()
        .replaceAll(",\"(alg|use|enclave_algorithm)\":\"[^\"]*\"", "");
  }

  private static PublicKeySet.Entry parse(String json) {
    return PublicKeyEngine.get().parseJwk(json, Optional.empty());
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }

  private static void assertInvalid(String json) {
    assertCode(ErrorCode.INVALID_PUBLIC_KEY, () -> parse(json));
  }
}
