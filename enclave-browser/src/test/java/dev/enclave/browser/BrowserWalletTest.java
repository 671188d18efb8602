package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.BackupFile;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The wallet in real browsers: {@code src/test/js/main.mjs} drives them once, and its checks are
 * tests here. What it made there is checked with Java and OpenSSL, and what Java made is restored
 * there.
 */
@Tag("needs-node")
@Tag("needs-browsers")
@Tag("needs-openssl")
@Tag("full")
class BrowserWalletTest {

  private static final Path FOLDER = Path.of("target/browser");
  private static final String PASSWORD = "Staple-19-of-other-words";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** By browser. */
  private static final Map<String, Integer> CHECKS =
      Map.of("Chromium", 41, "Firefox", 40, "WebKit", 36);

  private static NodeRun.Output run = new NodeRun.Output(-1, List.of(), List.of());

  @BeforeAll
  static void runInBrowsers() throws IOException {
    System.out.println(NodeRun.build());
    Files.createDirectories(FOLDER);
    Files.writeString(
        FOLDER.resolve("restore.txt"),
        toRestore(SigningAlgorithm.ED25519) + toRestore(SigningAlgorithm.ECDSA_P256_SHA256));
    Files.writeString(
        FOLDER.resolve("scrypt.pem"),
        backup(LocalKey.generate(SigningAlgorithm.ED25519, RANDOM), KeyBackup.Derivation.SCRYPT));
    Files.write(
        FOLDER.resolve("server.txt"),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path")));
    for (String browser : CHECKS.keySet()) {
      Files.deleteIfExists(FOLDER.resolve("made-" + browser + ".txt"));
    }
    run = NodeRun.run("node", "src/test/js/main.mjs", FOLDER.toString());
    // A browser that hung and was started again is told.
    run.lines().stream().filter(line -> line.startsWith("# ")).forEach(System.out::println);
  }

  /** A backup of Enclave's own in the form that browsers read. */
  private static String toRestore(SigningAlgorithm algorithm) {
    LocalKey local = LocalKey.generate(algorithm, RANDOM);
    return String.join(
            "\t",
            PASSWORD,
            JavaWallet.base64(local.publicKey().orElseThrow().spki().toByteArray()),
            Base64.getEncoder()
                .encodeToString(backup(local, KeyBackup.Derivation.PBKDF2).getBytes(UTF_8)))
        + "\n";
  }

  private static String backup(LocalKey local, KeyBackup.Derivation derivation) {
    try (ExportedKey key = exported(local);
        SecretBytes password = password(PASSWORD)) {
      return BackupFile.encrypt(key, password, derivation, RANDOM).toPem();
    }
  }

  private static ExportedKey exported(LocalKey key) {
    return ExportedKey.of(
        KeyName.of("from-java"),
        key.algorithm(),
        RotationInterval.POLICY,
        Optional.empty(),
        List.of(
            ExportedKey.Version.of(
                KeyVersionId.of("1"),
                KeyState.ACTIVE,
                NOW,
                key.publicKey(),
                Optional.of(key.encode()))));
  }

  private static SecretBytes password(String text) {
    return SecretBytes.takeOver(text.getBytes(UTF_8));
  }

  @TestFactory
  Stream<DynamicTest> everyCheckInEveryBrowser() {
    Stream<DynamicTest> all =
        Stream.of(
            dynamicTest(
                "every check was run, and the driver ended well",
                () -> {
                  for (String browser : CHECKS.keySet()) {
                    assertThat(run.lines().stream().filter(line -> line.contains(browser + ": ")))
                        .as(run::all)
                        .hasSize(CHECKS.get(browser));
                  }
                  assertThat(run.exit()).as(run::all).isZero();
                }));
    return Stream.concat(
        all,
        run.lines().stream()
            .filter(line -> !line.startsWith("# "))
            .map(line -> dynamicTest(line, () -> assertThat(line).startsWith("ok "))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Chromium", "Firefox", "WebKit"})
  void theServerAcceptsWhatTheBrowserSigned_once(String browser) throws Exception {
    StepClock clock = new StepClock();
    WalletStore store = new InMemoryWalletStore();
    List<String> accepted = new ArrayList<>();
    for (String[] line : made(browser, "signed")) {
      SignedRequest request = parsed(line[1]);
      WalletAction action = WalletAction.parse(request.claim("action")).orElseThrow();
      BrowserWallets wallets =
          BrowserWallets.builder(request.claim("origin"), store, clock, RANDOM).build();
      store.add(
          new Challenge(
              request.claim("nonce"),
              "user:7",
              action,
              request.claim("purpose"),
              Instant.ofEpochSecond(Long.parseLong(request.claim("exp")))),
          clock.instant());

      assertThat(wallets.receive("user:7", action, "payment", line[1]))
          .isInstanceOf(Reception.Accepted.class);
      Reception again = wallets.receive("user:7", action, "payment", line[1]);
      if (action == WalletAction.ROTATE) {
        assertThat(again).isInstanceOf(Reception.Accepted.class);
      } else {
        assertThat(again)
            .isInstanceOfSatisfying(
                Reception.Refused.class,
                refused -> assertThat(refused.refusal()).isEqualTo(Refusal.UNKNOWN_NONCE));
      }
      accepted.add(action.spelled());
    }
    assertThat(accepted).contains("register", "sign", "rotate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Chromium", "Firefox", "WebKit"})
  void signaturesOfTheBrowser_verifyByTheJdk(String browser) throws Exception {
    List<String[]> all = new ArrayList<>(made(browser, "signed"));
    all.addAll(made(browser, "proof"));
    all.addAll(made(browser, "restored"));
    for (String[] line : all) {
      SignedRequest request = parsed(line[1]);
      assertThat(request.isSignedBy(publicKey(line[2], request.algorithm()))).isTrue();
      assertThat(verifiesByTheJdk(request, line[2])).isTrue();
    }
    assertThat(all).hasSizeGreaterThan(5);
  }

  private static boolean verifiesByTheJdk(SignedRequest request, String spki)
      throws GeneralSecurityException {
    boolean ed25519 = request.algorithm() == SigningAlgorithm.ED25519;
    Signature verifier =
        Signature.getInstance(ed25519 ? "Ed25519" : "SHA256withECDSAinP1363Format");
    verifier.initVerify(
        KeyFactory.getInstance(ed25519 ? "Ed25519" : "EC")
            .generatePublic(new X509EncodedKeySpec(JavaWallet.decoded(spki).toByteArray())));
    verifier.update(request.signedText().getBytes(UTF_8));
    return verifier.verify(request.signature().toByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Chromium", "Firefox", "WebKit"})
  void backupsOfTheBrowser_openInEnclaveAndOpenSsl(String browser) throws Exception {
    List<String[]> backups = made(browser, "backup");
    assertThat(backups).hasSize(2);
    for (String[] line : backups) {
      SigningAlgorithm algorithm = SigningAlgorithm.parse(line[2]);
      String pem = new String(Base64.getDecoder().decode(line[4]), UTF_8);
      try (SecretBytes password = password(line[5]);
          ExportedKey key =
              BackupFile.decrypt(
                  KeyBackup.parse(pem), password, KeyName.of("other"), NOW, RANDOM)) {
        assertThat(key.name()).isEqualTo(KeyName.of(line[1]));
        assertThat(key.stamp()).isEmpty();
        assertThat(key.versions())
            .singleElement()
            .satisfies(
                version -> assertThat(version.publicKey()).contains(publicKey(line[3], algorithm)));
      }
      Path file = Files.writeString(FOLDER.resolve("backup.pem"), pem);
      Path point = FOLDER.resolve("backup.der");
      NodeRun.Output output =
          NodeRun.run(
              "openssl",
              "pkey",
              "-in",
              file.toString(),
              "-passin",
              "pass:" + line[5],
              "-pubout",
              "-outform",
              "DER",
              "-out",
              point.toString());
      assertThat(output.exit()).as(output::all).isZero();
      assertThat(JavaWallet.base64(Files.readAllBytes(point))).isEqualTo(line[3]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Chromium", "Firefox", "WebKit"})
  void signaturesOfTheBrowser_verifyByOpenSsl(String browser) throws Exception {
    String[] line = made(browser, "signed").get(0);
    SignedRequest request = parsed(line[1]);
    Path key = Files.write(FOLDER.resolve("key.der"), JavaWallet.decoded(line[2]).toByteArray());
    Path text = Files.writeString(FOLDER.resolve("signed.txt"), request.signedText());
    Path signature =
        Files.write(FOLDER.resolve("signature.bin"), request.signature().toByteArray());
    NodeRun.Output output =
        NodeRun.run(
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-keyform",
            "DER",
            "-inkey",
            key.toString(),
            "-rawin",
            "-in",
            text.toString(),
            "-sigfile",
            signature.toString());
    assertThat(output.exit()).as(output::all).isZero();
  }

  @Test
  void backupsOfEnclave_signInEveryBrowser_underTheirName() throws Exception {
    for (String browser : CHECKS.keySet()) {
      assertThat(made(browser, "restored"))
          .hasSize(2)
          .allSatisfy(line -> assertThat(line[3]).isEqualTo("from-java"));
    }
  }

  @Test
  void theLockFileNamesNoRegistry() throws IOException {
    assertThat(Files.readString(Path.of("package-lock.json"))).doesNotContain("://", "resolved");
    assertThat(Files.readString(Path.of(".npmrc"))).doesNotContain("://");
  }

  private static SignedRequest parsed(String request) {
    try {
      return SignedRequest.parse(request);
    } catch (RefusedRequest e) {
      throw new AssertionError(e);
    }
  }

  private static PublicKeyInfo publicKey(String spki, SigningAlgorithm algorithm) {
    return PublicKeyInfo.fromSpki(JavaWallet.decoded(spki).toByteArray(), algorithm);
  }

  private static List<String[]> made(String browser, String kind) throws IOException {
    return Files.readAllLines(FOLDER.resolve("made-" + browser + ".txt")).stream()
        .map(line -> line.split("\t"))
        .filter(parts -> Arrays.asList(parts).get(0).equals(kind))
        .toList();
  }
}
