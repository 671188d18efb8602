package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningAlgorithm;
import dev.enclave.processes.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every signature the command makes is accepted by openssl with the key it publishes. */
@Tag("needs-openssl")
@Tag("full")
class OpenSslInteropTest {

  private static Path folder;
  private static Cli cli;

  @BeforeAll
  static void makeAKeyOfEachAlgorithm() throws IOException {
    folder = Files.createTempDirectory("enclave-openssl-");
    cli = Cli.local(folder);
    cli.file("doc", "pay 10 to Alice");
    cli.file("forged", "pay 1000 to Mallory");
    signing()
        .forEach(
            algorithm -> {
              String name = nameOf(algorithm);
              cli.succeed("keys", "create", name, "--algorithm", algorithm.name());
              cli.succeed("keys", "public", name, "--out", name + ".pem");
            });
  }

  @AfterAll
  static void removeWorld() {
    World.delete(folder);
  }

  /** openssl before 3.2 has no Keccak-256; that one is proved over digests below. */
  static Stream<KeyAlgorithm> hashedByOpenSsl() {
    return signing().filter(a -> a != SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
  }

  static Stream<KeyAlgorithm> takingDigests() {
    return signing().filter(a -> a.digest().isPresent());
  }

  static Stream<KeyAlgorithm> signing() {
    return KeyAlgorithm.all().stream().filter(a -> a.purpose() == KeyPurpose.SIGN);
  }

  @ParameterizedTest
  @MethodSource("hashedByOpenSsl")
  void opensslAcceptsTheSignature(KeyAlgorithm algorithm) {
    String name = nameOf(algorithm);
    cli.succeed("sign", name, "doc", "--out", name + ".sig");

    Ended run =
        OpenSsl.verify(
            algorithm, cli.path(name + ".pem"), cli.path("doc"), cli.path(name + ".sig"), false);

    run.succeeded();
  }

  @ParameterizedTest
  @MethodSource("takingDigests")
  void opensslAcceptsTheSignatureOfADigest(KeyAlgorithm algorithm) throws IOException {
    String name = nameOf(algorithm);
    byte[] digest = new byte[algorithm.digest().orElseThrow().length()];
    Arrays.fill(digest, (byte) 0x5a);
    Path file = Files.write(cli.path(name + ".digest"), digest);
    cli.succeed("sign", name, file.toString(), "--prehashed", "--out", name + ".dsig");

    Ended run =
        OpenSsl.verify(algorithm, cli.path(name + ".pem"), file, cli.path(name + ".dsig"), true);

    run.succeeded();
  }

  @ParameterizedTest
  @MethodSource("signing")
  void verifyRefusesAnotherFile(KeyAlgorithm algorithm) {
    String name = nameOf(algorithm);
    cli.succeed("sign", name, "doc", "--out", name + ".vsig");

    assertThat(cli.run("verify", name, "doc", name + ".vsig").code()).isZero();
    assertThat(cli.run("verify", name, "forged", name + ".vsig").code()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void verifyByPublicKeyRefusesAChangedSignature(KeyAlgorithm algorithm) throws IOException {
    String name = nameOf(algorithm);
    cli.succeed("sign", name, "doc", "--out", name + ".csig");
    String[] verify = {
      "verify",
      "--public-key",
      name + ".pem",
      "--algorithm",
      algorithm.name(),
      "doc",
      name + ".csig"
    };
    assertThat(cli.run(verify).code()).isZero();
    byte[] signature = cli.bytes(name + ".csig");
    signature[signature.length / 2] ^= 1;
    Files.write(cli.path(name + ".csig"), signature);

    assertThat(cli.run(verify).code()).isEqualTo(1);
  }

  private static String nameOf(KeyAlgorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
