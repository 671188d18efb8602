package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ConnectivityException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
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
  WalletStore together(int callers) {
    return new JdbcWalletStore(Together.of(database, callers));
  }

  @Override
  WalletStore store() {
    return new JdbcWalletStore(database);
  }

  @Test
  void theServerOfTheGuideKeepsItsChallengesHere() {
    BrowserWallets wallets = PaymentHandler.wallets(JavaWallet.ORIGIN, database, new StepClock());
    String request =
        JavaWallet.create(SigningAlgorithm.ED25519)
            .register(wallets.challenge("user:7", WalletAction.REGISTER, "payment"));

    assertThat(wallets.receive("user:7", WalletAction.REGISTER, "payment", request))
        .isInstanceOf(Reception.Accepted.class);
    assertThat(wallets.keys("user:7")).hasSize(1);
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

  /** A database whose first commits end with a state of class 40. */
  private DataSource refusing(AtomicInteger commits, int refused) {
    return proxy(
        DataSource.class,
        (method, args) ->
            proxy(
                Connection.class,
                answering(
                    database.getConnection(),
                    (name, connection) -> {
                      if (name.equals("commit") && commits.incrementAndGet() <= refused) {
                        connection.rollback();
                        throw new SQLException("refused", "40001");
                      }
                    })));
  }

  private interface Before {
    void call(String method, Connection connection) throws SQLException;
  }

  private interface Answer {
    @Nullable Object to(Method method, Object @Nullable [] args) throws Throwable;
  }

  private static Answer answering(Connection connection, Before before) {
    return (method, args) -> {
      before.call(method.getName(), connection);
      return method.invoke(connection, args);
    };
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> answer.to(method, args)));
  }

  @Test
  void repeatsATransactionThatTheDatabaseEndedForAnother() {
    Challenge challenge =
        new Challenge("n", "user:7", WalletAction.SIGN, "payment", Instant.ofEpochSecond(60));
    AtomicInteger commits = new AtomicInteger();

    new JdbcWalletStore(refusing(commits, 4)).add(challenge, Instant.EPOCH);

    assertThat(commits).hasValue(5);
    assertThat(store().challenge("n")).contains(challenge);
  }

  @Test
  void doesNotRepeatItForEver() {
    AtomicInteger commits = new AtomicInteger();

    assertThatThrownBy(
            () -> new JdbcWalletStore(refusing(commits, Integer.MAX_VALUE)).keys("user:7"))
        .isInstanceOf(ConnectivityException.class)
        .hasMessageContaining("SQLSTATE 40001");
    assertThat(commits).hasValue(5);
  }
}
