package dev.enclave.cli.use;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealCommandsTest {

  private final Cli cli;

  SealCommandsTest(@TempDir Path folder) {
    cli = Cli.local(folder);
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.file("doc", "a seed phrase");
  }

  @Test
  void openGivesBackWhatSealTook() {
    cli.succeed("seal", "kek", "doc", "--out", "box");
    cli.succeed("unseal", "box", "--out", "copy");

    assertThat(cli.bytes("copy")).isEqualTo(cli.bytes("doc"));
    assertThat(cli.bytes("box")).isNotEqualTo(cli.bytes("doc"));
  }

  @Test
  void openWritesAFileThatOnlyTheUserReads() throws IOException {
    cli.succeed("seal", "kek", "doc", "--out", "box");
    cli.file("copy", "readable to all before");
    cli.succeed("unseal", "box", "--out", "copy");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cli.path("copy"))))
        .isEqualTo("rw-------");
  }

  @Test
  void openNeedsTheAssociatedDataOfSeal() {
    cli.succeed("seal", "kek", "doc", "--out", "box", "--aad", "wallet 42");

    assertThat(cli.run("unseal", "box", "--out", "copy", "--aad", "wallet 42").code()).isZero();
    Cli.Run wrong = cli.run("unseal", "box", "--out", "copy2", "--aad", "wallet 43");
    assertThat(wrong.code()).isEqualTo(5);
    assertThat(cli.path("copy2")).doesNotExist();
  }

  @Test
  void openRefusesAChangedBox() throws IOException {
    cli.succeed("seal", "kek", "doc", "--out", "box");
    byte[] box = cli.bytes("box");
    box[box.length - 1] ^= 1;
    Files.write(cli.path("box"), box);

    assertThat(cli.run("unseal", "box", "--out", "copy").code()).isEqualTo(5);
  }

  @Test
  void sealTakesTheHandleOfAKek() {
    String handle =
        JsonText.text(
            JsonText.object(cli.succeed("keys", "show", "kek", "--json").out()), "handle");

    cli.succeed("seal", handle, "doc", "--out", "box");

    assertThat(cli.run("unseal", "box", "--out", "-").out()).isEqualTo("a seed phrase");
  }

  @Test
  void resealTellsTheVersion_andSealsUnderTheActiveOne() {
    cli.succeed("seal", "kek", "doc", "--out", "box", "--aad", "wallet 42");
    assertThat(cli.succeed("reseal", "box").out()).contains("Under version ", ", the active one");
    cli.succeed("keys", "rotate", "kek");
    assertThat(cli.succeed("reseal", "box").out()).contains("Under version ", "; active is ");

    cli.succeed("reseal", "box", "--out", "box-2", "--aad", "wallet 42");

    assertThat(cli.succeed("reseal", "box-2").out()).contains(", the active one");
    assertThat(cli.run("unseal", "box-2", "--out", "-", "--aad", "wallet 42").out())
        .isEqualTo("a seed phrase");
    assertThat(cli.run("reseal", "box", "--out", "box-3", "--aad", "wallet 43").code())
        .isEqualTo(5);
    assertThat(cli.path("box-3")).doesNotExist();
  }

  @Test
  void openStillOpensOldBoxesAfterARotation() {
    cli.succeed("seal", "kek", "doc", "--out", "box");
    cli.succeed("keys", "rotate", "kek");

    assertThat(cli.run("unseal", "box", "--out", "-").out()).isEqualTo("a seed phrase");
  }

  private static final int NOBODY = 65534;

  private interface Making {
    void make(Path output) throws Exception;
  }

  /** As in /tmp, where somebody guessed the name. */
  @Tag("full")
  @Test
  void unsealDoesNotWriteWhereAnotherUserLeads() throws Exception {
    cli.succeed("seal", "kek", "doc", "--out", "box");
    Path trap = cli.path("trap");
    Path own = cli.file("own", "precious");
    Map<String, Making> traps =
        Map.of(
            "a link to a file", link -> Files.createSymbolicLink(link, own),
            "a link to nothing yet", link -> Files.createSymbolicLink(link, cli.path("new")),
            "a named pipe",
                pipe ->
                    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                        .isZero());
    for (Map.Entry<String, Making> each : traps.entrySet()) {
      each.getValue().make(trap);
      giveAway(trap);
      Cli.Run run =
          assertTimeoutPreemptively(
              Duration.ofSeconds(60), () -> cli.run("unseal", "box", "--out", "trap"));
      assertThat(run.code()).as(each.getKey()).isEqualTo(2);
      assertThat(run.err()).contains("belongs to").contains("Name another file with --out");
      Files.delete(trap);
    }
    assertThat(own).hasContent("precious");
    assertThat(cli.path("new")).doesNotExist();
  }

  /** Ends the test, and says so, where this user may not. */
  private static void giveAway(Path path) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      String line = "NOT RUN: only root gives files away, so none here is another user's";
      System.out.println(line);
      abort(line);
    }
  }
}
