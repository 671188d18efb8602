package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector of every algorithm we offer, through {@link SignatureVerifier}. */
@Tag("needs-wycheproof")
@Tag("each-engine")
class WycheproofSignatureTest {

  static Stream<Arguments> files() {
    return Stream.of(
        arguments("ecdsa_secp256r1_sha256_test.json", SignatureEncoding.DER),
        arguments("ecdsa_secp256r1_sha256_p1363_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp256r1_webcrypto_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp384r1_sha384_test.json", SignatureEncoding.DER),
        arguments("ecdsa_secp384r1_sha384_p1363_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp384r1_webcrypto_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp521r1_sha512_test.json", SignatureEncoding.DER),
        arguments("ecdsa_secp521r1_sha512_p1363_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp521r1_webcrypto_test.json", SignatureEncoding.P1363),
        arguments("ecdsa_secp256k1_sha256_bitcoin_test.json", SignatureEncoding.DER),
        arguments("ecdsa_secp256k1_sha256_test.json", SignatureEncoding.DER),
        arguments("ecdsa_secp256k1_sha256_p1363_test.json", SignatureEncoding.P1363),
        arguments("ed25519_test.json", SignatureEncoding.RAW),
        arguments("rsa_signature_2048_sha256_test.json", SignatureEncoding.RAW),
        arguments("rsa_signature_3072_sha256_test.json", SignatureEncoding.RAW),
        arguments("rsa_signature_4096_sha256_test.json", SignatureEncoding.RAW),
        arguments("rsa_signature_4096_sha512_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_2048_sha256_mgf1_32_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_2048_sha256_mgf1_32_params_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_3072_sha256_mgf1_32_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_3072_sha256_mgf1_32_params_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_4096_sha256_mgf1_32_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_4096_sha512_mgf1_64_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_4096_sha512_mgf1_64_params_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_misc_test.json", SignatureEncoding.RAW),
        arguments("rsa_pss_misc_params_test.json", SignatureEncoding.RAW));
  }

  @ParameterizedTest
  @MethodSource("files")
  void agreesWithWycheproof(String file, SignatureEncoding encoding) {
    List<Json> groups = Wycheproof.groups(file);
    Tally tally = new Tally();
    for (Json group : groups) {
      offered(group)
          .ifPresentOrElse(
              verifier -> {
                assertJwkIsTheSameKey(group, verifier);
                tally.check(verifier, group.objects("tests"), encoding);
              },
              () -> tally.leftOut++);
    }
    System.out.printf("wycheproof %-46s %s by %s%n", file, tally, tally.engines);
    assertThat(tally.engines).isNotEmpty();
    assertThat(tally.wrong).isEmpty();
    assertThat(tally.accepted).isPositive();
  }

  /** A verifier of the group's key; empty when we do not offer its scheme or refuse its key. */
  private static Optional<SignatureVerifier> offered(Json group) {
    return algorithm(group)
        .flatMap(
            algorithm -> {
              try {
                return Optional.of(
                    SignatureVerifier.of(
                        PublicKeyInfo.fromSpki(
                            Bytes.ofHex(group.text("publicKeyDer")).toByteArray(), algorithm)));
              } catch (UsageException refused) {
                return Optional.empty();
              }
            });
  }

  private static void assertJwkIsTheSameKey(Json group, SignatureVerifier verifier) {
    if (group.members().get("publicKeyJwk") instanceof Json jwk) {
      assertThat(PublicKeyInfo.fromJwk(jwk.write(), verifier.key().algorithm()))
          .isEqualTo(verifier.key());
    }
  }

  private static Optional<KeyAlgorithm> algorithm(Json group) {
    String sha = group.optional("sha").orElse("SHA-512").replace("-", "");
    String name =
        switch (group.text("type")) {
          case "EddsaVerify" -> "ED25519";
          case "RsassaPkcs1Verify" -> "RSA_PKCS1_" + group.text("keySize") + "_" + sha;
          case "RsassaPssVerify", "RsassaPssWithParametersVerify" ->
              group.text("sha").equals(group.text("mgfSha"))
                      && group.text("sLen").equals(sha.equals("SHA256") ? "32" : "64")
                  ? "RSA_PSS_" + group.text("keySize") + "_" + sha
                  : "";
          default ->
              "ECDSA_"
                  + group
                      .object("publicKey")
                      .text("curve")
                      .replaceFirst("secp(...)r1", "P$1")
                      .replace("secp256k1", "SECP256K1")
                  + "_"
                  + sha;
        };
    return KeyAlgorithm.all().stream().filter(a -> a.name().equals(name)).findAny();
  }

  private static final class Tally {

    private final List<String> wrong = new ArrayList<>();
    private final Set<String> engines = new TreeSet<>();
    private int accepted;
    private int rejected;
    private int acceptable;
    private int highS;
    private int leftOut;

    void check(SignatureVerifier verifier, List<Json> tests, SignatureEncoding encoding) {
      KeyAlgorithm scheme = verifier.key().algorithm();
      assertThat(TestEngines.of(scheme)).startsWith(TestEngines.expected(scheme));
      engines.add(TestEngines.of(scheme).replaceAll(" \\(.*not used.*", ""));
      for (Json test : tests) {
        KeyAlgorithm algorithm = verifier.key().algorithm();
        Message message = Message.of(Bytes.ofHex(test.text("msg")).toByteArray());
        Bytes signature = Bytes.ofHex(test.text("sig"));
        boolean valid = verifier.verify(message, signature, encoding);
        algorithm
            .digest()
            .ifPresent(
                hash -> {
                  Digest digest = Hashing.digest(hash, message);
                  assertThat(verifier.verify(digest, signature, encoding)).isEqualTo(valid);
                });
        count(test, valid, isHighS(algorithm, signature, encoding));
      }
    }

    private void count(Json test, boolean valid, boolean isHighS) {
      String expected = test.text("result");
      if (expected.equals("acceptable")) {
        acceptable++;
      } else if (expected.equals("valid") && isHighS && !valid) {
        highS++;
      } else if (valid != expected.equals("valid")) {
        wrong.add(test.text("tcId") + " " + test.text("comment"));
      } else if (valid) {
        accepted++;
      } else {
        rejected++;
      }
    }

    private static boolean isHighS(
        KeyAlgorithm algorithm, Bytes signature, SignatureEncoding encoding) {
      try {
        return !Signatures.lowS(signature, algorithm, encoding).equals(signature);
      } catch (UsageException malformed) {
        return false;
      }
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "accepted %4d, rejected %4d, high-s refused %3d, acceptable %3d, wrong %d; groups left"
              + " out %d",
          accepted,
          rejected,
          highS,
          acceptable,
          wrong.size(),
          leftOut);
    }
  }
}
