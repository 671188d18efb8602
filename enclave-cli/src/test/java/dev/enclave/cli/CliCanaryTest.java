package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.software.internal.backend.StoreOpener;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.PassphraseCost;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.Canary;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Private keys, passwords, a passphrase and a plaintext that the test knows, through every command,
 * right and wrong, with {@code --verbose} and without: nothing printed or logged shows them, nor
 * does the audit log.
 */
@Tag("needs-openssl")
@Tag("full")
class CliCanaryTest {

  private static final String PASSWORD = "Xq7#vN2-canary-of-a-backup";
  private static final String PASSPHRASE = "Zt4%wK9-canary-of-a-store";
  private static final String OTHER = "Lr8&bM3-another-canary-of-a-store";

  /**
   * Every command; the steps of one story, told twice: {@code ~} is which time, {@code !} begins
   * what must be refused. Quotes keep a word together.
   */
  private static final String STORY =
      """
      demo
      doctor
      doctor --json
      doctor --probe
      doctor --iam
      init
      keys create fresh~ --algorithm ECDSA_P256_SHA256 --json
      keys create kek~ --algorithm AES_256_GCM
      keys create queue~ --algorithm AES_256_GCM
      keys restore edward.pem --name edward~ --algorithm ED25519 --password-file password
      keys restore wallet.pem --name wallet~ --algorithm ECDSA_P256_SHA256 --password-file password
      keys restore rivest.pem --name rivest~ --algorithm RSA_PSS_2048_SHA256 --password-file password
      keys list
      keys list --json
      keys list --names
      keys show wallet~ --json
      keys show rivest~
      sign wallet~ doc --out sig
      sign edward~ doc --out sig-edward
      sign rivest~ doc --out -
      verify wallet~ doc sig
      !verify wallet~ doc sig-edward
      seal kek~ doc --out box --aad 'wallet 42'
      unseal box --out opened~ --aad 'wallet 42'
      reseal box
      keys rotate kek~
      reseal box --out box-2 --aad 'wallet 42'
      !reseal box --out box-3 --aad 'wallet 43'
      !unseal box --out opened~ --aad 'wallet 43'
      queue list --all --json
      !queue show t-none
      !queue cancel t-none
      !queue retry t-none
      !migrate plan wallet~ --to software --out plan~
      migrate propose plan~
      !migrate approve plan~
      !migrate dry-run plan~
      !migrate run plan~ --record record~
      !migrate verify plan~
      !migrate plan-destruction plan~
      !migrate destroy plan~ --yes
      keys backup wallet~ --out backup~ --password-file password
      keys restore backup~ --name twin~ --password-file password --json
      !keys restore backup~ --name another~ --password-file wrong
      keys rotate wallet~ --json
      keys rotate edward~ --reason compromise --yes
      keys enable edward~ --version 1
      keys plan-reinstatement edward~ --version 1 --out back~
      keys reinstate back~ --yes
      keys rotation fresh~ P90D
      keys due
      keys due --within P30D --json
      keys disable fresh~
      keys enable fresh~
      keys destroy wallet~ --version 1 --yes
      keys public wallet~
      keys public rivest~ --format jwks
      keys statement-key
      keys statement-key --format pem --out statements.pem
      !attestation verify doc --certificates wallet.pem --root wallet.pem
      audit verify
      audit verify --json
      audit checkpoint --out kept --public-key kept.pub
      audit prove 1 --out proof
      audit check-proof proof --public-key kept.pub
      audit prove --since kept
      audit show --key wallet~
      !audit public-keys wallet~
      audit export --format csv
      audit export --format jsonl
      conformance --backend software
      !keys reconcile
      !keys reinitialise --backend software
      """;

  /** Told last: a new passphrase costs what a passphrase should, and so does each opening after. */
  private static final String NEW_PASSPHRASES =
      """
      keys reseal --new-passphrase-file other
      !keys list
      keys reseal --new-passphrase-file first -D enclave.software.passphrase=%s
      """
          .formatted(OTHER);

  private final Canary canary = new Canary();
  private final Path folder;

  CliCanaryTest() throws IOException {
    this.folder = Files.createTempDirectory("enclave-canary-").toRealPath();
    watch("password", PASSWORD);
    watch("passphrase", PASSPHRASE);
    watch("another passphrase", OTHER);
  }

  @AfterEach
  void removeFolder() {
    World.delete(folder);
  }

  @Test
  void isSeenNowhere_whenAllGoesWell_inAnyCommand() throws IOException, BackendFailure {
    Cli cli = prepare();
    // It serves until it is interrupted, and knows no keys but those of its own.
    assertThat(commands(cli))
        .contains("emulator")
        .filteredOn(command -> !command.startsWith("emulator"))
        .isSubsetOf(driven());

    String said =
        everything(STORY, cli, line -> false, "", " --verbose")
            + everything(NEW_PASSPHRASES, cli, line -> false, "", " --verbose");

    assertThat(said).contains("Opening backend", "enclave.software.passphrase").contains("***");
    assertThat(canary.found(said)).isEmpty();
    assertThat(canary.found(auditLog("audit"))).isEmpty();
    assertThat(auditLog("audit")).contains("\"operation\":\"RESTORE\"", "\"operation\":\"RESEAL\"");
  }

  @Test
  void isSeenNowhere_whateverAJcaProviderInTheFirstPlaceThrows()
      throws IOException, BackendFailure {
    Cli cli = prepare();
    String talk = talk();
    try (HostileJca hostile = HostileJca.saying(talk)) {
      assertThat(hostile).isNotNull();
      assertThatThrownBy(() -> MessageDigest.getInstance("SHA-256")).hasMessage(talk);

      // H2 asks the first provider for SHA-256, and says nothing of what that threw.
      String said = everything(STORY, cli, line -> line.startsWith("queue"), " --verbose");
      said += everything(NEW_PASSPHRASES, cli, line -> false, " --verbose");

      assertThat(canary.found(said)).isEmpty();
      assertThat(canary.found(auditLog("audit"))).isEmpty();
    }
  }

  @Test
  void isSeenNowhere_whateverABackendSays() throws IOException, BackendFailure {
    prepare();
    String talk = talk();
    List<BackendFailure> failures =
        List.of(
            BackendFailure.permanent(FailureCode.REJECTED, talk).withProviderRequestId(talk),
            BackendFailure.permanent(FailureCode.MISCONFIGURED, talk),
            BackendFailure.transientFailure(FailureCode.UNAVAILABLE, talk));
    for (BackendFailure failure : failures) {
      // Time that nobody waits for: a backend that may come back is opened again and again.
      Cli cli =
          configured()
              .with(new MutableClock())
              .with(new BrokenProvider(BackendId.of("far"), failure));
      for (String line :
          List.of("doctor --json", "keys list", "sign wallet doc --out sig", "demo")) {
        for (String verbose : List.of("", " --verbose")) {
          String said = run(cli, words(line + " -D enclave.backend=far" + verbose));
          assertThat(canary.found(said)).as(line + verbose).isEmpty();
          assertThat(said).contains("[withheld]");
        }
      }
    }
  }

  @Test
  void isSeenNowhere_whateverIsTypedWrong() throws IOException {
    World world = new World(folder);
    watch("the world's password", "correct horse battery");
    for (String key : List.of("wallet", "edward", "rotated", "pair", "off")) {
      watchKeyOf(Cli.local(folder), key, "password");
    }
    List<ErrorCase> cases = cases();
    assertThat(cases).hasSizeGreaterThan(100);
    for (ErrorCase each : cases) {
      for (String first : List.of("", "--verbose")) {
        List<String> line = new ArrayList<>(Arrays.asList(each.args()));
        if (!first.isEmpty()) {
          line.add(0, first);
        }
        String said = run(world.machine(each.machine()), line.toArray(String[]::new));
        assertThat(canary.found(said)).as(each.title()).isEmpty();
      }
    }
    for (String log : List.of("audit", "damaged-log/audit")) {
      assertThat(canary.found(auditLog(log))).isEmpty();
    }
  }

  @Test
  void isFound_whereACommandHandsItOut() throws IOException, BackendFailure {
    Cli cli = prepare();
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("seal", "kek", "doc", "--out", "box");

    assertThat(canary.found(run(cli, "unseal", "box", "--out", "-"))).isNotEmpty();
    assertThat(canary.found(run(cli, "keys", "show", PASSPHRASE))).isNotEmpty();
  }

  /** Keys that the test knows, encrypted by OpenSSL; a store with a passphrase; a plaintext. */
  private Cli prepare() throws IOException, BackendFailure {
    byte[] plaintext = new byte[48];
    new SecureRandom().nextBytes(plaintext);
    Cli cli = configured();
    makeStore();
    Files.write(cli.path("doc"), plaintext);
    canary.watch("plaintext", plaintext);
    cli.file("password", PASSWORD + "\n");
    cli.file("wrong", PASSWORD.toUpperCase(java.util.Locale.ROOT) + "\n");
    cli.file("first", PASSPHRASE + "\n");
    cli.file("other", OTHER + "\n");
    make("edward", "-algorithm ed25519");
    make("wallet", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    make("rivest", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    return cli;
  }

  /** Before a command does, whose passphrases cost some tenths of a second at each opening. */
  private void makeStore() throws BackendFailure {
    BackendContext context =
        BackendContext.of(
            new BackendSettings(
                BackendId.SOFTWARE,
                Map.of("directory", folder.resolve("keys").toString(), "passphrase", PASSPHRASE)),
            EnvironmentType.LOCAL,
            FakeEnvironment.empty(),
            new MutableClock(),
            new SecureRandom());
    StoreOpener.open(
            context,
            new SecureFiles(context.random()),
            StoreKind.SOFTWARE,
            new PassphraseCost(64, 1, 1))
        .close();
  }

  private Cli configured() {
    Cli local = Cli.local(folder);
    local.file(
        "local.properties",
        """
        enclave.environment=local
        enclave.software.directory=%s
        enclave.audit.directory=%s
        enclave.software.passphrase=%s
        enclave.jobs.kek=queue1
        enclave.jobs.directory=%s
        """
            .formatted(
                folder.resolve("keys"),
                folder.resolve("audit"),
                PASSPHRASE,
                folder.resolve("jobs")));
    return local;
  }

  private void make(String name, String kind) throws IOException {
    OpenSsl.make(folder, "genpkey " + kind + " -out " + name + ".plain");
    OpenSsl.make(
        folder,
        "pkcs8 -topk8 -in %s.plain -out %s.pem -passout file:password -v2 aes-256-cbc"
            .formatted(name, name));
    watchKeys(name, Files.readString(folder.resolve(name + ".plain")));
  }

  private void watchKeyOf(Cli cli, String key, String password) throws IOException {
    cli.succeed("keys", "backup", key, "--out", key + ".seen", "--password-file", password);
    OpenSsl.make(
        folder, "pkcs8 -in " + key + ".seen -out " + key + ".plain -passin file:" + password);
    watchKeys(key, Files.readString(folder.resolve(key + ".plain")));
  }

  /**
   * PKCS#8 without its head, which public keys share; for EC keys the scalar alone, since the
   * public key follows it.
   */
  private void watchKeys(String name, String pem) {
    Matcher keys = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END").matcher(pem);
    assertThat(keys.find()).isTrue();
    byte[] encoded = Base64.getMimeDecoder().decode(keys.group(1));
    int from = encoded.length > 1000 ? encoded.length - 600 : at(encoded, 0x04, 0x20) + 2;
    int length = encoded.length > 1000 ? 500 : 32;
    canary.watch("private key " + name, Arrays.copyOfRange(encoded, from, from + length));
  }

  private static int at(byte[] bytes, int first, int second) {
    for (int i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] == first && bytes[i + 1] == second) {
        return i;
      }
    }
    throw new AssertionError("no octet string of 32 bytes");
  }

  private void watch(String name, String secret) {
    canary.watch(name, secret.getBytes(StandardCharsets.UTF_8));
  }

  /** Every secret in every form, of which a text knows nothing but that it is withheld. */
  private String talk() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("edward", "wallet")) {
      String pem = Files.readString(folder.resolve(name + ".plain"));
      byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]*-----", ""));
      byte[] secret = Arrays.copyOfRange(encoded, at(encoded, 0x04, 0x20) + 2, encoded.length);
      Canary.unreadableForms(Arrays.copyOf(secret, 32))
          .values()
          .forEach(form -> text.append("key=").append(form).append(' '));
    }
    return text.toString();
  }

  /** The whole story, so often; talkatively, it says what it says quietly, and more. */
  private String everything(String story, Cli cli, Predicate<String> fails, String... verbosities) {
    StringBuilder said = new StringBuilder();
    int times = 0;
    for (String verbose : verbosities) {
      times++;
      for (String line : story.replace("~", Integer.toString(times)).lines().toList()) {
        Said one = said(cli, words(line.replaceFirst("^!", "") + verbose));
        assertThat(one.code() != 0)
            .as("%s%s", line, one.text())
            .isEqualTo(line.startsWith("!") || fails.test(line));
        said.append(one.text());
      }
    }
    return said.toString();
  }

  private record Said(int code, String text) {}

  private static String run(Cli cli, String... line) {
    return said(cli, line).text();
  }

  /** What a run prints and what is logged meanwhile, at every level. */
  private static Said said(Cli cli, String... line) {
    try (CapturedOutput captured = new CapturedOutput()) {
      Cli.Run run = cli.run(line);
      String raw = new String(run.stdout().toByteArray(), StandardCharsets.ISO_8859_1);
      return new Said(run.code(), raw + run.out() + run.err() + captured.text() + "\n");
    }
  }

  private static String[] words(String line) {
    return new ErrorCase("", "", line, 0, "").args();
  }

  private static Set<String> driven() {
    Set<String> driven = new TreeSet<>();
    for (String line : (STORY + NEW_PASSPHRASES).replace("!", "").lines().toList()) {
      String[] words = words(line);
      driven.add(words[0]);
      driven.add(words[0] + " " + (words.length > 1 ? words[1] : ""));
    }
    return driven;
  }

  /** What the command says there is. */
  private static List<String> commands(Cli cli) {
    List<String> commands = new ArrayList<>();
    for (String command : named(cli.run().err())) {
      commands.add(command);
      if (cli.run(command, "nosuch").err().startsWith("error: Command \"nosuch\"")) {
        named(cli.run(command).err()).forEach(each -> commands.add(command + " " + each));
      }
    }
    assertThat(commands).contains("keys reseal", "audit prove", "migrate run", "queue retry");
    return commands;
  }

  private static List<String> named(String error) {
    Matcher list = Pattern.compile("with one of ([^.]*)\\.").matcher(error);
    assertThat(list.find()).as(error).isTrue();
    return List.of(list.group(1).split(", "));
  }

  private static List<ErrorCase> cases() throws IOException {
    try (InputStream in = CliCanaryTest.class.getResourceAsStream("/error-cases.txt")) {
      return ErrorCase.parse(
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private String auditLog(String name) throws IOException {
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      for (Path file : files.sorted().toList()) {
        log.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return log.toString();
  }
}
