package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Backups as they are kept in files, read by OpenSSL, and what OpenSSL encrypts read by us. */
@Tag("needs-openssl")
@Tag("full")
class BackupFileTest {

  private static final String PASSWORD = "correct hörse battery";
  private static final KeyName NAME = KeyName.of("restored");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private OpenSsl openssl;

  @BeforeEach
  void openFolder(@TempDir Path folder) {
    openssl = new OpenSsl(folder);
    openssl.write("password", (PASSWORD + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  private static SecretBytes password(String text) {
    return SecretBytes.takeOver(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ExportedKey exported(KeyAlgorithm algorithm) {
    LocalKey key = TestKeys.of(algorithm);
    return ExportedKey.of(
        KeyName.of("wallet"),
        algorithm,
        RotationInterval.POLICY,
        Optional.empty(),
        List.of(
            Version.of(
                KeyVersionId.of("1"),
                KeyState.ACTIVE,
                NOW,
                key.publicKey(),
                Optional.of(key.encode()))));
  }

  private static KeyBackup encrypt(ExportedKey key) {
    return encrypt(key, PASSWORD, KeyBackup.Derivation.SCRYPT);
  }

  private static KeyBackup encrypt(ExportedKey key, String typed, KeyBackup.Derivation derivation) {
    try (SecretBytes password = password(typed)) {
      return BackupFile.encrypt(key, password, derivation, TestKeys.RANDOM);
    }
  }

  private static ExportedKey decrypt(KeyBackup backup, String typed) {
    try (SecretBytes password = password(typed)) {
      return BackupFile.decrypt(backup, password, NAME, NOW, TestKeys.RANDOM);
    }
  }

  /** Where openssl signs with the key, it has read it. */
  static Stream<KeyAlgorithm> otherThanSigning() {
    List<KeyAlgorithm> signing = signing().map(KeyAlgorithm.class::cast).toList();
    return asymmetric().filter(algorithm -> !signing.contains(algorithm));
  }

  @ParameterizedTest
  @MethodSource("otherThanSigning")
  void opensslReadsTheKey_andItIsTheSame(KeyAlgorithm algorithm) {
    requireReadByOpenSsl(encrypt(exported(algorithm)), algorithm);
  }

  private void requireReadByOpenSsl(KeyBackup backup, KeyAlgorithm algorithm) {
    openssl
        .write("backup.pem", backup.toPem().getBytes(StandardCharsets.US_ASCII))
        .run(
            "pkey",
            "-in",
            "backup.pem",
            "-passin",
            "file:password",
            "-pubout",
            "-outform",
            "DER",
            "-out",
            "public.der");
    assertThat(PublicKeyInfo.fromSpki(openssl.read("public.der"), algorithm))
        .isEqualTo(TestKeys.of(algorithm).publicKey().orElseThrow());
  }

  @Test
  void opensslReadsABackupByPbkdf2_andSoDoesEnclave() {
    KeyAlgorithm algorithm = SigningAlgorithm.ED25519;
    KeyBackup backup = encrypt(exported(algorithm), PASSWORD, KeyBackup.Derivation.PBKDF2);
    requireReadByOpenSsl(backup, algorithm);
    try (ExportedKey opened = decrypt(backup, PASSWORD)) {
      assertThat(opened.name()).isEqualTo(KeyName.of("wallet"));
      assertThat(opened.versions().get(0).publicKey())
          .isEqualTo(TestKeys.of(algorithm).publicKey());
    }
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> decrypt(backup, "incorrect horse battery"))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_PASSWORD));
  }

  /** PBES2 (RFC 8018 §6.2) with PBKDF2, which the JDK knows by this name; it takes ASCII alone. */
  @Test
  void theJdkReadsABackupByPbkdf2() throws Exception {
    String scheme = "PBEWithHmacSHA256AndAES_256";
    KeyAlgorithm algorithm = SigningAlgorithm.ECDSA_P256_SHA256;
    String ascii = "correct horse battery";
    KeyBackup backup = encrypt(exported(algorithm), ascii, KeyBackup.Derivation.PBKDF2);
    EncryptedPrivateKeyInfo block =
        new EncryptedPrivateKeyInfo(backup.blocks().get(0).toByteArray());
    Cipher cipher = Cipher.getInstance(scheme);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(ascii.toCharArray())),
        block.getAlgParameters());
    Signature signer = Signature.getInstance("SHA256withECDSA");
    // Not by getKeySpec, which refuses every PKCS#8 with attributes.
    byte[] plain = cipher.doFinal(block.getEncryptedData());
    signer.initSign(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(plain)));
    byte[] message = "pay 7 to Alice".getBytes(StandardCharsets.UTF_8);
    signer.update(message);
    Bytes signature =
        Signatures.lowS(Bytes.of(signer.sign()), algorithm, algorithm.defaultEncoding());
    assertThat(
            SignatureVerifier.of(TestKeys.of(algorithm).publicKey().orElseThrow())
                .verify(Message.of(message), signature.toByteArray(), algorithm.defaultEncoding()))
        .isTrue();
  }

  static Stream<SigningAlgorithm> signing() {
    // openssl has no ECDSA over Keccak-256; the key itself is read in the test above.
    return TestKeys.signing().filter(a -> a != SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void aSignatureOpensslMakesWithTheBackup_verifies(KeyAlgorithm algorithm) {
    Message message = Message.ofUtf8("pay 7 to Alice");
    openssl
        .write(
            "backup.pem", encrypt(exported(algorithm)).toPem().getBytes(StandardCharsets.US_ASCII))
        .write("message", message.toByteArray())
        .run(signCommand(algorithm));
    Bytes signature = Bytes.of(openssl.read("signature"));
    Bytes lowS = Signatures.lowS(signature, algorithm, algorithm.defaultEncoding());
    SignatureVerifier verifier =
        SignatureVerifier.of(TestKeys.of(algorithm).publicKey().orElseThrow());
    assertThat(verifier.verify(message, lowS, algorithm.defaultEncoding())).isTrue();
    assertThat(verifier.verify(Message.ofUtf8("pay 8 to Alice"), lowS, algorithm.defaultEncoding()))
        .isFalse();
  }

  private static List<String> signCommand(KeyAlgorithm algorithm) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "pkeyutl",
                "-sign",
                "-rawin",
                "-in",
                "message",
                "-inkey",
                "backup.pem",
                "-passin",
                "file:password",
                "-out",
                "signature"));
    String digest =
        algorithm
            .digest()
            .map(d -> d.jcaName().replace("SHA-", "sha").toLowerCase(Locale.ROOT))
            .orElse("");
    if (!digest.isEmpty()) {
      command.addAll(List.of("-digest", digest));
    }
    if (algorithm.family() == KeyAlgorithm.Family.RSA_PSS) {
      command.addAll(
          List.of(
              "-pkeyopt",
              "rsa_padding_mode:pss",
              "-pkeyopt",
              "rsa_pss_saltlen:digest",
              "-pkeyopt",
              "rsa_mgf1_md:" + digest));
    }
    return command;
  }

  @Test
  void opensslNeedsThePassword() {
    openssl
        .write("wrong", "another password\n".getBytes(StandardCharsets.US_ASCII))
        .write(
            "backup.pem",
            encrypt(exported(SigningAlgorithm.ED25519))
                .toPem()
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(
            openssl.succeeds(
                List.of("pkey", "-in", "backup.pem", "-passin", "file:wrong", "-noout")))
        .isFalse();
  }

  @Test
  void writesWhatItReads_underThePasswordOnly() {
    KeyBackup backup = KeyBackup.parse(encrypt(exported(WrappingAlgorithm.AES_256_GCM)).toPem());
    try (ExportedKey key = decrypt(backup, PASSWORD);
        SecretBytes was = TestKeys.of(WrappingAlgorithm.AES_256_GCM).encode()) {
      assertThat(key.versions().get(0).material().orElseThrow().exposeSecret())
          .isEqualTo(was.exposeSecret());
    }
    Errors.assertCode(ErrorCode.WRONG_PASSWORD, () -> decrypt(backup, PASSWORD + "!"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ED25519 | genpkey -algorithm ed25519",
        "ECDSA_P256_SHA256 | genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256",
        "ECDSA_P384_SHA384 | genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-384",
        "ECDSA_P521_SHA512 | genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-521"
      })
  void readsAKeyThatOpensslMade_andKnowsWhatItIsFor(KeyAlgorithm algorithm, String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.addAll(List.of("-aes256", "-pass", "file:password", "-out", "key.pem"));
    openssl.run(arguments);
    requireReadable(algorithm, KeyBackup.parse(text("key.pem")));
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_SECP256K1_SHA256, ec -pkeyopt ec_paramgen_curve:secp256k1",
    "ECDSA_SECP256K1_KECCAK256, ec -pkeyopt ec_paramgen_curve:secp256k1",
    "RSA_PSS_2048_SHA256, rsa -pkeyopt rsa_keygen_bits:2048",
    "RSA_PKCS1_3072_SHA256, rsa -pkeyopt rsa_keygen_bits:3072",
    "RSA_OAEP_3072_SHA256, rsa -pkeyopt rsa_keygen_bits:3072"
  })
  void asksWhatAKeyIsFor_whenItCouldBeSeveralThings(KeyAlgorithm algorithm, String kind) {
    List<String> arguments = new ArrayList<>(List.of("genpkey", "-algorithm"));
    arguments.addAll(List.of(kind.split(" ", -1)));
    arguments.addAll(List.of("-aes256", "-pass", "file:password", "-out", "key.pem"));
    openssl.run(arguments);
    KeyBackup backup = KeyBackup.parse(text("key.pem"));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> decrypt(backup, PASSWORD))
        .withMessageContaining(algorithm.name())
        .withMessageContaining("--algorithm")
        .extracting(EnclaveException::code)
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    requireReadable(algorithm, backup.algorithm(algorithm));
    Errors.assertCode(
        ErrorCode.KEY_SPEC_MISMATCH,
        () -> decrypt(backup.algorithm(SigningAlgorithm.ED25519), PASSWORD));
  }

  @ParameterizedTest
  @CsvSource({
    "-v2 aes-256-cbc",
    "-v2 aes-256-cbc -iter 1000000",
    "-v2 aes-256-cbc -v2prf hmacWithSHA256",
    "-scrypt",
    "-scrypt -scrypt_N 1024 -scrypt_r 8 -scrypt_p 16"
  })
  void readsEveryDerivationOpensslWrites(String options) {
    openssl.run("genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
    toPkcs8(options);
    requireReadable(SigningAlgorithm.ED25519, KeyBackup.parse(text("key.pem")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-v2 aes-128-cbc | AES-128-CBC",
        "-v2 des3 | 3DES-CBC",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1 | HMAC-SHA1",
        "-v2 aes-256-cbc -v2prf hmacWithSHA512 | HMAC-SHA512",
        "-v1 PBE-SHA1-3DES | PKCS#12 encryption with 3DES",
        "-v2 aes-256-cbc -iter 1 | 1 iterations"
      })
  void refusesOtherEncryption_namingWhatItFound(String options, String named) {
    openssl.run("genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
    toPkcs8(options);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> decrypt(KeyBackup.parse(text("key.pem")), PASSWORD))
        .withMessageContaining(named)
        .withMessageContaining("openssl pkcs8 -topk8")
        .extracting(EnclaveException::code)
        .isEqualTo(ErrorCode.INVALID_BACKUP);
  }

  private void toPkcs8(String options) {
    List<String> arguments = new ArrayList<>(List.of("pkcs8", "-topk8", "-in", "plain.pem"));
    arguments.addAll(List.of(options.split(" ", -1)));
    arguments.addAll(List.of("-passout", "file:password", "-out", "key.pem"));
    openssl.run(arguments);
  }

  @Test
  void refusesAKeyOfAKindThatNoAlgorithmUses() {
    for (String kind : List.of("x25519", "ed448")) {
      openssl.run(
          "genpkey", "-algorithm", kind, "-aes256", "-pass", "file:password", "-out", "key.pem");
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> decrypt(KeyBackup.parse(text("key.pem")), PASSWORD))
          .withMessageContainingAll(kind.substring(1), "RSA of 2048");
    }
  }

  @Test
  void refusesSeveralForeignKeysInOneFile() {
    openssl.run(
        "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "file:password", "-out", "key.pem");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> decrypt(KeyBackup.parse(text("key.pem").repeat(2)), PASSWORD))
        .withMessageContaining("holds 2 keys");
  }

  private String text(String file) {
    return new String(openssl.read(file), StandardCharsets.UTF_8);
  }

  private void requireReadable(KeyAlgorithm algorithm, KeyBackup backup) {
    openssl.run(
        "pkey",
        "-in",
        "key.pem",
        "-passin",
        "file:password",
        "-pubout",
        "-outform",
        "DER",
        "-out",
        "public.der");
    try (ExportedKey key = decrypt(backup, PASSWORD)) {
      assertThat(key.name()).isEqualTo(NAME);
      assertThat(key.algorithm()).isEqualTo(algorithm);
      assertThat(key.stamp()).isEmpty();
      Version version = key.versions().get(0);
      assertThat(version.state()).isEqualTo(KeyState.ACTIVE);
      assertThat(version.createdAt()).isEqualTo(NOW);
      assertThat(version.publicKey())
          .contains(PublicKeyInfo.fromSpki(openssl.read("public.der"), algorithm));
      try (LocalKey read =
          LocalKey.decode(algorithm, version.material().orElseThrow(), TestKeys.RANDOM)) {
        assertThat(read.publicKey()).isEqualTo(version.publicKey());
      }
    }
    Errors.assertCode(ErrorCode.WRONG_PASSWORD, () -> decrypt(backup, "another password"));
  }
}
