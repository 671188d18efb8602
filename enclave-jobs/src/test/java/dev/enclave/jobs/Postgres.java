package dev.enclave.jobs;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A PostgreSQL server of a test class, which can be away, or cut connections as they commit. */
final class Postgres implements AutoCloseable {

  private final EmbeddedPostgres server;
  private volatile boolean away;
  private volatile boolean cut;

  private Postgres(EmbeddedPostgres server) {
    this.server = server;
  }

  static Postgres start() throws IOException {
    return new Postgres(EmbeddedPostgres.builder().start());
  }

  void away(boolean now) {
    away = now;
  }

  /** Commits arrive, and no answer comes back. */
  void cut(boolean now) {
    cut = now;
  }

  void run(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
      statement.execute(sql);
    }
  }

  /** Of a user who may not create anything. */
  DataSource sourceOf(String user, String database) throws SQLException {
    run("REVOKE CREATE ON DATABASE " + database + " FROM PUBLIC");
    try (Connection connection = server.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    }
    return server.getDatabase(user, database);
  }

  int port() {
    return server.getPort();
  }

  /** An empty database of this server. */
  DataSource created(String database) throws SQLException {
    run("CREATE DATABASE " + database);
    return server.getDatabase("postgres", database);
  }

  DataSource source() {
    return proxy(
        DataSource.class,
        server.getPostgresDatabase(),
        "getConnection",
        real -> {
          if (away) {
            throw new SQLException("The server is away.", "08001");
          }
          return proxy(
              Connection.class,
              (Connection) real.run(),
              "commit",
              commit -> {
                Object nothing = commit.run();
                if (cut) {
                  throw new SQLException("The connection is gone.", "08006");
                }
                return nothing;
              });
        });
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private interface Around {
    Object call(Call real) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, T real, String method, Around around) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              Call call =
                  () -> {
                    try {
                      return called.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getTargetException();
                    }
                  };
              return called.getName().equals(method) ? around.call(call) : call.run();
            }));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
