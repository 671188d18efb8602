package dev.enclave.jobs;

import dev.enclave.error.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The application's own PostgreSQL. */
final class PostgresDatabase implements Database {

  private final DataSource source;
  private volatile boolean recognised;

  PostgresDatabase(DataSource source) {
    this.source = source;
  }

  @Override
  public <T> T write(Work<T> work) {
    return write(work, "on");
  }

  @Override
  public <T> T note(Work<T> work) {
    return write(work, "off");
  }

  private <T> T write(Work<T> work, String waitsForTheDisk) {
    try (Connection connection = connection()) {
      connection.setAutoCommit(false);
      try {
        // Whatever the database's own setting: a ticket is promised when its row is on the disk.
        try (Statement statement = connection.createStatement()) {
          statement.execute("SET LOCAL synchronous_commit TO " + waitsForTheDisk);
        }
        T result = work.on(connection);
        connection.commit();
        connection.setAutoCommit(true);
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw Database.unavailable(e);
    }
  }

  /** What failed is what is told, also if the connection is gone by now. */
  private static void rollBack(Connection connection, Exception failure) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public <T> T read(Work<T> work) {
    try (Connection connection = connection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw Database.unavailable(e);
    }
  }

  private Connection connection() throws SQLException {
    Connection connection = source.getConnection();
    if (!recognised) {
      String product = connection.getMetaData().getDatabaseProductName();
      if (!product.equals("PostgreSQL")) {
        connection.close();
        throw Texts.NOT_POSTGRESQL.as(ErrorCode.CONFIGURATION_INVALID_VALUE, product);
      }
      recognised = true;
    }
    return connection;
  }

  @Override
  public DataSource dataSource() {
    return source;
  }

  @Override
  public void close() {}
}
