package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.error.ConnectivityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class H2WalletStoreTest extends WalletStoreContract {

  private final JdbcConnectionPool database = database("wallets");
  private Connection kept;

  private static JdbcConnectionPool database(String name) {
    return JdbcConnectionPool.create("jdbc:h2:mem:" + name, "", "");
  }

  @BeforeEach
  void makeTables() throws SQLException {
    kept = database.getConnection();
    create(database);
  }

  @AfterEach
  void dropAll() throws SQLException {
    kept.close();
    database.dispose();
  }

  static void create(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : JdbcWalletStore.SCHEMA) {
        statement.execute(sql);
      }
    }
  }

  @Override
  WalletStore store() {
    return new JdbcWalletStore(database);
  }

  @Test
  void saysThatTheTablesAreNotThere() {
    JdbcConnectionPool empty = database("empty");
    assertThatThrownBy(() -> new JdbcWalletStore(empty).keys("user:7"))
        .isInstanceOf(ConnectivityException.class)
        .hasMessageContaining("SQLSTATE 42S04")
        .hasNoCause();
    assertThatThrownBy(
            () ->
                new JdbcWalletStore(empty)
                    .add(
                        new Challenge("n", "o", WalletAction.SIGN, "p", Instant.EPOCH),
                        Instant.EPOCH))
        .isInstanceOf(ConnectivityException.class);
    empty.dispose();
  }
}
