package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket;
import dev.enclave.testkit.InMemoryStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class PostgresForgedRowsTest extends ForgedRowsTest {

  private static Postgres postgres;
  private static int databases;

  PostgresForgedRowsTest(@TempDir Path folder) {
    super(folder);
  }

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.start();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Override
  Database database() throws SQLException {
    return new PostgresDatabase(postgres.created("forged" + databases++));
  }

  /** Eight to one that a look begins with one that is corrupt. */
  @Test
  void aCorruptTicket_keepsNoOtherFromBeingTold() throws Exception {
    InMemoryStore keys = new InMemoryStore();
    try (Enclave enclave = wallet(keys).set("mode", "submit").open()) {
      makeKek(enclave);
      SigningKey key = key(enclave, "wallet-42");
      Map<String, CompletableFuture<Ticket>> stages = new LinkedHashMap<>();
      String genuine = "";
      for (int i = 0; i < 9; i++) {
        Message message = Message.ofUtf8("pay " + i);
        genuine = deferred(enclave).submit(key, message, SignOptions.defaults()).id();
        stages.put(genuine, deferred(enclave).ended(genuine).toCompletableFuture());
      }
      postgres.run(
          "UPDATE enclave_operation SET caller = 'user:8' WHERE deployment = 'DEVELOPMENT/told'"
              + " AND id <> '"
              + genuine
              + "'");
      try (Enclave other = wallet(keys).open()) {
        assertThat(other.deferred()).isPresent();
        assertThat(stages.get(genuine)).succeedsWithin(Duration.ofMinutes(1));
      }
      stages.remove(genuine);
      assertThat(stages.values())
          .allSatisfy(stage -> assertThat(stage).failsWithin(Duration.ofMinutes(1)));
    }
  }

  private Wallet wallet(InMemoryStore keys) {
    return new Wallet(keys).set("deployment", "told").on(JobsProvider.on(postgres.source()));
  }
}
