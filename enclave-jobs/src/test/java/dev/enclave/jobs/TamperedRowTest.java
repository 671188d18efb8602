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
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever can write the table has nothing signed by it. */
class TamperedRowTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;
  private final Wallet wallet;

  TamperedRowTest(@TempDir Path folder) {
    this.folder = folder.resolve("jobs");
    this.wallet = Wallet.in(this.folder);
  }

  @BeforeEach
  void prepare() {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      key(enclave, "wallet-42");
      key(enclave, "treasury");
    }
  }

  /** Runs as somebody who can write the tables, and only that. */
  private void asAttacker(String sql) throws SQLException {
    try (H2Database database = new H2Database(folder, new MutableClock());
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }

  private Ticket storedAndStopped(SignOptions options) {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      SigningKey other = key(enclave, "treasury");
      wallet.backend.begin();
      deferred(enclave).submit(other, Message.ofUtf8("move 1"), SignOptions.defaults());
      return deferred(enclave).submit(key, MESSAGE, options);
    } finally {
      wallet.backend.end();
    }
  }

  private AuditEvent refusalOf(String ticket) {
    return wallet.audit.events(Operation.DEFER).stream()
        .filter(event -> event.operationId().equals(ticket))
        .filter(event -> event.errorCode().isPresent())
        .findFirst()
        .orElseThrow();
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "content = (SELECT content FROM enclave_operation WHERE key_name = 'treasury')",
        "caller = 'user:8'",
        "key_name = 'treasury'",
        "key_handle = (SELECT key_handle FROM enclave_operation WHERE key_name = 'treasury')",
        "ordering_group = (SELECT ordering_group FROM enclave_operation WHERE key_name ="
            + " 'treasury')",
        "seq = seq - 1",
        "submitted_at = submitted_at + INTERVAL '1' HOUR",
        "expires_at = expires_at + INTERVAL '1' DAY",
        "next_attempt = next_attempt - INTERVAL '1' HOUR",
        "lease_until = lease_until - INTERVAL '1' HOUR",
        "attempts = attempts + 1",
        "fence = fence + 1",
        "idempotency_key = 'order-7'",
        "confidential = TRUE",
        "kind = 'CREATE'",
        "state = 'DONE', result = 'a signature'",
        "error = 'ACCESS_DENIED'",
        "mac = (SELECT mac FROM enclave_operation WHERE key_name = 'treasury')"
      })
  void anEditedRow_isRefusedNamedAndAudited(String edit) throws Exception {
    Ticket ticket = storedAndStopped(SignOptions.by("user:7"));
    asAttacker("UPDATE enclave_operation SET " + edit + " WHERE id = '" + ticket.id() + "'");
    try (Enclave enclave = wallet.open()) {
      assertThat(
              refused(
                  ErrorCode.DEFERRED_OPERATION_CORRUPT, () -> deferred(enclave).find(ticket.id())))
          .hasMessageContaining(ticket.id());
      assertThat(refusalOf(ticket.id()).errorCode()).contains(ErrorCode.DEFERRED_OPERATION_CORRUPT);
      // What comes behind it in its group is carried out, and it is not.
      Ticket next =
          deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
      assertThat(ended(enclave, next.id()).status()).isEqualTo(Status.DONE);
      assertThat(wallet.audit.events(Operation.SIGN))
          .noneMatch(event -> event.operationId().equals(ticket.id()));
    }
  }

  @Test
  void aCopiedRow_isRefused() throws Exception {
    Ticket ticket = storedAndStopped(SignOptions.defaults());
    asAttacker(
        "INSERT INTO enclave_operation SELECT 't-copy', deployment, ordering_group, seq - 10, kind,"
            + " caller, key_name, key_handle, content, confidential, NULL, state, fence, attempts,"
            + " submitted_at, expires_at, next_attempt, lease_until, error, result, mac FROM"
            + " enclave_operation WHERE id = '"
            + ticket.id()
            + "'");
    try (Enclave enclave = wallet.open()) {
      refused(ErrorCode.DEFERRED_OPERATION_CORRUPT, () -> deferred(enclave).find("t-copy"));
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
      assertThat(refusalOf("t-copy").errorCode()).contains(ErrorCode.DEFERRED_OPERATION_CORRUPT);
      assertThat(wallet.audit.events(Operation.SIGN))
          .noneMatch(event -> event.operationId().equals("t-copy"));
    }
  }

  @Tag("full")
  @Test
  void anExpiredRow_isNotCarriedOut_norRevived() throws Exception {
    wallet.set("expiry", "PT0.2S");
    Ticket ticket;
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      CompletableFuture<Ticket> told = new CompletableFuture<>();
      deferred(enclave).onEnded(told::complete);
      ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults());
      // The row says so before the audit log does; listeners are told after both.
      assertThat(told.get(2, MINUTES).status()).isEqualTo(Status.EXPIRED);
      assertThat(wallet.audit.events(Operation.DEFER))
          .anySatisfy(event -> assertThat(event.details()).containsEntry("status", "EXPIRED"));
    }
    wallet.backend.end();
    asAttacker("UPDATE enclave_operation SET state = 'WAITING' WHERE id = '" + ticket.id() + "'");
    try (Enclave enclave = wallet.open()) {
      refused(ErrorCode.DEFERRED_OPERATION_CORRUPT, () -> deferred(enclave).find(ticket.id()));
    }
    assertThat(wallet.backend.signatures()).isZero();
  }

  @Test
  void aResultThatWasPutInItsPlace_isNotReleased() throws Exception {
    Ticket ticket = storedAndStopped(SignOptions.defaults());
    try (Enclave enclave = wallet.open()) {
      ended(enclave, ticket.id());
      ended(
          enclave,
          deferred(enclave).submit(key(enclave, "treasury"), MESSAGE, SignOptions.defaults()).id());
    }
    asAttacker(
        "UPDATE enclave_operation SET result = (SELECT result FROM enclave_operation WHERE key_name"
            + " = 'treasury' LIMIT 1) WHERE id = '"
            + ticket.id()
            + "'");
    try (Enclave enclave = wallet.open()) {
      refused(ErrorCode.DEFERRED_OPERATION_CORRUPT, () -> deferred(enclave).find(ticket.id()));
    }
  }

  @Test
  void aTicketOfAnotherDeployment_isRefusedByItsName() throws Exception {
    Ticket ticket = storedAndStopped(SignOptions.defaults());
    wallet.set("deployment", "payments");
    try (Enclave enclave = wallet.open()) {
      assertThat(refused(ErrorCode.INVALID_ARGUMENT, () -> deferred(enclave).find(ticket.id())))
          .hasMessageContaining("DEVELOPMENT/default")
          .hasMessageContaining("DEVELOPMENT/payments");
      assertThat(wallet.audit.events(Operation.DEFER)).isEmpty();
    }
    assertThat(wallet.backend.signatures()).isZero();
  }

  @Test
  void aRowThatIsGivenToAnotherDeployment_isRefusedThere() throws Exception {
    Ticket ticket = storedAndStopped(SignOptions.defaults());
    wallet.set("deployment", "payments");
    String other;
    try (Enclave enclave = wallet.open()) {
      other =
          deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults()).id();
      ended(enclave, other);
    }
    asAttacker(
        "UPDATE enclave_operation SET deployment = 'DEVELOPMENT/payments', ordering_group = (SELECT"
            + " ordering_group FROM enclave_operation WHERE id = '"
            + other
            + "') WHERE id = '"
            + ticket.id()
            + "'");
    try (Enclave enclave = wallet.open()) {
      refused(ErrorCode.DEFERRED_OPERATION_CORRUPT, () -> deferred(enclave).find(ticket.id()));
      Ticket next =
          deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
      ended(enclave, next.id());
      assertThat(wallet.audit.events(Operation.SIGN))
          .noneMatch(event -> event.operationId().equals(ticket.id()));
    }
  }

  @Test
  void aQueueKeyOfAnotherDeployment_opensNothing() throws Exception {
    storedAndStopped(SignOptions.defaults());
    wallet.set("deployment", "payments");
    try (Enclave enclave = wallet.open()) {
      deferred(enclave).find("t-none");
    }
    asAttacker(
        "UPDATE enclave_operation_key SET sealed_key = (SELECT sealed_key FROM"
            + " enclave_operation_key WHERE deployment = 'DEVELOPMENT/default') WHERE deployment ="
            + " 'DEVELOPMENT/payments'");
    try (Enclave enclave = wallet.open()) {
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> deferred(enclave).find("t-none"));
      assertThat(enclave.health().findings())
          .anySatisfy(
              finding -> assertThat(finding.code()).isEqualTo(ErrorCode.SEALED_DATA_CORRUPT));
    }
  }
}
