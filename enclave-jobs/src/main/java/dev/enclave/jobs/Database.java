package dev.enclave.jobs;

import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;

/** Where the rows are. Thread-safe. */
interface Database extends AutoCloseable {

  /** Statements on one connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Runs in one transaction, which is on the disk when this returns. */
  <T> T write(Work<T> work);

  /** The same, but a power cut may undo it: for what promises nothing to anybody. */
  <T> T note(Work<T> work);

  /** Runs what changes nothing, and sees nothing but notes that is not on the disk. */
  <T> T read(Work<T> work);

  /** For the scheduler's own connections. */
  DataSource dataSource();

  @Override
  void close();

  /** Creates what is missing, or says which script does. */
  default void prepare() {
    if (exists()) {
      return;
    }
    try {
      write(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              for (String one : statements()) {
                statement.execute(one);
              }
            }
            return true;
          });
    } catch (ConnectivityException e) {
      // Another replica may have been quicker, or the schema is somebody else's to make.
      if (!exists()) {
        throw new ConnectivityException(
            ErrorCode.DEFERRAL_UNAVAILABLE,
            "The tables of deferred operations are not there and could not be created: "
                + e.getMessage()
                + " Let a user who may create tables run this script:\n"
                + script(),
            true,
            null);
      }
    }
  }

  private boolean exists() {
    try {
      return read(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              for (String table :
                  List.of("enclave_operation", "enclave_operation_key", "enclave_scheduled_task")) {
                statement.executeQuery("SELECT 1 FROM " + table + " WHERE 1 = 0").close();
              }
            }
            return true;
          });
    } catch (ConnectivityException e) {
      return false;
    }
  }

  /** The schema, one statement after the other. */
  static List<String> statements() {
    return Arrays.stream(script().split(";")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** The schema as it is shipped. */
  static String script() {
    try (InputStream in = Database.class.getResourceAsStream("schema-1.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("schema-1.sql is in this jar", e);
    }
  }

  /** What a caller gets. A database's own text may quote what was stored, so its codes stand in. */
  static ConnectivityException unavailable(SQLException e) {
    return new ConnectivityException(
        ErrorCode.DEFERRAL_UNAVAILABLE,
        "The database of deferred operations cannot be used (SQL state "
            + e.getSQLState()
            + ", code "
            + e.getErrorCode()
            + "). No ticket is promised; signing without deferral goes on. Look at the database's"
            + " log.",
        true,
        null);
  }
}
