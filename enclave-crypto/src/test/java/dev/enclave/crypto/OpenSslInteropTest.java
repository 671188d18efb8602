package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both directions between us and the {@code openssl} command. */
@Tag("needs-openssl")
@Tag("each-engine")
@Tag("full")
class OpenSslInteropTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");
  private static final Message OTHER = Message.ofUtf8("pay 8 to Alice");

  private OpenSsl openssl;

  @BeforeEach
  void openFolder(@TempDir Path folder) {
    openssl = new OpenSsl(folder);
  }

  static Stream<SigningAlgorithm> signing() {
    return TestKeys.signing();
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  static Stream<WrappingAlgorithm> oaep() {
    return TestKeys.wrapping().filter(KeyAlgorithm::asymmetric);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void opensslVerifiesOurSignature_andRefusesItOverAnotherMessage(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    openssl.write("public", pem(key)).write("signature", key.sign(MESSAGE).toByteArray());
    openssl.write("input", input(algorithm, MESSAGE)).write("other", input(algorithm, OTHER));
    openssl.run(verification(algorithm, "input"));
    assertThat(openssl.succeeds(verification(algorithm, "other"))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("signing")
  void weVerifyOpensslsSignature_byAKeyExportedToIt(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    try (SecretBytes encoded = key.encode()) {
      openssl.write("private", encoded.exposeSecret());
    }
    openssl.write("input", input(algorithm, MESSAGE)).run(signing(algorithm));
    // OpenSSL does not promise low-s.
    Bytes signature =
        Signatures.lowS(
            Bytes.of(openssl.read("signature")), algorithm, algorithm.defaultEncoding());
    SignatureVerifier verifier = SignatureVerifier.of(key.publicKey().orElseThrow());
    assertThat(verifier.verify(MESSAGE, signature, algorithm.defaultEncoding())).isTrue();
    assertThat(verifier.verify(OTHER, signature, algorithm.defaultEncoding())).isFalse();
  }

  /** One key of OpenSSL's for all algorithms that use such a key: one of RSA takes a second. */
  @ParameterizedTest
  @MethodSource("algorithmsByTheKeyTheyUse")
  void weReadOpensslsPrivateKey_andDeriveTheSamePublicKey(List<KeyAlgorithm> algorithms) {
    List<String> generation =
        new ArrayList<>(List.of("genpkey", "-outform", "DER", "-out", "private"));
    generation.addAll(kind(algorithms.get(0)));
    openssl
        .run(generation)
        .run("pkcs8", "-topk8", "-nocrypt", "-in", "private", "-outform", "DER", "-out", "pkcs8")
        .run("pkey", "-in", "private", "-pubout", "-out", "public");
    String publicKey = new String(openssl.read("public"), StandardCharsets.US_ASCII);
    for (KeyAlgorithm algorithm : algorithms) {
      try (SecretBytes encoded = SecretBytes.takeOver(openssl.read("pkcs8"));
          LocalKey key = LocalKey.decode(algorithm, encoded, TestKeys.RANDOM)) {
        assertThat(key.publicKey())
            .as(algorithm.name())
            .contains(PublicKeyInfo.fromPem(publicKey, algorithm));
      }
    }
  }

  static Stream<List<KeyAlgorithm>> algorithmsByTheKeyTheyUse() {
    return asymmetric().collect(Collectors.groupingBy(OpenSslInteropTest::kind)).values().stream();
  }

  private static List<String> kind(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> List.of("-algorithm", "ED25519");
      case ECDSA ->
          List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + algorithm.curve().get());
      default -> List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + algorithm.keyBits());
    };
  }

  @ParameterizedTest
  @MethodSource("oaep")
  void opensslUnwrapsWhatWeWrap_andWeWhatItWraps(KeyAlgorithm algorithm) {
    byte[] dek = new byte[32];
    TestKeys.RANDOM.nextBytes(dek);
    LocalKey key = TestKeys.of(algorithm);
    try (SecretBytes encoded = key.encode();
        SecretBytes secret = SecretBytes.takeOver(dek.clone())) {
      openssl
          .write("private", encoded.exposeSecret())
          .write("public", pem(key))
          .write("wrapped", key.wrap(secret).toByteArray())
          .write("input", dek)
          .run(oaep("-decrypt", "private", "wrapped", "opened"))
          .run(oaep("-encrypt", "public", "input", "theirs"));
    }
    assertThat(openssl.read("opened")).isEqualTo(dek);
    try (SecretBytes opened = key.unwrap(Bytes.of(openssl.read("theirs")))) {
      assertThat(opened.exposeSecret()).isEqualTo(dek);
    }
  }

  private static byte[] pem(LocalKey key) {
    return key.publicKey().orElseThrow().toPem().getBytes(StandardCharsets.US_ASCII);
  }

  /** Keccak-256 is no signature hash of OpenSSL's: there it signs the finished digest. */
  private static byte[] input(KeyAlgorithm algorithm, Message message) {
    return algorithm == SigningAlgorithm.ECDSA_SECP256K1_KECCAK256
        ? Hashing.digest(DigestAlgorithm.KECCAK_256, message).value().toByteArray()
        : message.toByteArray();
  }

  private static List<String> verification(KeyAlgorithm algorithm, String input) {
    List<String> arguments =
        new ArrayList<>(
            List.of("pkeyutl", "-verify", "-pubin", "-inkey", "public", "-sigfile", "signature"));
    arguments.addAll(List.of("-in", input));
    arguments.addAll(scheme(algorithm));
    return arguments;
  }

  private static List<String> signing(KeyAlgorithm algorithm) {
    List<String> arguments =
        new ArrayList<>(
            List.of("pkeyutl", "-sign", "-inkey", "private", "-keyform", "DER", "-in", "input"));
    arguments.addAll(List.of("-out", "signature"));
    arguments.addAll(scheme(algorithm));
    return arguments;
  }

  private static List<String> scheme(KeyAlgorithm algorithm) {
    if (algorithm == SigningAlgorithm.ECDSA_SECP256K1_KECCAK256) {
      return List.of();
    }
    if (algorithm.digest().isEmpty()) {
      return List.of("-rawin");
    }
    String hash = algorithm.digest().get().jcaName().replace("-", "").toLowerCase(Locale.ROOT);
    List<String> arguments = new ArrayList<>(List.of("-rawin", "-digest", hash));
    if (algorithm.family() == KeyAlgorithm.Family.RSA_PSS) {
      arguments.addAll(
          List.of(
              "-pkeyopt", "rsa_padding_mode:pss",
              "-pkeyopt", "rsa_pss_saltlen:digest",
              "-pkeyopt", "rsa_mgf1_md:" + hash));
    }
    return arguments;
  }

  private static List<String> oaep(String operation, String key, String input, String output) {
    List<String> arguments =
        new ArrayList<>(List.of("pkeyutl", operation, "-inkey", key, "-in", input, "-out", output));
    arguments.addAll(operation.equals("-encrypt") ? List.of("-pubin") : List.of("-keyform", "DER"));
    arguments.addAll(
        List.of(
            "-pkeyopt", "rsa_padding_mode:oaep",
            "-pkeyopt", "rsa_oaep_md:sha256",
            "-pkeyopt", "rsa_mgf1_md:sha256"));
    return arguments;
  }
}
