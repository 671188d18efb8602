package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** No ticket is promised that is not stored, and signing does not depend on the database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class DatabaseFailureTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Postgres postgres;
  private final Wallet wallet;

  DatabaseFailureTest() throws Exception {
    postgres = Postgres.start();
    wallet = new Wallet().on(JobsProvider.on(postgres.source()));
  }

  @BeforeEach
  void makeKek() {
    try (Enclave enclave = wallet.open()) {
      Wallet.makeKek(enclave);
    }
  }

  @AfterEach
  void mend() throws Exception {
    postgres.away(false);
    postgres.cut(false);
    postgres.run("ALTER DATABASE postgres RESET default_transaction_read_only");
    wallet.backend.end();
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
  }

  private void promisesNothingAndSigns(Enclave enclave) {
    SigningKey key = key(enclave, "wallet-42");
    refused(
        ErrorCode.DEFERRAL_UNAVAILABLE,
        () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
    assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    wallet.backend.begin();
    EnclaveException failure =
        refused(
            ErrorCode.BACKEND_UNAVAILABLE, () -> key.signOrDefer(MESSAGE, SignOptions.defaults()));
    assertThat(failure.getSuppressed())
        .singleElement()
        .satisfies(
            suppressed ->
                assertThat(((EnclaveException) suppressed).code())
                    .isEqualTo(ErrorCode.DEFERRAL_UNAVAILABLE));
    wallet.backend.end();
  }

  @Test
  void aDatabaseThatIsAway() throws Exception {
    try (Enclave enclave = wallet.open()) {
      key(enclave, "wallet-42");
      postgres.away(true);
      promisesNothingAndSigns(enclave);
      assertThat(enclave.health().findings())
          .anySatisfy(
              finding -> assertThat(finding.code()).isEqualTo(ErrorCode.DEFERRAL_UNAVAILABLE));
      postgres.away(false);
      Ticket ticket =
          deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void aDatabaseThatIsAwayAtTheStart() throws Exception {
    postgres.away(true);
    try (Enclave enclave = wallet.open()) {
      promisesNothingAndSigns(enclave);
      // It is away, and its tables are not missing.
      assertThat(enclave.health().findings())
          .noneMatch(finding -> finding.observed().contains("CREATE TABLE"));
      postgres.away(false);
      Ticket ticket =
          deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void aDatabaseThatIsReadOnly() throws Exception {
    try (Enclave enclave = wallet.open()) {
      key(enclave, "wallet-42");
      postgres.run("ALTER DATABASE postgres SET default_transaction_read_only = on");
      promisesNothingAndSigns(enclave);
    }
  }

  @Test
  void aConnectionThatBreaksInTheCommit_leavesATicketThatItsIdempotencyKeyFinds() throws Exception {
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      DeferOptions options = SignOptions.by("user:7").once("order-cut");
      deferred(enclave).find("t-none");
      postgres.cut(true);
      refused(
          ErrorCode.DEFERRAL_UNAVAILABLE, () -> deferred(enclave).submit(key, MESSAGE, options));
      postgres.cut(false);
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, options);
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
      assertThat(wallet.backend.signatures()).isPositive();
    }
  }

  @Test
  void aUserWhoMayNotCreateTables_getsTheScript() throws Exception {
    postgres.run("CREATE ROLE clerk LOGIN");
    postgres.run("CREATE DATABASE closed");
    PostgresDatabase closed = new PostgresDatabase(postgres.sourceOf("clerk", "closed"));
    assertThat(refused(ErrorCode.DEFERRAL_UNAVAILABLE, () -> Schema.shipped().prepare(closed)))
        .hasMessageContaining("CREATE TABLE IF NOT EXISTS enclave_operation (");
  }
}
