package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers of a signature, Ethereum's form of it, and its recovery id by a public key. */
class SignatureFormsTest {

  private static final SigningAlgorithm ETHEREUM = SigningAlgorithm.ECDSA_SECP256K1_KECCAK256;
  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  static Stream<KeyAlgorithm> ecdsa() {
    return TestKeys.ecdsa();
  }

  @ParameterizedTest
  @MethodSource("ecdsa")
  void givesTheNumbersOfItsDer_inEitherEncoding(SigningAlgorithm algorithm) {
    SignatureValue der = signed(algorithm, MESSAGE);
    ASN1Sequence numbers = ASN1Sequence.getInstance(der.toByteArray());
    BigInteger r = ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue();
    BigInteger s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue();
    for (SignatureValue signature : new SignatureValue[] {der, der.as(SignatureEncoding.P1363)}) {
      assertThat(signature.r()).isEqualTo(r);
      assertThat(signature.s()).isEqualTo(s);
    }
  }

  @Test
  void hasNoNumbers_whenItIsNoneOfEcdsa() {
    SignatureValue signature = signed(SigningAlgorithm.ED25519, MESSAGE);
    assertCode(ErrorCode.INVALID_ENCODING, signature::r);
    assertCode(ErrorCode.INVALID_ENCODING, signature::s);
    assertCode(ErrorCode.INVALID_ENCODING, signature::toRsv);
    assertCode(ErrorCode.INVALID_ENCODING, signature::toRsYParity);
  }

  @Test
  void endsWithV27Or28_orWithTheParityItself_afterRAndS() {
    boolean[] seen = new boolean[2];
    for (int i = 0; i < 64; i++) {
      SignatureValue signature = withRecoveryId(Message.ofUtf8("message " + i));
      int id = signature.recoveryId().orElseThrow();
      String rs = signature.as(SignatureEncoding.P1363).bytes().toHex();
      assertThat(signature.toRsv().toHex()).isEqualTo(rs + (id == 0 ? "1b" : "1c"));
      assertThat(signature.toRsYParity().toHex()).isEqualTo(rs + (id == 0 ? "00" : "01"));
      assertThat(signature.as(SignatureEncoding.P1363).toRsv()).isEqualTo(signature.toRsv());
      seen[id] = true;
    }
    assertThat(seen).containsExactly(true, true);
  }

  /**
   * The transaction of EIP-155: v = 37 there is 35, twice the chain's id 1, and the recovery id 0.
   */
  @Test
  void isThePublishedOneOfEthereum() {
    X9ECParameters curve = ECNamedCurveTable.getByName("secp256k1");
    byte[] point = curve.getG().multiply(new BigInteger("46".repeat(32), 16)).getEncoded(false);
    PublicKeyInfo key =
        PublicKeyInfo.fromSpki(
            Bytes.ofHex("3056301006072a8648ce3d020106052b8104000a034200" + Bytes.of(point).toHex())
                .toByteArray(),
            ETHEREUM);
    String rs =
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
            + "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
    Digest digest =
        new Digest(
            DigestAlgorithm.KECCAK_256,
            Bytes.ofHex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
    SignatureValue signature =
        SignatureValue.of(
            Bytes.ofHex(rs),
            SignatureEncoding.P1363,
            ETHEREUM,
            signed(ETHEREUM, MESSAGE).key(),
            KeyVersionId.of("1"),
            Optional.empty());
    SignatureVerifier verifier = SignatureVerifier.of(key);
    assertThat(key.ethereumAddress())
        .isEqualToIgnoringCase("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    assertThat(verifier.verify(digest, signature)).isTrue();
    assertThat(
            signature.withRecoveryId(() -> verifier.recoveryId(digest, signature)).toRsv().toHex())
        .isEqualTo(rs + "1b");
  }

  @Test
  void refusesRsv_whenTheRecoveryIdIsNotKnown_andSaysHowToGetIt() {
    SignatureValue signature = signed(ETHEREUM, MESSAGE);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(signature::toRsv)
        .withMessageContaining("withRecoveryId(() -> verifier.recoveryId(message, signature))")
        .matches(e -> e.code() == ErrorCode.INVALID_ENCODING);
    SignatureValue p256 = signed(SigningAlgorithm.ECDSA_P256_SHA256, MESSAGE);
    assertCode(ErrorCode.INVALID_ENCODING, p256::toRsv);
  }

  @Test
  void refusesRsv_whenTheRecoveryIdIsNoneOfEthereum() {
    SignatureValue signature = signed(ETHEREUM, MESSAGE).withRecoveryId(() -> OptionalInt.of(2));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(signature::toRsYParity)
        .withMessageContaining("its recovery id is 2");
  }

  @Test
  void keepsTheRecoveryId_whenStoredAndReloaded() {
    SignatureValue fresh = withRecoveryId(MESSAGE);
    SignatureValue reloaded = SignatureValue.parse(fresh.toString());
    assertThat(reloaded).isEqualTo(fresh).hasToString(fresh.toString());
    assertThat(reloaded.toRsv()).isEqualTo(fresh.toRsv());
    assertThat(verifier(ETHEREUM).verify(MESSAGE, reloaded)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"ECDSA_SECP256K1_SHA256", "ECDSA_SECP256K1_KECCAK256"})
  void hasTheSameRecoveryId_byMessageDigestAndEncoding(SigningAlgorithm algorithm) {
    SignatureValue der = signed(algorithm, MESSAGE);
    Digest digest = Hashing.digest(algorithm.digest().orElseThrow(), MESSAGE);
    OptionalInt id = Signatures.recoveryId(publicKey(algorithm), digest, der.bytes());
    assertThat(id).isPresent();
    for (SignatureValue signature : new SignatureValue[] {der, der.as(SignatureEncoding.P1363)}) {
      assertThat(verifier(algorithm).recoveryId(MESSAGE, signature)).isEqualTo(id);
      assertThat(verifier(algorithm).recoveryId(digest, signature)).isEqualTo(id);
    }
  }

  @Test
  void hasNoRecoveryId_whenItIsNotValidOrNotOnSecp256k1() {
    OptionalInt none = OptionalInt.empty();
    SignatureValue signature = signed(ETHEREUM, MESSAGE);
    SignatureVerifier verifier = verifier(ETHEREUM);
    assertThat(verifier.recoveryId(Message.ofUtf8("other"), signature)).isEqualTo(none);
    assertThat(verifier.recoveryId(MESSAGE, highS(signature), SignatureEncoding.P1363))
        .isEqualTo(none);
    assertThat(verifier.recoveryId(MESSAGE, Bytes.empty(), SignatureEncoding.DER)).isEqualTo(none);
    assertThat(verifier(SigningAlgorithm.ECDSA_SECP256K1_SHA256).recoveryId(MESSAGE, signature))
        .isEqualTo(none);
    for (SigningAlgorithm other :
        List.of(SigningAlgorithm.ECDSA_P256_SHA256, SigningAlgorithm.ED25519)) {
      assertThat(verifier(other).recoveryId(MESSAGE, signed(other, MESSAGE))).isEqualTo(none);
    }
  }

  @Test
  void refusesToRecover_fromWhatVerificationRefuses() {
    SignatureVerifier verifier = verifier(ETHEREUM);
    Bytes bytes = signed(ETHEREUM, MESSAGE).bytes();
    assertCode(
        ErrorCode.INVALID_ENCODING,
        () -> verifier.recoveryId(MESSAGE, bytes, SignatureEncoding.RAW));
    assertCode(
        ErrorCode.INVALID_DIGEST,
        () ->
            verifier.recoveryId(
                Hashing.digest(DigestAlgorithm.SHA_256, MESSAGE), bytes, SignatureEncoding.DER));
  }

  private static Bytes highS(SignatureValue signature) {
    BigInteger order = ECNamedCurveTable.getByName("secp256k1").getN();
    String r = signature.as(SignatureEncoding.P1363).bytes().toHex().substring(0, 64);
    return Bytes.ofHex(r + String.format(Locale.ROOT, "%064x", order.subtract(signature.s())));
  }

  private static SignatureValue withRecoveryId(Message message) {
    SignatureValue signature = signed(ETHEREUM, message);
    return signature.withRecoveryId(() -> verifier(ETHEREUM).recoveryId(message, signature));
  }

  private static SignatureValue signed(SigningAlgorithm algorithm, Message message) {
    return SignatureValue.of(
        TestKeys.of(algorithm).sign(message),
        algorithm.defaultEncoding(),
        algorithm,
        new KeyHandle(
            BackendId.SOFTWARE,
            "/keys",
            KeyName.of("wallet"),
            Optional.of(publicKey(algorithm).fingerprint())),
        KeyVersionId.of("1"),
        Optional.empty());
  }

  private static SignatureVerifier verifier(KeyAlgorithm algorithm) {
    return SignatureVerifier.of(publicKey(algorithm));
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }
}
