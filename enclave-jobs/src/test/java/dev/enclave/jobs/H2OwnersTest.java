package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of H2 can have H2 run code, so it is opened where nobody else can have written it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX rights")
final class H2OwnersTest {

  private static final int NOBODY = 65534;

  private final Path directory;
  private final Path file;

  H2OwnersTest(@TempDir Path folder) {
    this.directory = folder.resolve("above").resolve("jobs");
    this.file = directory.resolve("deferred.mv.db");
  }

  private static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /** Opens as an Enclave does, and closes. */
  private void open() {
    try (Database database = new H2Database(directory, new MutableClock())) {
      database.write(
          connection -> run(connection, "CREATE TABLE IF NOT EXISTS note (id INT PRIMARY KEY)"));
    }
  }

  /** H2 compiles and loads the trigger of a database as it opens the file. */
  private Path withAProgramInIt() {
    Path proof = directory.resolveSibling("proof");
    try (Database database = new H2Database(directory, new MutableClock())) {
      database.write(
          connection -> {
            run(connection, "CREATE TABLE bait (id INT PRIMARY KEY)");
            return run(
                connection,
                "CREATE TRIGGER foreign_code BEFORE INSERT ON bait AS $$"
                    + " org.h2.api.Trigger create() throws Exception {"
                    + " java.nio.file.Files.writeString(java.nio.file.Path.of(\""
                    + proof
                    + "\"), \"ran\");"
                    + " return new org.h2.tools.TriggerAdapter() {"
                    + " public void fire(java.sql.Connection c, java.sql.ResultSet o,"
                    + " java.sql.ResultSet n) {} }; } $$");
          });
    }
    return proof;
  }

  private void requireRefused(String message) throws IOException {
    byte[] before = Files.readAllBytes(file);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::open)
        .withMessageContaining("enclave.jobs.directory")
        .withMessageContaining(message)
        .matches(e -> e.code() == ErrorCode.CONFIGURATION_INVALID_VALUE);
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void runsNothingOfAFileThatAnotherUserMayHaveWritten() throws IOException {
    Path proof = withAProgramInIt();
    open();
    // What the check keeps from happening: with the file in its place, H2 runs what is in it.
    assertThat(proof).exists();
    Files.delete(proof);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));

    requireRefused(directory + " has mode 777");
    assertThat(proof).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    ".,rwxrwxrwx,777,700",
    ".,rwxr-x---,750,700",
    ".,rwx-----x,701,700",
    "deferred.mv.db,rw-r--r--,644,600",
    "deferred.mv.db,rw--w----,620,600",
    "deferred.mv.db.newFile,rw-rw-rw-,666,600",
    "deferred.mv.db.tempFile,rw-r-----,640,600",
    "deferred.lock.db,rw----r--,604,600"
  })
  void refusesWhatOthersMayUse_andSaysHowToMendIt(
      String name, String rights, String mode, String right) throws IOException {
    open();
    Path unsafe = withRights(name, rights);

    requireRefused(
        unsafe
            + " has mode "
            + mode
            + ", so others than its owner may use it. If it is for this alone, run: chmod "
            + right);
  }

  @Test
  void removesTheTrace_thatH2MadeReadableByAll() throws IOException {
    open();
    Path trace = withRights("deferred.trace.db", "rw-r--r--");

    open();
    assertThat(trace).doesNotExist();
  }

  private Path withRights(String name, String rights) throws IOException {
    Path unsafe = directory.resolve(name).normalize();
    if (Files.notExists(unsafe)) {
      Files.createFile(unsafe);
    }
    return Files.setPosixFilePermissions(unsafe, PosixFilePermissions.fromString(rights));
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
  @ValueSource(strings = {".", "deferred.mv.db", "deferred.mv.db.newFile"})
  void refusesWhatBelongsToAnotherUser(String name) throws IOException {
    open();
    Path foreign = withRights(name, name.equals(".") ? "rwx------" : "rw-------");
    giveAway(foreign);

    requireRefused(foreign + " belongs to user ");
  }

  @Test
  void refusesALinkInPlaceOfTheDirectory() throws IOException {
    open();
    Path elsewhere = directory.resolveSibling("elsewhere");
    Files.move(directory, elsewhere);
    Files.createSymbolicLink(directory, elsewhere);

    requireRefused(directory + " is a symbolic link");
  }

  @Test
  void refusesALinkInPlaceOfTheFile() throws IOException {
    open();
    Path elsewhere = directory.resolveSibling("elsewhere");
    Files.move(file, elsewhere);
    Files.createSymbolicLink(file, elsewhere);

    requireRefused(file + " is a symbolic link");
  }

  @Test
  void refusesAFileThatOthersHaveByAnotherName() throws IOException {
    open();
    Files.createLink(directory.resolveSibling("copy"), file);

    requireRefused(file + " has 2 names");
  }

  @Test
  void refusesTheFile_whenItIsOpenedAnew() throws Exception {
    try (Database database = new H2Database(directory, new MutableClock())) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      try (Connection other = database.dataSource().getConnection()) {
        run(other, "SHUTDOWN IMMEDIATELY");
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> database.read(connection -> run(connection, "DELETE FROM note")))
          .withMessageContaining(file + " has mode 666");
    }
  }

  @Test
  void makesEverythingForItsUserAlone() throws IOException {
    try (Database database = new H2Database(directory, new MutableClock())) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      requireClosed();
    }
    requireClosed();
  }

  /** All that there is, the directories above included, since nobody had made them. */
  private void requireClosed() throws IOException {
    Path above = directory.getParent();
    try (Stream<Path> files = Files.walk(above)) {
      files.forEach(
          path ->
              assertThat(rights(path))
                  .as(path.toString())
                  .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  private static String rights(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
