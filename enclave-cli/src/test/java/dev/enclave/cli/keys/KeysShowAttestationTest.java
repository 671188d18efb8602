package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.GcpOptions;
import dev.enclave.emulators.GcpKmsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an HSM says of a key, by the emulator's HSM and by roots that are its own or are not. */
class KeysShowAttestationTest {

  private final Path folder;
  private final GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start();

  KeysShowAttestationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void makeAKey() {
    assertThat(run("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256").code()).isZero();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void provesAKey_byTheRootOfItsOwner() throws Exception {
    Cli.Run shown = run("keys", "show", "wallet", "--attestation", "--root=" + roots(1));

    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains("CAVIUM_V2_COMPRESSED", "it ends at CN=Emulated HSM owner root")
        .containsPattern("it says: made in the HSM +yes")
        .containsPattern("it says: extractable +no")
        .containsPattern("on its public key +yes")
        .containsPattern("proven +yes");
  }

  /** Whose certificates of cards are of version 1, as the real manufacturer's are. */
  @Test
  void provesNothing_byAnotherManufacturerThanTheRealOne() throws Exception {
    Cli.Run shown = run("keys", "show", "wallet", "--attestation", "--root=" + roots(0, 1));

    assertThat(shown.code()).isEqualTo(1);
    assertThat(shown.out())
        .containsPattern("proven +no")
        .contains(
            "- The certificates of manufacturer do not hold: certificate 2 does not say that it may"
                + " issue others.");
  }

  @Test
  void showsTheStatementWithoutRoots_andSaysThatNobodyVouchesForIt() {
    Cli.Run shown = run("keys", "show", "wallet", "--attestation");

    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out())
        .containsPattern("proven +no")
        .contains("- No root certificate was given");
  }

  @Test
  void provesNothing_byARootOfSomebodyElse() throws Exception {
    Path other = folder.resolve("other.pem");
    try (GcpKmsServer tls = GcpKmsServer.builder().tls().start()) {
      Files.writeString(other, tls.certificatePem());
    }
    Cli.Run shown =
        run("keys", "show", "wallet", "--attestation", "--root=" + roots(0), "--root=" + other);

    assertThat(shown.code()).isEqualTo(1);
    assertThat(shown.out()).containsPattern("proven +no").contains("- No chain ends at root ");
  }

  @Test
  void writesStatementAndCertificates_forOtherTools() throws Exception {
    Path out = folder.resolve("statement.dat");
    Cli.Run shown =
        run("keys", "show", "wallet", "--attestation", "--version=1", "--json", "--out=" + out);

    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("\"proven\" : false", "\"PUBLIC_KEY\"");
    assertThat(Files.readAllBytes(out)).startsWith(0x1f, 0x8b);
    assertThat(Files.readString(folder.resolve("statement.dat.pem")).split("BEGIN CERT", -1))
        .as("two of the manufacturer's, two of the owner's")
        .hasSize(5);
  }

  @Test
  void saysThatThereIsNone_whereNoHardwareHoldsKeys() {
    Cli local = Cli.local(folder);
    local.succeed("keys", "create", "here", "--algorithm", "ECDSA_P256_SHA256");
    Cli.Run refused = local.run("keys", "show", "here", "--attestation");

    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("UNSUPPORTED_OPERATION");
  }

  private Path roots(int... which) throws Exception {
    StringBuilder pem = new StringBuilder("some words before\n");
    for (int root : which) {
      pem.append(server.attestationRoots().get(root)).append('\n');
    }
    Path file = folder.resolve("roots-" + which.length + ".pem");
    return Files.writeString(file, pem);
  }

  private Cli.Run run(String... command) {
    return Cli.in(folder).run(GcpOptions.line(server, "wallet", command));
  }
}
