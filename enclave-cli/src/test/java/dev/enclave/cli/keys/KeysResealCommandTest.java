package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysResealCommandTest {

  private static final String PASSPHRASE = "enclave.software.passphrase=correct horse";

  private final Cli cli;

  KeysResealCommandTest(@TempDir Path folder) {
    cli = Cli.local(folder);
  }

  @BeforeEach
  void makeAKey() {
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    cli.file("doc", "pay 10 to Alice");
  }

  private Cli typing(String lines) {
    return cli.reading(lines.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void takesTheNewPassphraseFromAFile_andSaysWhatToDoNext() {
    cli.file("new.txt", "correct horse\nsecond line\n");
    Cli.Run run = cli.succeed("keys", "reseal", "--new-passphrase-file", "new.txt");
    assertThat(run.out()).contains("enclave.software.passphrase-file").contains("restart");
    assertThat(cli.run("keys", "list").code()).isEqualTo(2);
    cli.succeed("sign", "wallet", "doc", "--out", "sig", "-D", PASSPHRASE);
  }

  @Test
  void takesTheNewPassphraseTypedTwice() {
    Cli.Run run = typing("correct horse\ncorrect horse\n").succeed("keys", "reseal");
    assertThat(run.out() + run.err()).doesNotContain("horse");
    cli.succeed("keys", "show", "wallet", "-D", PASSPHRASE);
  }

  @Test
  void changesNothing_whenTheTwoDiffer() {
    Cli.Run run = typing("correct horse\nwrong horse\n").run("keys", "reseal");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("differ").doesNotContain("horse");
    cli.succeed("keys", "show", "wallet");
  }

  @Test
  void changesNothing_whenThereIsNoInput() {
    assertThat(typing("").run("keys", "reseal").code()).isEqualTo(2);
    cli.succeed("keys", "show", "wallet");
  }

  @Test
  void takesThePassphraseAway_inLocal() {
    typing("correct horse\ncorrect horse\n").succeed("keys", "reseal");
    cli.succeed("keys", "reseal", "--without-passphrase", "-D", PASSPHRASE);
    cli.succeed("keys", "show", "wallet");
  }

  @Test
  void refusesWhatIsForAKeyOfAnotherBackend() {
    assertThat(cli.run("keys", "reseal", "--all").err()).contains("--all");
  }

  @Test
  void refusesBothOptions() {
    cli.file("new.txt", "correct horse\n");
    assertThat(
            cli.run("keys", "reseal", "--without-passphrase", "--new-passphrase-file", "new.txt")
                .code())
        .isEqualTo(2);
  }
}
