package dev.enclave.cli.check;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.cli.Cli;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.ModuleLoadException;
import dev.enclave.cryptoki.Session;
import dev.enclave.processes.OpenCryptoki;
import dev.enclave.processes.SoftHsm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code enclave doctor} says of a token that cannot be used: one finding, with the remedy.
 */
@Tag("full")
@Tag("needs-softhsm")
@Tag("needs-opencryptoki")
class TokenDoctorTest {

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void makeTokens() throws Exception {
    SoftHsm hsm = SoftHsm.in(folder);
    for (String label : List.of("sound", "wrong", "pulled")) {
      hsm.token(label);
    }
  }

  /** The only finding of a run, with its remedy, as one line. */
  private static String finding(String uri, String pin) throws IOException {
    Path file =
        Files.createTempFile(
            folder,
            "pin",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, pin);
    String out =
        Cli.in(folder)
            .run(
                "doctor",
                "-Denclave.environment=development",
                "-Denclave.backend=pkcs11",
                "-Denclave.audit.directory=" + folder.resolve("audit"),
                "-Denclave.pkcs11.lock-directory=" + folder.resolve("locks"),
                "-Denclave.pkcs11.pin-file=" + file,
                "-Denclave.pkcs11.uri=" + uri)
            .out();
    assertThat(out).doesNotContain(pin);
    String findings = out.substring(out.indexOf("Findings"));
    String one =
        findings.substring(0, findings.indexOf("eady: a start-up")).replaceAll("\\s+", " ");
    assertThat(one.split("fix: ", -1).length).as(one).isLessThanOrEqualTo(2);
    return one;
  }

  private static String token(String label) {
    return token(label, SoftHsm.library());
  }

  private static String token(String label, Path library) {
    return "pkcs11:token=" + label + "?module-path=" + library;
  }

  private static String over(Path library) {
    return "pkcs11:token=sound?module-path=" + library;
  }

  @Test
  void findsNothing_atATokenThatWorks() throws Exception {
    assertThat(finding(token("sound"), SoftHsm.PIN)).startsWith("Findings none");
  }

  @Test
  void saysThatATokenIsNotInitialised() throws Exception {
    long empty;
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library())) {
      List<Long> slots = module.slots(true);
      empty = slots.get(slots.size() - 1);
    }
    assertThat(finding("pkcs11:slot-id=" + empty + "?module-path=" + SoftHsm.library(), "1234"))
        .contains(
            "cannot be opened: The token of enclave.pkcs11.uri is not initialised fix: initialise it"
                + " by its maker's program, or pkcs11-tool --init-token, and set a user PIN");
  }

  @Test
  void saysThatTheLibraryIsNotThere() throws Exception {
    Path missing = folder.resolve("missing.so");
    assertThat(finding(over(missing), SoftHsm.PIN))
        .contains("There is no file " + missing)
        .contains("fix: give the path of the PKCS#11 library of the token's maker");
  }

  @Test
  void saysThatTheFileIsNoLibrary() throws Exception {
    Path text = Files.writeString(folder.resolve("text.so"), "slots = 1");
    assertThat(finding(over(text), SoftHsm.PIN))
        .contains(text + " is no shared library fix: give the path");
  }

  /** The head of an ELF file is enough. */
  @Test
  void saysThatTheLibraryIsForAnotherMachine() throws Exception {
    boolean isArm = System.getProperty("os.arch").equals("aarch64");
    ByteBuffer head = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    head.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    head.putShort(16, (short) 3).putShort(18, (short) (isArm ? 62 : 183));
    Path other = Files.write(folder.resolve("other.so"), head.array());
    assertThat(finding(over(other), SoftHsm.PIN))
        .contains("is for ELF " + (isArm ? "x86-64" : "aarch64"))
        .contains("fix: install the library for");
  }

  /** A second run sends none: the process remembers. */
  @Test
  void saysThatThePinIsWrong_andSendsNoneAgain() throws Exception {
    assertThat(finding(token("wrong"), "1111-wrong"))
        .contains("The token refused the PIN: C_Login returned CKR_PIN_INCORRECT")
        .contains("few tries are left")
        .contains("fix: correct the PIN and restart the process: until then no PIN is sent");
    assertThat(finding(token("wrong"), SoftHsm.PIN))
        .contains("refused the PIN before, and no PIN is sent again");
  }

  /** SoftHSM never locks a PIN; openCryptoki does at the third wrong one. */
  @Test
  void saysThatThePinIsLocked_andSendsNone() throws Exception {
    try (OpenCryptoki tokens = OpenCryptoki.start()) {
      tokens.token();
      lockPin();
      assertThat(finding(token(OpenCryptoki.LABEL, OpenCryptoki.library()), OpenCryptoki.PIN))
          .contains(
              "The token's user PIN is locked, and none was sent fix: let the security officer");
      tokens.token();
    }
  }

  private static void lockPin() throws ModuleLoadException, CryptokiException {
    try (CryptokiModule module = CryptokiModule.open(OpenCryptoki.library())) {
      for (long slot : module.slots(true)) {
        if (!module.tokenInfo(slot).label().equals(OpenCryptoki.LABEL)) {
          continue;
        }
        try (Session session = module.openSession(slot, true)) {
          for (int sent = 0; sent < 3; sent++) {
            assertThatThrownBy(() -> session.login(Ck.CKU_USER, "wrong".getBytes(US_ASCII)))
                .isInstanceOf(CryptokiException.class);
          }
        }
        assertThat(module.tokenInfo(slot).flags() & Ck.CKF_USER_PIN_LOCKED).isNotZero();
      }
    }
  }

  @Test
  void saysWhatToPlugIn_whereATokenWasPulled() throws Exception {
    assertThat(finding(token("pulled"), SoftHsm.PIN)).startsWith("Findings none");
    SoftHsm.in(folder).remove("pulled");
    assertThat(finding(token("pulled"), SoftHsm.PIN))
        .contains("No slot has the token of enclave.pkcs11.uri. There are:")
        .contains("fix: plug the token in, or correct token, serial,");
  }

  @Test
  void namesTheTokensThatThereAre_whereTheOneIsNot() throws Exception {
    assertThat(finding(token("nowhere"), SoftHsm.PIN))
        .contains("No slot has the token of enclave.pkcs11.uri. There are:")
        .contains("pkcs11:token=sound;serial=")
        .contains("fix: plug the token in, or correct token, serial,");
  }
}
