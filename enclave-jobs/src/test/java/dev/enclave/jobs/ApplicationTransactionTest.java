package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.testkit.InMemoryStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application submits while transactions of its own are open on the same PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class ApplicationTransactionTest {

  private static final int ORDERS = 10;

  private final Postgres postgres;
  private final InMemoryStore keys = new InMemoryStore();

  ApplicationTransactionTest() throws Exception {
    postgres = Postgres.start();
    postgres.run("CREATE TABLE orders (submitter INTEGER, number INTEGER)");
    postgres.run("CREATE TABLE tickets (submitter INTEGER, ticket VARCHAR(64))");
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"read committed", "serializable"})
  void twoThatSubmitTheSame_bothCommit_andBothHaveTheOneTicket(String isolation) throws Exception {
    postgres.run("ALTER DATABASE postgres SET default_transaction_isolation = '" + isolation + "'");
    Wallet one = new Wallet(keys).on(JobsProvider.on(postgres.source()));
    Wallet other = new Wallet(keys).on(JobsProvider.on(postgres.source()));
    try (Enclave first = one.open();
        Enclave second = other.open()) {
      makeKek(first);
      key(first, "wallet-42");
      CyclicBarrier together = new CyclicBarrier(2);
      Executor threads = task -> new Thread(task).start();
      for (int i = 0; i < ORDERS; i++) {
        String once = isolation + "-" + i;
        int number = i;
        var here =
            CompletableFuture.supplyAsync(() -> order(first, 1, number, once, together), threads);
        var there =
            CompletableFuture.supplyAsync(() -> order(second, 2, number, once, together), threads);
        assertThat(here.get(1, MINUTES)).isEqualTo(there.get(1, MINUTES));
        assertThat(ended(first, here.get()).status()).isEqualTo(Status.DONE);
      }
      assertThat(one.backend.signatures() + other.backend.signatures()).isEqualTo(ORDERS);
    }
    assertEveryOrderIsCommitted(isolation);
  }

  private String order(
      Enclave enclave, int submitter, int number, String once, CyclicBarrier together) {
    try (Connection connection = postgres.source().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO orders VALUES (" + submitter + ", " + number + ")");
      together.await();
      String ticket =
          deferred(enclave)
              .submit(
                  enclave.signingKeys().key(KeyName.of("wallet-42")),
                  Message.ofUtf8("pay 10 for " + once),
                  SignOptions.by("user:7").once(once))
              .id();
      // Both have their ticket while both transactions are open.
      together.await();
      statement.execute("INSERT INTO tickets VALUES (" + submitter + ", '" + ticket + "')");
      connection.commit();
      return ticket;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertEveryOrderIsCommitted(String isolation) throws Exception {
    try (Connection connection = postgres.source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT COUNT(*), COUNT(DISTINCT t.ticket) FROM tickets t JOIN enclave_operation e"
                    + " ON e.id = t.ticket WHERE e.idempotency_key LIKE '"
                    + isolation
                    + "%'")) {
      result.next();
      assertThat(Set.of(result.getInt(1), result.getInt(2))).isEqualTo(Set.of(2 * ORDERS, ORDERS));
    }
  }
}
