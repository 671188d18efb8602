package dev.enclave.cli.use;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignVerifyCommandsTest {

  private final Path folder;
  private final Cli cli;

  SignVerifyCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.file("doc", "pay 10 to Alice");
  }

  @Test
  void verifyAcceptsWhatSignMade() {
    Cli.Run signed = cli.run("sign", "wallet", "doc", "--out", "sig");

    assertThat(signed.code()).isZero();
    assertThat(signed.out()).startsWith("Signed with version 1 of wallet (ECDSA_P256_SHA256, DER");
    Cli.Run verified = cli.run("verify", "wallet", "doc", "sig");
    assertThat(verified.code()).isZero();
    assertThat(verified.out().strip()).isEqualTo("valid");
  }

  @Test
  void signFails_andNamesTheOperation_whereNoRecordOfItCouldBeWritten() {
    AuditSink full =
        new AuditSink() {
          @Override
          public void append(AuditEvent event, Durability durability) throws IOException {
            if (event.operation() == Operation.SIGN) {
              throw new IOException("No space left on device");
            }
          }

          @Override
          public void close() {}
        };

    Cli.Run run = cli.with(full).run("sign", "wallet", "doc", "--out", "sig");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains("1 record of the audit log could not be written (No space left on device)")
        .contains("is lost: SIGN of wallet (operation ", "AUDIT_UNAVAILABLE");
    assertThat(cli.path("sig")).doesNotExist();
  }

  @Test
  void verifyRefusesAChangedFile() {
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    cli.file("doc", "pay 1000 to Mallory");

    Cli.Run run = cli.run("verify", "wallet", "doc", "sig");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out().strip()).isEqualTo("not valid");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void verifyRefusesAChangedSignature() throws IOException {
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    byte[] signature = cli.bytes("sig");
    signature[signature.length - 1] ^= 1;
    Files.write(cli.path("sig"), signature);

    assertThat(cli.run("verify", "wallet", "doc", "sig").code()).isEqualTo(1);
  }

  @Test
  void verifyRefusesAnEmptySignature() {
    cli.file("sig", "");

    assertThat(cli.run("verify", "wallet", "doc", "sig").code()).isEqualTo(1);
  }

  @Test
  void signAndVerifyTakeAHandle() {
    String handle =
        JsonText.text(
            JsonText.object(cli.succeed("keys", "show", "wallet", "--json").out()), "handle");

    cli.succeed("sign", handle, "doc", "--out", "sig");

    assertThat(cli.run("verify", handle, "doc", "sig").code()).isZero();
  }

  @Test
  void signWritesTheEncodingAskedFor() {
    cli.succeed("sign", "wallet", "doc", "--out", "sig", "--encoding", "p1363");

    assertThat(cli.bytes("sig")).hasSize(64);
    assertThat(cli.run("verify", "wallet", "doc", "sig", "--encoding", "P1363").code()).isZero();
    assertThat(cli.run("verify", "wallet", "doc", "sig").code()).isEqualTo(1);
  }

  @Test
  void prehashedTakesTheDigestItself() throws IOException {
    byte[] digest = new byte[32];
    digest[7] = 42;
    Files.write(cli.path("digest"), digest);
    cli.succeed("sign", "wallet", "digest", "--prehashed", "--out", "sig");

    assertThat(cli.run("verify", "wallet", "digest", "sig", "--prehashed").code()).isZero();
    assertThat(cli.run("verify", "wallet", "digest", "sig").code()).isEqualTo(1);
    assertThat(
            walletVerifier()
                .verify(
                    Digest.of(DigestAlgorithm.SHA_256, digest),
                    cli.bytes("sig"),
                    SignatureEncoding.DER))
        .isTrue();
  }

  @Test
  void verifyByVersionRefusesAnotherVersionsSignature() {
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    cli.succeed("keys", "rotate", "wallet");

    assertThat(cli.run("verify", "wallet", "doc", "sig").code()).isZero();
    assertThat(cli.run("verify", "wallet", "doc", "sig", "--version", "1").code()).isZero();
    assertThat(cli.run("verify", "wallet", "doc", "sig", "--version", "2").code()).isEqualTo(1);
  }

  @Test
  void verifyByPublicKeyNeedsNoBackend() {
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    cli.succeed("keys", "public", "wallet", "--out", "wallet.pem");
    Cli nowhere = Cli.in(folder);

    Cli.Run run =
        nowhere.run(
            "verify",
            "--public-key",
            "wallet.pem",
            "--algorithm",
            "ecdsa_p256_sha256",
            "doc",
            "sig");

    assertThat(run.code()).isZero();
  }

  @Test
  void verifyByPublicKeyRefusesAChangedFile() {
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    cli.succeed("keys", "public", "wallet", "--out", "wallet.pem");
    cli.file("doc", "something else");

    assertThat(
            cli.run(
                    "verify",
                    "doc",
                    "sig",
                    "--public-key",
                    "wallet.pem",
                    "--algorithm",
                    "ECDSA_P256_SHA256")
                .code())
        .isEqualTo(1);
  }

  @Test
  void signReadsStandardInputAndWritesStandardOutput() {
    byte[] message = "from a pipe".getBytes(StandardCharsets.UTF_8);

    Cli.Run run = cli.reading(message).succeed("sign", "wallet", "-", "--out", "-");

    assertThat(
            walletVerifier()
                .verify(Message.of(message), run.stdout().toByteArray(), SignatureEncoding.DER))
        .isTrue();
  }

  @Test
  void signReplacesAnOldSignatureAndLeavesNothingElseBehind() throws IOException {
    cli.file("sig", "old");

    cli.succeed("sign", "wallet", "doc", "--out", "sig");

    assertThat(cli.run("verify", "wallet", "doc", "sig").code()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }

  @Test
  void signWritesThroughASymbolicLink() throws IOException {
    Files.createSymbolicLink(cli.path("link"), cli.file("target", "old"));

    cli.succeed("sign", "wallet", "doc", "--out", "link");

    assertThat(cli.path("link")).isSymbolicLink();
    assertThat(cli.run("verify", "wallet", "doc", "target").code()).isZero();
  }

  private SignatureVerifier walletVerifier() {
    return SignatureVerifier.of(
        PublicKeyInfo.fromPem(
            cli.succeed("keys", "public", "wallet").out(), SigningAlgorithm.ECDSA_P256_SHA256));
  }
}
