package dev.enclave.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.internal.listening.HeldPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("full")
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

  @Test
  void isNotAskedForANonceThatCannotBe() {
    JavaWallet wallet = JavaWallet.create(SigningAlgorithm.ED25519);
    BrowserWallets wallets =
        BrowserWallets.builder(JavaWallet.ORIGIN, store(), new StepClock(), new SecureRandom())
            .build();
    Challenge challenge = wallets.challenge("user:7", WalletAction.SIGN, "payment");
    Map<String, Object> claims = JavaWallet.claims(challenge);
    claims.put("text", "Pay");
    // The escape stays one: it is valid JSON, and PostgreSQL takes no such character.
    String made = JavaWallet.json(claims).replace(challenge.nonce(), "\\u0000");
    String header =
        "{\"typ\":\"enclave-wallet+jws\",\"alg\":\"EdDSA\",\"kid\":\"" + wallet.id() + "\"}";

    assertThat(wallets.receive("user:7", WalletAction.SIGN, "payment", wallet.sign(header, made)))
        .isInstanceOfSatisfying(
            Reception.Refused.class,
            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.MALFORMED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void letsOneOfManyRotate_whateverIsolationTheApplicationHas(String isolation) throws Exception {
    DataSource database =
        postgres.getDatabase(
            "postgres",
            "postgres",
            Map.of("options", "-c default_transaction_isolation=" + isolation.replace(" ", "\\ ")));
    for (int i = 0; i < 5; i++) {
      empty();
      rotateByMany(new JdbcWalletStore(database));
    }
    try (Connection connection = database.getConnection()) {
      assertThat(connection.getTransactionIsolation())
          .isGreaterThan(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Override
  WalletStore together(int callers) {
    return new JdbcWalletStore(Together.of(postgres.getPostgresDatabase(), callers));
  }

  @Override
  WalletStore store() {
    return new JdbcWalletStore(postgres.getPostgresDatabase());
  }
}
