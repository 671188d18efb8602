package dev.enclave.jobs;

import dev.enclave.emulators.internal.listening.HeldPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** A PostgreSQL server of a test class, which can be away, or cut connections as they commit. */
public final class Postgres implements AutoCloseable {

  /** How long a busy machine may take; it is up after a second. */
  private static final Duration LONGEST_START = Duration.ofMinutes(2);

  private final EmbeddedPostgres server;
  private final HeldPort port;
  private volatile boolean away;
  private volatile boolean cut;

  private Postgres(EmbeddedPostgres server, HeldPort port) {
    this.server = server;
    this.port = port;
  }

  /** On a port that nobody else gets while its files are made. */
  public static Postgres start() throws IOException {
    HeldPort port = HeldPort.free("127.0.0.1");
    try {
      return new Postgres(
          EmbeddedPostgres.builder().setPort(port.number()).setPGStartupWait(LONGEST_START).start(),
          port);
    } catch (IOException | RuntimeException e) {
      port.close();
      throw e;
    }
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

  public int port() {
    return server.getPort();
  }

  /** An empty database of this server. */
  DataSource created(String database) throws SQLException {
    run("CREATE DATABASE " + database);
    return server.getDatabase("postgres", database);
  }

  public DataSource source() {
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

  interface Call {
    Object run() throws Throwable;
  }

  interface Around {
    Object call(Call real) throws Throwable;
  }

  /** That object, with something around one of its methods. */
  static <T> T proxy(Class<T> type, T real, String method, Around around) {
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
    port.close();
  }
}
