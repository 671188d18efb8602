package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.BackupFile;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.Signatures;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random keys under random passwords: backups of Enclave open in the wallet's code and backups of
 * the wallet's code in Enclave and OpenSSL, and signatures of that code verify in both. The code
 * runs in Node, whose Web Crypto is not a browser's; {@link BrowserWalletTest} has both browsers.
 */
@Tag("needs-node")
@Tag("needs-openssl")
@Tag("full")
class BackupInteropTest {

  private static final int CASES = Integer.getInteger("enclave.soak.browser-backups", 6);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** Passwords are chosen from these, one to four octets of UTF-8 each. */
  private static final String CHARACTERS = "abcXYZ019 .-_~!\"'\\$%&/()äößéñ中文🔑";

  private final Path folder;
  private final long seed = RANDOM.nextLong();
  private final Random random = new Random(seed);

  BackupInteropTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /**
   * One case.
   *
   * @param key stays open, and is in no file but its backup
   */
  private record Case(
      SigningAlgorithm algorithm, String name, LocalKey key, String password, Message message) {}

  @BeforeAll
  static void install() {
    NodeRun.build();
  }

  @Test
  void backupsOpenOnBothSides_andSignaturesVerify() throws Exception {
    List<Case> cases = new ArrayList<>();
    List<String> written = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      Case each = randomCase(i);
      cases.add(each);
      written.add(
          String.join(
              "\t",
              base64(each.password().getBytes(UTF_8)),
              base64(backup(each).toPem().getBytes(UTF_8)),
              base64(each.message().toByteArray())));
    }
    Path made = folder.resolve("made");
    NodeRun.Output output =
        NodeRun.run(
            "node",
            "src/test/js/backups.mjs",
            Files.write(folder.resolve("cases"), written).toString(),
            made.toString());
    assertThat(output.exit()).as("seed %d: %s", seed, output.all()).isZero();

    List<String> lines = Files.readAllLines(made);
    assertThat(lines).hasSize(CASES);
    for (int i = 0; i < CASES; i++) {
      require(cases.get(i), lines.get(i).split("\t"));
    }
    System.out.println(
        "backups of Enclave and of the wallet: " + 2 * CASES + " opened by the other side");
  }

  /** A file may hold any number, and is believed by nobody before the work is done. */
  @Test
  void refusesMoreRoundsThanEnclaveDoes_beforeAnyIsRun() throws Exception {
    Case each = randomCase(0);
    String usual = backup(each).toPem();
    Path files =
        Files.write(
            folder.resolve("files"),
            List.of(
                base64(usual.getBytes(UTF_8)),
                base64(withRounds(usual, 1_500_001).getBytes(UTF_8)),
                base64(withRounds(usual, 8_388_607).getBytes(UTF_8))));
    NodeRun.Output output =
        NodeRun.run("node", "src/test/js/opened.mjs", files.toString(), each.password());
    assertThat(output.exit()).as(output.all()).isZero();
    assertThat(output.lines()).containsExactly("opened", "invalid-backup", "invalid-backup");
  }

  /** Whoever gives a file away knows its password, and can have it say anything. */
  @Test
  void refusesAnAuthenticFileWithANameThatNoKeyHas_onBothSides() throws Exception {
    String password = "Staple-19-of-other-words";
    List<String> names =
        List.of(
            "spending",
            "a".repeat(52),
            "a".repeat(53),
            "Spending",
            "spending\n",
            "spending\u202e\nSite https://bank.example" + " ".repeat(6000));
    List<String> command =
        new ArrayList<>(List.of("node", "src/test/js/opened.mjs", "--named", password));
    names.forEach(name -> command.add(base64(name.getBytes(UTF_8))));
    NodeRun.Output files = NodeRun.run(command.toArray(String[]::new));
    assertThat(files.exit()).as(files.all()).isZero();
    assertThat(files.lines()).hasSameSizeAs(names);

    NodeRun.Output opened =
        NodeRun.run(
            "node",
            "src/test/js/opened.mjs",
            Files.write(folder.resolve("named"), files.lines()).toString(),
            password);
    String refused = "invalid-backup";
    assertThat(opened.lines())
        .as(opened.all())
        .containsExactly("opened", "opened", refused, refused, refused, refused);
    assertThat(files.lines().stream().map(file -> openedByEnclave(text(file), password)))
        .containsExactly("opened", "opened", refused, refused, refused, refused);
  }

  private static String openedByEnclave(String pem, String password) {
    try (SecretBytes typed = SecretBytes.takeOver(password.getBytes(UTF_8));
        ExportedKey key =
            BackupFile.decrypt(KeyBackup.parse(pem), typed, KeyName.of("other"), NOW, RANDOM)) {
      return key.versions().isEmpty() ? "empty" : "opened";
    } catch (EnclaveException e) {
      return e.code() == ErrorCode.INVALID_BACKUP ? "invalid-backup" : e.code() + e.getMessage();
    }
  }

  /** The same with another INTEGER of three octets in place of 600,000. */
  private static String withRounds(String pem, int rounds) {
    String text = pem.replaceAll("-----[^-]+-----|\\s", "");
    byte[] der = Base64.getDecoder().decode(text);
    int at = Bytes.of(der).toHex().indexOf("0203" + "0927c0") / 2 + 2;
    der[at] = (byte) (rounds >> 16);
    der[at + 1] = (byte) (rounds >> 8);
    der[at + 2] = (byte) rounds;
    return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
  }

  private Case randomCase(int number) {
    SigningAlgorithm algorithm =
        random.nextBoolean() ? SigningAlgorithm.ED25519 : SigningAlgorithm.ECDSA_P256_SHA256;
    StringBuilder password = new StringBuilder();
    int[] characters = CHARACTERS.codePoints().toArray();
    for (int length = 12 + random.nextInt(40); length > 0; length--) {
      password.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    byte[] message = new byte[1 + random.nextInt(1000)];
    random.nextBytes(message);
    return new Case(
        algorithm,
        "key-" + number,
        LocalKey.generate(algorithm, RANDOM),
        password.toString(),
        Message.of(message));
  }

  private static SecretBytes password(Case of) {
    return SecretBytes.takeOver(of.password().getBytes(UTF_8));
  }

  private static KeyBackup backup(Case each) {
    try (ExportedKey key =
            ExportedKey.of(
                KeyName.of(each.name()),
                each.algorithm(),
                RotationInterval.POLICY,
                Optional.empty(),
                List.of(
                    ExportedKey.Version.of(
                        KeyVersionId.of("1"),
                        KeyState.ACTIVE,
                        NOW,
                        each.key().publicKey(),
                        Optional.of(each.key().encode()))));
        SecretBytes password = password(each)) {
      return BackupFile.encrypt(key, password, KeyBackup.Derivation.PBKDF2, RANDOM);
    }
  }

  /** What came back: algorithm, name and signature; public key, backup and signature of another. */
  private void require(Case each, String[] line) throws IOException {
    String which = "seed " + seed + ", " + each.name();
    assertThat(text(line[0])).as(which).isEqualTo(each.algorithm().name());
    assertThat(text(line[1])).as(which).isEqualTo(each.name());
    requireSigned(which, each, each.key().publicKey().orElseThrow(), bytes(line[2]));
    PublicKeyInfo other = PublicKeyInfo.fromSpki(bytes(line[3]), each.algorithm());
    requireSigned(which, each, other, bytes(line[5]));
    try (SecretBytes password = password(each);
        ExportedKey opened =
            BackupFile.decrypt(
                KeyBackup.parse(text(line[4])), password, KeyName.of("other"), NOW, RANDOM)) {
      assertThat(opened.name()).as(which).isEqualTo(KeyName.of(each.name()));
      assertThat(opened.versions().get(0).publicKey()).as(which).contains(other);
    }
    requireOpenedByOpenSsl(which, each, text(line[4]), other);
  }

  private void requireSigned(String which, Case each, PublicKeyInfo key, byte[] signature)
      throws IOException {
    boolean ecdsa = each.algorithm() == SigningAlgorithm.ECDSA_P256_SHA256;
    SignatureEncoding encoding = ecdsa ? SignatureEncoding.P1363 : SignatureEncoding.RAW;
    assertThat(SignatureVerifier.of(key).verify(each.message(), signature, encoding))
        .as(which)
        .isTrue();
    byte[] forOpenSsl =
        ecdsa
            ? Signatures.convert(
                    Bytes.of(signature), each.algorithm(), encoding, SignatureEncoding.DER)
                .toByteArray()
            : signature;
    openSsl(
        which,
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        Files.writeString(folder.resolve("key.pem"), key.toPem()).toString(),
        "-rawin",
        "-in",
        Files.write(folder.resolve("message"), each.message().toByteArray()).toString(),
        "-sigfile",
        Files.write(folder.resolve("signature"), forOpenSsl).toString());
  }

  private void requireOpenedByOpenSsl(String which, Case each, String pem, PublicKeyInfo expected)
      throws IOException {
    Path opened = folder.resolve("opened.pem");
    openSsl(
        which,
        "pkey",
        "-in",
        Files.writeString(folder.resolve("backup.pem"), pem).toString(),
        "-passin",
        "file:" + Files.writeString(folder.resolve("password"), each.password() + "\n"),
        "-pubout",
        "-out",
        opened.toString());
    assertThat(Files.readString(opened)).as(which).isEqualTo(expected.toPem());
  }

  private static void openSsl(String which, String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    NodeRun.Output output = NodeRun.run(command.toArray(String[]::new));
    assertThat(output.exit()).as(which + ": " + output.all()).isZero();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String text(String base64) {
    return new String(bytes(base64), UTF_8);
  }
}
