package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The tables are made, upgraded step by step, and left alone by an older Enclave. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class SchemaTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  /** As a later version may have it: its column comes once, or the script fails. */
  private static final Schema LATER =
      new Schema(
          List.of(
              Schema.shipped().scripts().get(0),
              "ALTER TABLE enclave_operation ADD COLUMN priority INTEGER;"
                  + " INSERT INTO enclave_schema (version) VALUES (2);"));

  private final Postgres postgres;

  SchemaTest() throws Exception {
    postgres = Postgres.start();
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
  }

  @Test
  void aNewerSchema_isNamed_andNothingIsDeferred(@TempDir Path folder) throws Exception {
    Wallet wallet = Wallet.in(folder);
    String ticket;
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      SigningKey key = key(enclave, "wallet-42");
      deferred(enclave).find("t-none");
      wallet.backend.begin();
      ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()).id();
    }
    wallet.backend.end();
    inH2(folder, LATER);
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      EnclaveException failure =
          refused(
              ErrorCode.DEFERRAL_UNAVAILABLE,
              () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
      assertThat(failure).hasMessageContaining("schema 2").hasMessageContaining("schema 1");
      assertThat(failure.retryable()).isFalse();
      assertThat(enclave.health().findings())
          .filteredOn(finding -> finding.code() == ErrorCode.DEFERRAL_UNAVAILABLE)
          .singleElement()
          .extracting(Finding::observed)
          .asString()
          .contains("a newer one has upgraded them");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      refused(ErrorCode.DEFERRAL_UNAVAILABLE, () -> deferred(enclave).find(ticket));
    }
  }

  private static void inH2(Path folder, Schema schema) {
    try (H2Database database = new H2Database(folder, new MutableClock())) {
      schema.prepare(database);
      // What the first version stored is still there.
      assertThat(count(database.dataSource(), "enclave_operation WHERE priority IS NULL"))
          .isEqualTo(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static int count(DataSource source, String from) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + from)) {
      result.next();
      return result.getInt(1);
    }
  }

  @Test
  void replicasThatStartTogether_makeTheTables_andUpgradeThem_once() throws Exception {
    for (int round = 0; round < 8; round++) {
      DataSource source = postgres.created("together" + round);
      together(source, Schema.shipped());
      assertThat(count(source, "enclave_schema")).isEqualTo(1);
      together(source, LATER);
      assertThat(count(source, "enclave_schema")).isEqualTo(2);
    }
  }

  private static void together(DataSource source, Schema schema) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(4);
    Executor threads = task -> new Thread(task).start();
    List<CompletableFuture<?>> replicas = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      replicas.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  barrier.await();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                schema.prepare(new PostgresDatabase(source));
              },
              threads));
    }
    CompletableFuture.allOf(replicas.toArray(CompletableFuture[]::new)).get(2, MINUTES);
  }

  @Test
  void aUserWhoMayNotUpgrade_getsTheMissingStepsAlone() throws Exception {
    DataSource owner = postgres.created("older");
    Schema.shipped().prepare(new PostgresDatabase(owner));
    postgres.run("CREATE ROLE reader LOGIN");
    DataSource reader = postgres.sourceOf("reader", "older");
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("GRANT SELECT ON enclave_schema TO reader");
    }
    assertThat(
            refused(
                ErrorCode.DEFERRAL_UNAVAILABLE, () -> LATER.prepare(new PostgresDatabase(reader))))
        .hasMessageContaining("ADD COLUMN priority")
        .hasMessageNotContaining("CREATE TABLE");
    Schema.shipped().prepare(new PostgresDatabase(reader));
  }

  @Test
  void aSchedulersTableThatIsMissing_meansThatNothingIsPromised() throws Exception {
    Wallet wallet = new Wallet().on(JobsProvider.on(postgres.source()));
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
    }
    postgres.run("ALTER TABLE enclave_scheduled_task RENAME TO elsewhere");
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      refused(
          ErrorCode.DEFERRAL_UNAVAILABLE,
          () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
      postgres.run("ALTER TABLE elsewhere RENAME TO enclave_scheduled_task");
      String ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()).id();
      assertThat(ended(enclave, ticket).status()).isEqualTo(Status.DONE);
    }
  }
}
