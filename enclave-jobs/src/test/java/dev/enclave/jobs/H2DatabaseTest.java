package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 closes a file for all of its connections when one of them met a full disk. */
class H2DatabaseTest {

  private final Path folder;

  H2DatabaseTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM note")) {
      result.next();
      return result.getInt(1);
    }
  }

  private static void closeByAnother(Database database) throws SQLException {
    try (Connection other = database.dataSource().getConnection()) {
      run(other, "SHUTDOWN IMMEDIATELY");
    }
  }

  @Test
  void opensTheFileAnew_whenAnotherConnectionHadItClosed() throws SQLException {
    try (Database database = new H2Database(folder)) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      database.write(connection -> run(connection, "INSERT INTO note VALUES (1)"));
      closeByAnother(database);
      assertThat(database.<Integer>read(H2DatabaseTest::count)).isEqualTo(1);
      closeByAnother(database);
      database.write(connection -> run(connection, "INSERT INTO note VALUES (2)"));
      closeByAnother(database);
      database.note(connection -> run(connection, "INSERT INTO note VALUES (3)"));
      assertThat(database.<Integer>read(H2DatabaseTest::count)).isEqualTo(3);
    }
  }

  /** Before the commit: what the lost transaction had done is done once more, and once alone. */
  @Test
  void beginsOnceMore_whenTheFileIsClosedUnderATransaction() throws SQLException {
    try (Database database = new H2Database(folder)) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      AtomicInteger begun = new AtomicInteger();
      database.write(
          connection -> {
            run(connection, "INSERT INTO note VALUES (1)");
            if (begun.getAndIncrement() == 0) {
              closeByAnother(database);
            }
            return run(connection, "INSERT INTO note VALUES (2)");
          });
      AtomicInteger read = new AtomicInteger();
      int counted =
          database.read(
              connection -> {
                if (read.getAndIncrement() == 0) {
                  closeByAnother(database);
                }
                return count(connection);
              });
      assertThat(counted).isEqualTo(2);
    }
  }

  @Test
  void givesUp_whenTheFileIsClosedAgainAndAgain() {
    try (Database database = new H2Database(folder)) {
      assertThatExceptionOfType(ConnectivityException.class)
          .isThrownBy(
              () ->
                  database.read(
                      connection -> {
                        closeByAnother(database);
                        return count(connection);
                      }))
          .matches(e -> e.code() == ErrorCode.DEFERRAL_UNAVAILABLE);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** H2's own trace has the row that a failed statement met. */
  @Test
  void writesNothingButTheDatabase_whenStatementsFail() throws Exception {
    Database database = new H2Database(folder);
    database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
    database.write(connection -> run(connection, "INSERT INTO note VALUES (1)"));
    assertThatExceptionOfType(ConnectivityException.class)
        .isThrownBy(
            () -> database.write(connection -> run(connection, "INSERT INTO note VALUES (1)")));
    try (Connection late = database.dataSource().getConnection()) {
      database.<Integer>read(H2DatabaseTest::count);
      database.close();
      assertThatExceptionOfType(SQLException.class).isThrownBy(() -> count(late));
    }
    assertThat(files()).containsExactly("deferred.mv.db");
  }

  @Test
  void staysClosed_forThreadsThatAreLate() throws Exception {
    Database database = new H2Database(folder);
    database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
    DataSource late = database.dataSource();
    database.close();
    Files.delete(folder.resolve("deferred.mv.db"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(late::getConnection)
        .matches(e -> e.getSQLState().equals("08003"));
    assertThatExceptionOfType(ConnectivityException.class)
        .isThrownBy(() -> database.read(H2DatabaseTest::count));
    assertThat(files()).isEmpty();
  }
}
