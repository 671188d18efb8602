package dev.enclave.browser;

import dev.enclave.emulators.internal.listening.HeldPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresWalletStoreTest extends WalletStoreContract {

  private static final Duration LONGEST_START = Duration.ofMinutes(2);

  private static HeldPort port;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException, SQLException {
    port = HeldPort.free("127.0.0.1");
    postgres =
        EmbeddedPostgres.builder().setPort(port.number()).setPGStartupWait(LONGEST_START).start();
    H2WalletStoreTest.create(postgres.getPostgresDatabase());
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
    port.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE enclave_browser_challenge, enclave_browser_key");
    }
  }

  @Override
  WalletStore store() {
    return new JdbcWalletStore(postgres.getPostgresDatabase());
  }
}
