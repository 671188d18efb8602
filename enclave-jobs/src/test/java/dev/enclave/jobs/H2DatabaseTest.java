package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.engine.Engine;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;
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
    try (Database database = new H2Database(folder, new MutableClock())) {
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
    try (Database database = new H2Database(folder, new MutableClock())) {
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
    try (Database database = new H2Database(folder, new MutableClock())) {
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
    Database database = new H2Database(folder, new MutableClock());
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
    Database database = new H2Database(folder, new MutableClock());
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

  /** As H2 does for a moment when a thread of the scheduler had it close the file. */
  @Test
  void waitsForTheLock_thatThisProcessStillHas() throws Exception {
    Closing closing = new Closing();
    try (Database database = new H2Database(folder, closing)) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      closeByAnother(database);
      closing.lock(folder.resolve("deferred.mv.db"));
      assertThat(database.<Integer>read(H2DatabaseTest::count)).isZero();
      assertThat(closing.looks).isEqualTo(3);
    }
  }

  @Test
  void saysThatTheFileIsOpenElsewhere_whereNobodyLetsGoOfIt() throws Exception {
    MutableClock clock = new MutableClock();
    Path file = folder.resolve("deferred.mv.db");
    try (Database database = new H2Database(folder, clock)) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      closeByAnother(database);
      try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = other.lock()) {
        assertThat(lock.isValid()).isTrue();
        Instant begun = clock.now();
        assertThatExceptionOfType(ConnectivityException.class)
            .isThrownBy(() -> database.<Integer>read(H2DatabaseTest::count))
            .withMessageContaining("open in another process");
        assertThat(Duration.between(begun, clock.now())).isEqualTo(Duration.ofSeconds(5));
      }
      assertThat(database.<Integer>read(H2DatabaseTest::count)).isZero();
    }
  }

  /** As it does when one of the same name, which a full disk had closed, ends late. */
  @Test
  void givesTheSchedulerConnections_whenH2HasForgottenTheDatabase() throws Exception {
    try (Database database = new H2Database(folder, new MutableClock())) {
      database.write(connection -> run(connection, "CREATE TABLE note (id INT PRIMARY KEY)"));
      database.write(connection -> run(connection, "INSERT INTO note VALUES (1)"));
      Method forget = Engine.class.getDeclaredMethod("close", String.class);
      forget.setAccessible(true);
      String name =
          database.read(
              connection -> {
                JdbcConnection open = connection.unwrap(JdbcConnection.class);
                return ((SessionLocal) open.getSession()).getDatabase().getName();
              });
      forget.invoke(null, name);
      try (Connection ofTheScheduler = database.dataSource().getConnection()) {
        assertThat(count(ofTheScheduler)).isEqualTo(1);
        database.write(connection -> run(connection, "INSERT INTO note VALUES (2)"));
        assertThat(count(ofTheScheduler)).isEqualTo(2);
      }
      assertThat(database.<Integer>read(H2DatabaseTest::count)).isEqualTo(2);
    }
  }

  /** Has a lock until somebody has waited three times. */
  private static final class Closing implements TimeSource {

    private final MutableClock clock = new MutableClock();
    private @Nullable FileChannel locked;
    private int looks;

    void lock(Path file) throws IOException {
      locked = FileChannel.open(file, StandardOpenOption.WRITE);
      assertThat(locked.tryLock()).isNotNull();
    }

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
      clock.pause(duration);
      if (++looks == 3) {
        try {
          Objects.requireNonNull(locked).close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
