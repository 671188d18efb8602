package dev.enclave.jobs;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/**
 * H2 in a file, for one process: its lock keeps others out. One connection, used by one thread at a
 * time, so that nobody reads a promise that was committed and is not on the disk yet.
 */
final class H2Database implements Database {

  /** H2's error code DATABASE_ALREADY_OPEN_1. */
  private static final int OPEN_ELSEWHERE = 90020;

  /**
   * H2's OBJECT_CLOSED, CONNECTION_BROKEN_1, DATABASE_IS_CLOSED and DATABASE_CALLED_AT_SHUTDOWN:
   * the file is closed in this process.
   */
  private static final Set<Integer> CLOSED = Set.of(90007, 90067, 90098, 90121);

  /** How long H2 may keep the lock of a file that it has closed, on a slow disk. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final TimeSource time;
  private final H2Files files;
  private final JdbcDataSource source = new JdbcDataSource();
  private final UntilClosed connections = new UntilClosed();
  private @Nullable Connection connection;
  private boolean had; // Guarded by this: whether this process had the file open.

  H2Database(Path directory, TimeSource time) {
    this.time = time;
    this.files = new H2Files(directory);
    files.prepare();
    // retry: an interrupted thread would close the file under all others. TRACE_LEVEL_FILE: H2
    // writes statements that fail, with rows they met, into a file beside; also after closing.
    source.setURL(
        "jdbc:h2:retry:"
            + files.database()
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";TRACE_LEVEL_FILE=0");
    source.setUser("enclave");
  }

  @Override
  public <T> T write(Work<T> work) {
    return write(work, true);
  }

  @Override
  public <T> T note(Work<T> work) {
    return write(work, false);
  }

  private synchronized <T> T write(Work<T> work, boolean onTheDisk) {
    try {
      T result = onceMoreIfClosed(open -> begun(open, work));
      // The one of the transaction: another would commit nothing, and say that it did.
      Connection open = Objects.requireNonNull(connection);
      open.commit();
      // A commit is in the operating system's hands; only this is an fsync.
      if (onTheDisk) {
        try (Statement statement = open.createStatement()) {
          statement.execute("CHECKPOINT SYNC");
        }
      }
      open.setAutoCommit(true);
      return result;
    } catch (SQLException e) {
      throw abandoned(e);
    }
  }

  /** The transaction without its commit. */
  private static <T> T begun(Connection open, Work<T> work) throws SQLException {
    open.setAutoCommit(false);
    try {
      return work.on(open);
    } catch (RuntimeException e) {
      open.rollback();
      open.setAutoCommit(true);
      throw e;
    }
  }

  @Override
  public synchronized <T> T read(Work<T> work) {
    try {
      return onceMoreIfClosed(work);
    } catch (SQLException e) {
      throw abandoned(e);
    }
  }

  /**
   * When another connection, one of the scheduler's, meets a full disk, H2 closes the file for all.
   * Nothing of the work was committed by then: it is done once more on the file as opened anew.
   */
  private <T> T onceMoreIfClosed(Work<T> work) throws SQLException {
    try {
      return work.on(connection());
    } catch (SQLException e) {
      if (!CLOSED.contains(e.getErrorCode())) {
        throw e;
      }
      connection = null;
      return work.on(connection());
    }
  }

  /**
   * After a failure, such as a full disk, H2 may have closed the file by itself, and what was
   * committed may not be on the disk: H2 is to forget all, and the next use reads the file anew.
   */
  private EnclaveException abandoned(SQLException failure) {
    letGo();
    return Database.unavailable(failure);
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null || open.isClosed()) {
      open = opened();
      connection = open;
    }
    return open;
  }

  /**
   * A lock on a file that was open here is most likely this process's own: where a thread of the
   * scheduler had H2 close the file, that may be under way. It is waited for.
   */
  private Connection opened() throws SQLException {
    Deadline end = Deadline.in(CLOSING, time);
    while (true) {
      try {
        Connection made = connections.made();
        had = true;
        return made;
      } catch (SQLException e) {
        if (e.getErrorCode() != OPEN_ELSEWHERE) {
          throw e;
        }
        if (!had || end.passed()) {
          throw elsewhere();
        }
        pause(e);
      }
    }
  }

  private void pause(SQLException locked) throws SQLException {
    try {
      time.pause(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw locked;
    }
  }

  private static EnclaveException elsewhere() {
    return Texts.FILE_OPEN_ELSEWHERE.as(ErrorCode.DEFERRAL_UNAVAILABLE);
  }

  @Override
  public DataSource dataSource() {
    return connections;
  }

  @Override
  public synchronized void close() {
    connections.end();
    Connection open = connection;
    if (open != null) {
      try (open;
          Statement statement = open.createStatement()) {
        statement.execute("SHUTDOWN");
      } catch (SQLException e) {
        // What was promised is on the disk already.
        System.getLogger("dev.enclave.jobs")
            .log(System.Logger.Level.DEBUG, Texts.CLOSING_FAILED.with(Database.state(e)));
      }
    }
  }

  /** Has H2 close the file at once, for all connections; what was committed is in it. */
  private synchronized void letGo() {
    Connection forgotten = connection;
    connection = null;
    if (forgotten != null) {
      try (forgotten;
          Statement statement = forgotten.createStatement()) {
        statement.execute("SHUTDOWN IMMEDIATELY");
      } catch (SQLException e) {
        System.getLogger("dev.enclave.jobs")
            .log(System.Logger.Level.DEBUG, Texts.LETTING_GO_FAILED.with(Database.state(e)));
      }
    }
  }

  /** A thread that outlives the closing would else open the file again, and lock it. */
  private final class UntilClosed implements DataSource {

    private boolean ended; // Guarded by this.

    synchronized void end() {
      ended = true;
    }

    synchronized Connection made() throws SQLException {
      if (ended) {
        throw new SQLException("closed", "08003");
      }
      files.prepare();
      return source.getConnection();
    }

    /**
     * H2's engine forgets a database by its name. A database that a full disk had closed may end
     * late, and makes H2 forget the one that was opened since. That one has the lock, and no new
     * connection finds it.
     */
    @Override
    public Connection getConnection() throws SQLException {
      try {
        return made();
      } catch (SQLException e) {
        if (e.getErrorCode() != OPEN_ELSEWHERE) {
          throw e;
        }
      }
      letGo();
      return made();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
      return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
      source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) {
      source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
      return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
