package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures as text. */
class SignatureTextTest {

  private static final KeyHandle HANDLE =
      new KeyHandle(BackendId.SOFTWARE, "/keys: a b", KeyName.of("wallet"), Optional.empty());

  private static final String TEXT =
      "enclave-signature:v1:ECDSA_SECP256K1_SHA256:DER:01ff:1:-:request-1:"
          + "enclave:v1:software:%2Fkeys%3A%20a%20b:wallet:-";

  private static SignatureValue signature(Optional<String> traceId) {
    return SignatureValue.of(
        Bytes.ofHex("01ff"),
        SignatureEncoding.DER,
        SigningAlgorithm.ECDSA_SECP256K1_SHA256,
        HANDLE,
        KeyVersionId.of("1"),
        traceId);
  }

  @Test
  void isOneLineThatNamesEverything() {
    SignatureValue signature = signature(Optional.of("request-1"));
    assertThat(signature).hasToString(TEXT);
    assertThat(signature.withRecoveryId(() -> OptionalInt.of(1)))
        .hasToString(TEXT.replace(":1:-:", ":1:1:"));
    assertThat(signature(Optional.empty())).hasToString(TEXT.replace("request-1", "-"));
  }

  @Test
  void isReadAsItIsWritten() {
    SignatureValue read = SignatureValue.parse(TEXT);
    assertThat(read).isEqualTo(signature(Optional.of("request-1"))).hasToString(TEXT);
    assertThat(read.bytes()).isEqualTo(Bytes.ofHex("01ff"));
    assertThat(read.encoding()).isEqualTo(SignatureEncoding.DER);
    assertThat(read.algorithm()).isEqualTo(SigningAlgorithm.ECDSA_SECP256K1_SHA256);
    assertThat(read.key()).isEqualTo(HANDLE);
    assertThat(read.version()).isEqualTo(KeyVersionId.of("1"));
    assertThat(read.traceId()).contains("request-1");
    assertThat(read.recoveryId()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void keepsTheRecoveryId(int id) {
    SignatureValue signature = signature(Optional.empty()).withRecoveryId(() -> OptionalInt.of(id));
    assertThat(SignatureValue.parse(signature.toString()).recoveryId()).hasValue(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "", "a:b", "a b+c%", "é\n日本", "--", "arn:aws:kms"})
  void keepsEveryTraceId(String traceId) {
    String text = signature(Optional.of(traceId)).toString();
    assertThat(text).hasLineCount(1).isPrintable();
    assertThat(SignatureValue.parse(text).traceId()).contains(traceId);
  }

  @Test
  void fitsIntoTheColumnThatIsDocumented() {
    SignatureValue longest =
        SignatureValue.of(
            Bytes.of(new byte[512]),
            SignatureEncoding.RAW,
            SigningAlgorithm.RSA_PKCS1_4096_SHA256,
            new KeyHandle(
                new BackendId("a".repeat(32)),
                "日".repeat(512),
                KeyName.of("a".repeat(52)),
                Optional.of(new Fingerprint(Bytes.of(new byte[32])))),
            KeyVersionId.of("a".repeat(64)),
            Optional.of("a".repeat(2000)));
    assertThat(longest.toString()).hasSizeLessThanOrEqualTo(8192);
    assertThat(SignatureValue.parse(longest.toString())).isEqualTo(longest);
  }

  @Test
  void isRefused_whenItIsSomethingElse_andTheMessageSaysWhat() {
    refused(HANDLE.toString(), "must start with enclave-signature:v1:");
    refused("enclave-signature:v2:" + TEXT.substring(21), "must start with enclave-signature:v1:");
    refused("enclave-signature:v1:ED25519:RAW:00", "must have 7 parts");
    refused(TEXT.replace(":DER:", ":BER:"), "its encoding \"BER\" is none of DER, P1363 and RAW");
    refused(TEXT.replace(":DER:", ":RAW:"), "have no RAW encoding. Use DER.");
    refused(TEXT.replace("ECDSA_SECP256K1_SHA256", "ECDSA"), "Algorithm \"ECDSA\" is unknown");
    refused(
        TEXT.replace("ECDSA_SECP256K1_SHA256", "AES_256_GCM"),
        "for keys of the other purpose. Use one of ED25519");
    refused(TEXT.replace("01ff", "01f"), "even number of hexadecimal digits");
    refused(TEXT.replace(":1:-:", ":1 2:-:"), "Key version id");
    refused(TEXT.replace(":1:-:", ":1:4:"), "its recovery id must be 0, 1, 2, 3 or -");
    refused(TEXT.replace("request-1", "%zz"), "its trace id is not percent-encoded");
    refused(TEXT.replace(":wallet:-", ":wallet"), "Not a key handle");
  }

  @Test
  void isRefused_whenItIsSpelledInAnotherWay() {
    for (String other :
        List.of(
            TEXT.replace("01ff", "01FF"),
            TEXT.replace("ECDSA_SECP256K1_SHA256", "ecdsa_secp256k1_sha256"),
            TEXT.replace("request-1", "request%2D1"),
            TEXT.replace("request-1", "a b"),
            TEXT.replace("request-1", "%FF"))) {
      refused(other, "it is not in canonical form");
    }
  }

  @Test
  void isRefused_whenARecoveryIdIsGivenToAnAlgorithmThatHasNone() {
    refused(
        TEXT.replace("SECP256K1", "P256").replace(":1:-:", ":1:1:"), "it is not in canonical form");
  }

  private static void refused(String text, String why) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SignatureValue.parse(text))
        .withMessageContaining(why)
        .withMessageStartingWith("Not the text form of a signature: \"")
        .withMessageEndingWith("Pass the text that SignatureValue.toString() gave, unchanged.")
        .matches(e -> e.code() == ErrorCode.INVALID_SIGNATURE);
  }
}
