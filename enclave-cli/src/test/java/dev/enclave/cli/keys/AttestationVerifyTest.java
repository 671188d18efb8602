package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.RealStatement;
import dev.enclave.cli.Cli;
import dev.enclave.cli.GcpOptions;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An auditor with files alone: no account, no configuration. */
class AttestationVerifyTest {

  private final Path folder;

  AttestationVerifyTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Cli.Run verify(Cli cli, Object statement, Object certificates, Object... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "attestation",
                "verify",
                statement.toString(),
                "--certificates",
                certificates.toString()));
    for (Object each : more) {
      line.add(each.toString());
    }
    return cli.run(line.toArray(String[]::new));
  }

  private Cli then() {
    return Cli.in(folder).with(new MutableClock(RealStatement.THEN));
  }

  @ParameterizedTest
  @CsvSource({"ec,true", "ec,false", "rsa,true", "rsa,false"})
  void provesARealStatement_compressedOrNot(String name, boolean compressed) throws Exception {
    RealStatement real = RealStatement.of(name);
    Path statement =
        compressed ? real.packed() : Files.write(folder.resolve("unpacked.dat"), real.unpacked());
    Cli.Run run = verify(then(), statement, real.certificates(), "--root", real.roots());

    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .containsPattern("signed by its hardware +yes")
        .containsPattern("it says: extractable +no")
        .containsPattern("it says: made in the HSM +yes")
        .containsPattern("it says: never extractable +yes")
        .containsPattern("it says: public key, SHA-256 +([0-9a-f]{16} ){3}[0-9a-f]{16}")
        .containsPattern("proven by +CN=localca\\.liquidsecurity\\.cavium\\.com")
        .containsPattern("proven by +CN=Hawksbill Root v1 prod")
        .containsPattern("proven +yes");
  }

  @Test
  void doesNotProveARealStatement_onAnotherPublicKeyOrByAnExpiredRoot() {
    RealStatement real = RealStatement.of("rsa");
    Cli.Run other =
        verify(
            then(),
            real.packed(),
            real.certificates(),
            "--root",
            real.roots(),
            "--public-key",
            real.otherPublicKey());
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.out()).containsPattern("proven +no").contains("another public key");

    // Its first certificate is the manufacturer's root that has expired.
    Cli.Run expired =
        verify(then(), real.packed(), real.certificates(), "--root", real.certificates(), "--json");
    assertThat(expired.code()).isEqualTo(1);
    assertThat(expired.out())
        .contains("\"proven\" : false", "\"provenBy\" : [ ]", "its root has expired");
  }

  private Cli.Run emulated(GcpKmsServer server, String... command) {
    Cli.Run run = Cli.in(folder).run(GcpOptions.line(server, "wallet", command));
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private Path root(GcpKmsServer server, int which) throws Exception {
    return Files.writeString(
        folder.resolve("root-" + which + ".pem"), server.attestationRoots().get(which));
  }

  @Test
  void provesAKeyPairByItsOwner_andAChangedStatementNot() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      emulated(server, "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
      emulated(server, "keys", "show", "wallet", "--attestation", "--out=wallet.dat");
      Files.writeString(
          folder.resolve("wallet.pub"), emulated(server, "keys", "public", "wallet").out());
      Cli alone = Cli.in(folder);
      Path owner = root(server, 1);

      Cli.Run proven =
          verify(
              alone, "wallet.dat", "wallet.dat.pem", "--root", owner, "--public-key", "wallet.pub");
      assertThat(proven.code()).as(proven.out() + proven.err()).isZero();
      assertThat(proven.out())
          .containsPattern("on the public key given +yes")
          .containsPattern("proven by +CN=Emulated HSM owner root");

      // Version 1 is believed under the real manufacturer's root alone.
      Cli.Run manufacturer =
          verify(alone, "wallet.dat", "wallet.dat.pem", "--root", root(server, 0));
      assertThat(manufacturer.code()).isEqualTo(1);
      assertThat(manufacturer.out())
          .contains("certificate 2 does not say that it may issue others")
          .contains("- No chain ends at root CN=Emulated HSM manufacturer root.");

      byte[] changed = Files.readAllBytes(folder.resolve("wallet.dat"));
      changed[changed.length / 2] ^= 1;
      Files.write(folder.resolve("changed.dat"), changed);
      Cli.Run refused = verify(alone, "changed.dat", "wallet.dat.pem", "--root", owner);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.out()).containsPattern("proven +no").contains("- ");
    }
  }

  @Test
  void doesNotProveWhichSymmetricKeyItIs_butReadsWhatIsSaidOfIt() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      emulated(server, "keys", "create", "kek", "--algorithm", "AES_256_GCM");
      emulated(server, "keys", "show", "kek", "--attestation", "--out=kek.dat");
      Cli.Run run = verify(Cli.in(folder), "kek.dat", "kek.dat.pem", "--root", root(server, 1));

      assertThat(run.code()).isEqualTo(1);
      assertThat(run.out())
          .containsPattern("it says: extractable +no")
          .containsPattern("it says: made in the HSM +yes")
          .contains("- The statement does not say which public key its key has.");
    }
  }

  @Test
  void refusesFilesThatAreSomethingElse() {
    Cli cli = Cli.in(folder);
    cli.file("text", "no statement");
    cli.file("none.pem", "no certificate");
    RealStatement real = RealStatement.of("ec");

    assertThat(verify(cli, "text", real.certificates(), "--root", real.roots()).out())
        .contains("- The file is no statement of an HSM that can be read here.");
    Cli.Run noCertificate = verify(cli, real.packed(), "none.pem", "--root", real.roots());
    assertThat(noCertificate.code()).isEqualTo(2);
    assertThat(noCertificate.err()).contains("has no certificate in PEM");
    Cli.Run noKey =
        verify(
            cli,
            real.packed(),
            real.certificates(),
            "--root",
            real.roots(),
            "--public-key",
            "none.pem");
    assertThat(noKey.code()).isEqualTo(2);
    assertThat(noKey.err()).contains("has no public key in PEM");
    assertThat(verify(cli, real.packed(), real.certificates()).code()).isEqualTo(2);
  }
}
