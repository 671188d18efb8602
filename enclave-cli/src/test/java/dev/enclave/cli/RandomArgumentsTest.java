package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever is typed: one of six exit codes, a message, never a stack trace. */
@Tag("needs-openssl")
@Tag("full")
class RandomArgumentsTest {

  private static final Path FOLDER = newFolder();
  private static final Cli CLI = makeWorld();

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("enclave-random-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Cli makeWorld() {
    Cli cli = Cli.local(FOLDER);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.file("doc", "text");
    return cli;
  }

  @AfterContainer
  static void removeWorld() {
    World.delete(FOLDER);
  }

  @Property(tries = 1000)
  void wordsOfTheCommandInAnyOrder(@ForAll("words") List<String> args) {
    check(args);
  }

  @Property(tries = 1000)
  void anyTextAmongTheWords(@ForAll("wordsAndTexts") List<String> args) {
    check(args);
  }

  private static void check(List<String> args) {
    Cli.Run run = CLI.run(args.toArray(String[]::new));

    assertThat(run.code()).isBetween(0, 5);
    assertThat(run.err()).doesNotContain("    at ").doesNotContain("INTERNAL");
    if (run.code() > 1 && !args.contains("doctor")) {
      assertThat(run.err()).containsPattern("(?m)^error: ");
    }
  }

  @Provide
  Arbitrary<List<String>> words() {
    return word().list().ofMaxSize(8);
  }

  @Provide
  Arbitrary<List<String>> wordsAndTexts() {
    return Arbitraries.frequencyOf(
            Tuple.of(3, word()),
            Tuple.of(1, Arbitraries.strings().ofMaxLength(40)),
            Tuple.of(1, Arbitraries.strings().ascii().ofMaxLength(12)))
        .list()
        .ofMaxSize(8);
  }

  private static Arbitrary<String> word() {
    return Arbitraries.of(
        "keys",
        "create",
        "list",
        "show",
        "rotate",
        "rotation",
        "due",
        "disable",
        "enable",
        "destroy",
        "public",
        "backup",
        "restore",
        "sign",
        "verify",
        "seal",
        "unseal",
        "reseal",
        "audit",
        "doctor",
        "wallet",
        "kek",
        "doc",
        "sig",
        "box",
        "absent",
        "--algorithm",
        "ED25519",
        "ECDSA_P256_SHA256",
        "AES_256_GCM",
        "--json",
        "--out",
        "--encoding",
        "der",
        "raw",
        "--prehashed",
        "--version",
        "1",
        "2",
        "--public-key",
        "--format",
        "pem",
        "jwks",
        "--reason",
        "compromise",
        "--if-active",
        "--rotation",
        "P90D",
        "--on",
        "software",
        "--aad",
        "--password-file",
        "--name",
        "--force",
        "--config",
        "local.properties",
        "-D",
        "enclave.environment=production",
        "enclave.environment=local",
        "--help",
        "-",
        "--",
        "-x",
        "enclave:v1:software:x:wallet:-",
        "enclave:",
        "",
        "@doc",
        "--out=",
        "-D=",
        "--config=");
  }
}
