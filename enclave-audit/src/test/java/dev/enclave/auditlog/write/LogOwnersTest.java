package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.kit.claim.UnsafeFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A log is its user's alone, as a key store is. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX rights")
final class LogOwnersTest {

  private static final int NOBODY = 65534;

  private final Path directory;

  LogOwnersTest(@TempDir Path folder) throws IOException {
    this.directory = folder.resolve("audit");
    Events.log(directory, 1);
  }

  @ParameterizedTest
  @CsvSource({
    ".,rwxrwxrwx,777,700",
    ".,rwxr-x---,750,700",
    ".,rwx-----x,701,700",
    "lane-0.jsonl,rw-r--r--,644,600",
    "lane-0.jsonl,rw--w----,620,600",
    "checkpoints,rw-rw-rw-,666,600",
    "checkpoint.key,rw-r-----,640,600",
    "checkpoint.key,rw----r--,604,600"
  })
  void refusesWhatOthersMayUse_andSaysHowToMendIt(
      String name, String rights, String mode, String right) throws IOException {
    Path file = directory.resolve(name).normalize();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));

    requireRefused(
        file
            + " has mode "
            + mode
            + ", so others than its owner may use it. If it is for this alone, run: chmod "
            + right);
  }

  /** Ends the test, and says so, where this user may not. */
  private static void giveAway(Path path) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", NOBODY);
    } catch (IOException e) {
      String line = "NOT RUN: only root gives files away, so none here is another user's";
      System.out.println(line);
      abort(line);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "lane-0.jsonl", "checkpoints", "checkpoint.key"})
  void refusesWhatBelongsToAnotherUser(String name) throws IOException {
    Path file = directory.resolve(name).normalize();
    giveAway(file);

    requireRefused(file + " belongs to user ");
  }

  private void requireRefused(String message) {
    assertThatThrownBy(() -> Logs.open(directory).close())
        .isInstanceOf(UnsafeFileException.class)
        .hasMessageContaining(message);
    assertThat(LogDirectory.obstacle(directory).orElseThrow()).hasMessageContaining(message);
  }

  @Test
  void refusesALinkInPlaceOfTheDirectory(@TempDir Path elsewhere) throws IOException {
    Path link = Files.createSymbolicLink(elsewhere.resolve("audit"), directory);

    assertThatThrownBy(() -> Logs.open(link).close())
        .isInstanceOf(UnsafeFileException.class)
        .hasMessageContaining(link + " is a symbolic link");
  }

  @Test
  void refusesACheckpointKeyWithASecondName(@TempDir Path elsewhere) throws IOException {
    Files.createLink(elsewhere.resolve("copy"), directory.resolve("checkpoint.key"));

    assertThatThrownBy(() -> Logs.open(directory).close())
        .isInstanceOf(UnsafeFileException.class)
        .hasMessageContaining("checkpoint.key has 2 names");
  }

  @Test
  void makesEverythingForItsUserAlone() throws IOException {
    try (var files = Files.walk(directory)) {
      files.forEach(
          file ->
              assertThat(rights(file))
                  .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
    }
  }

  private static String rights(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
