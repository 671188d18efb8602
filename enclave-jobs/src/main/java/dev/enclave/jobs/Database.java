package dev.enclave.jobs;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
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

  /** What a caller gets. A database's own text may quote what was stored, so its codes stand in. */
  static EnclaveException unavailable(SQLException e) {
    return Texts.DATABASE_UNAVAILABLE.as(
        ErrorCode.DEFERRAL_UNAVAILABLE, state(e), e.getErrorCode());
  }

  /**
   * Five letters and digits (ISO 9075-2, section 24.1), or nothing of what a driver gave for it.
   */
  static String state(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.matches("[0-9A-Z]{5}") ? state : "unknown";
  }
}
