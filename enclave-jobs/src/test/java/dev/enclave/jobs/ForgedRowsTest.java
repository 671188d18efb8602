package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.deferral.StoredOperation;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody puts into the table costs him more than it costs those whose rows are genuine. */
class ForgedRowsTest {

  private static final int MANY = 20_000;

  private final MutableClock time = new MutableClock(Instant.now());
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path folder;

  ForgedRowsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** An empty one. */
  Database database() throws SQLException {
    return new H2Database(folder.resolve("jobs"), time);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    open.clear();
  }

  /** A queue without its scheduler. */
  private final class Queue {

    final FakeEngine engine = new FakeEngine(time).recordingRefusals();
    final DatabaseClock clock = new DatabaseClock(time);
    final List<Ticket> ended = new ArrayList<>();
    final CountingDatabase database;
    final DataSource attacker;
    final Store store;
    final Drain drain;

    Queue() throws SQLException {
      Database real = database();
      attacker = real.dataSource();
      open.add(real);
      database = new CountingDatabase(real);
      Schema.shipped().prepare(database);
      store = another();
      drain = new Drain(store, engine, clock, ended::add);
    }

    /** Another process on the same tables. */
    Store another() {
      Rows rows = new Rows(database);
      JobsSettings settings = JobsSettings.of(engine);
      Store made =
          new Store(
              rows, QueueKey.load(rows, engine, settings.deployment()), settings, engine, clock);
      open.add(made);
      return made;
    }

    Row submit(String ticket) {
      KeyName name = KeyName.of("wallet-42");
      KeyHandle handle = new KeyHandle(BackendId.of("memory"), "here", name, Optional.empty());
      return store.submit(
          new StoredOperation(
              ticket,
              Ticket.Kind.SIGN,
              "user:7",
              name,
              handle.toString(),
              "what to do",
              false,
              Optional.empty()),
          time.now());
    }

    void attack(String sql) throws SQLException {
      try (Connection connection = attacker.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /** Copies a row so often, before all others, into its group or each into one of its own. */
    void forge(String ticket, int count, boolean groups) throws SQLException {
      String numbers =
          attacker.getConnection().getMetaData().getDatabaseProductName().equals("H2")
              ? "SYSTEM_RANGE(1, " + count + ") AS n(n)"
              : "generate_series(1, " + count + ") AS n(n)";
      attack(
          "INSERT INTO enclave_operation SELECT 't-forged-' || n.n, deployment, "
              + (groups ? "'group-' || n.n" : "ordering_group")
              + ", seq - 100000 + n.n, kind, caller, key_name, key_handle, content, confidential,"
              + " NULL, state, fence, attempts, submitted_at, expires_at, next_attempt,"
              + " lease_until, error, result, mac FROM enclave_operation, "
              + numbers
              + " WHERE id = '"
              + ticket
              + "'");
    }
  }

  /** Counts the statements' transactions, since time on a busy machine says nothing. */
  private static final class CountingDatabase implements Database {

    private final Database real;
    int calls;

    CountingDatabase(Database real) {
      this.real = real;
    }

    @Override
    public <T> T write(Work<T> work) {
      calls++;
      return real.write(work);
    }

    @Override
    public <T> T note(Work<T> work) {
      calls++;
      return real.note(work);
    }

    @Override
    public <T> T read(Work<T> work) {
      calls++;
      return real.read(work);
    }

    @Override
    public DataSource dataSource() {
      return real.dataSource();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  @Tag("full")
  @Test
  void aRowOf60Megabytes_isRefused_withoutItsContent() throws Exception {
    Queue queue = new Queue();
    Row genuine = queue.submit("t-genuine");
    queue.forge("t-genuine", 1, false);
    try (Connection connection = queue.attacker.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "UPDATE enclave_operation SET content = ?, mac = ? WHERE id = 't-forged-1'")) {
      statement.setBytes(1, new byte[60 << 20]);
      statement.setBytes(2, new byte[60 << 20]);
      statement.executeUpdate();
    }
    Rows.Seen seen = new Rows(queue.database).reader().find("t-forged-1").orElseThrow();
    assertThat(seen.row()).isEmpty();
    assertThat(seen.mac().size()).isZero();

    queue.drain.run(genuine.group(), () -> false);

    assertThat(queue.ended).extracting(Ticket::id).containsExactly("t-genuine");
    assertThat(queue.engine.refusals).containsExactly("t-forged-1");
  }

  @Test
  void aKeyOf60Megabytes_isRefused_withoutItsContent() throws Exception {
    Queue queue = new Queue();
    try (Connection connection = queue.attacker.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("UPDATE enclave_operation_key SET sealed_key = ?")) {
      statement.setBytes(1, new byte[60 << 20]);
      statement.executeUpdate();
    }
    assertThat(new Rows(queue.database).sealedKey("LOCAL/default").orElseThrow()).isEmpty();
  }

  @Test
  void anOperationThatIsTooLargeForARow_isNotTaken() throws Exception {
    Queue queue = new Queue();
    StoredOperation large =
        new StoredOperation(
            "t-large",
            Ticket.Kind.SIGN,
            "user:7",
            KeyName.of("wallet-42"),
            "enclave:v1:memory:here:wallet-42:-",
            "x".repeat(RowReader.LARGEST_CONTENT + 1),
            false,
            Optional.empty());
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> queue.store.submit(large, time.now()))
        .matches(e -> e.code() == ErrorCode.INVALID_ARGUMENT)
        .withMessageContaining("4 MiB");
  }

  @Test
  void aTicketThatWasCancelled_isNotCarriedOut_whenItsRowIsPutBack() throws Exception {
    Queue queue = new Queue();
    Row row = queue.submit("t-1");
    queue.attack("CREATE TABLE copy AS SELECT * FROM enclave_operation");
    assertThat(queue.store.replace(row, row.ended(Status.CANCELLED))).isTrue();
    putBack(queue);

    queue.drain.run(row.group(), () -> false);

    assertThat(queue.engine.attempts).isZero();
    assertThat(queue.engine.refusals).containsExactly("t-1");
    assertThatExceptionOfType(IntegrityException.class)
        .isThrownBy(() -> queue.store.find("t-1"))
        .withMessageContaining("t-1");
  }

  private static void putBack(Queue queue) throws SQLException {
    queue.attack("DELETE FROM enclave_operation");
    queue.attack("INSERT INTO enclave_operation SELECT * FROM copy");
  }

  @Test
  void aTicketThatAnotherProcessCancelled_isNotCarriedOut_onceThisOneHasLooked() throws Exception {
    Queue queue = new Queue();
    Row row = queue.submit("t-1");
    queue.attack("CREATE TABLE copy AS SELECT * FROM enclave_operation");
    assertThat(queue.another().replace(row, row.ended(Status.CANCELLED))).isTrue();
    queue.store.own().learn();
    putBack(queue);

    queue.drain.run(row.group(), () -> false);

    assertThat(queue.engine.attempts).isZero();
    assertThat(queue.engine.refusals).containsExactly("t-1");
  }

  @Test
  void aTicketThatIsDone_isNotCarriedOutAgain_whenItsRowIsPutBack() throws Exception {
    Queue queue = new Queue();
    Row row = queue.submit("t-1");
    queue.attack("CREATE TABLE copy AS SELECT * FROM enclave_operation");
    queue.drain.run(row.group(), () -> false);
    assertThat(queue.engine.attempts).isOne();
    putBack(queue);

    queue.drain.run(row.group(), () -> false);

    assertThat(queue.engine.attempts).isOne();
    assertThat(queue.engine.refusals).containsExactly("t-1");
  }

  @Test
  void aTicketThatFailed_isTriedAgain_whenSomebodyAsks() throws Exception {
    Queue queue = new Queue();
    queue.engine.answer =
        operation -> new dev.enclave.spi.deferral.Attempt.Failed(ErrorCode.CLOSED);
    Row row = queue.submit("t-1");
    queue.drain.run(row.group(), () -> false);
    Row failed = queue.store.find("t-1").orElseThrow();
    assertThat(failed.state()).isEqualTo(Status.FAILED);

    assertThat(queue.store.retry(failed)).isTrue();
    queue.engine.answer = operation -> new dev.enclave.spi.deferral.Attempt.Done("the result");
    queue.drain.run(row.group(), () -> false);

    assertThat(queue.store.find("t-1").orElseThrow().state()).isEqualTo(Status.DONE);
    assertThat(queue.engine.refusals).isEmpty();
  }

  /** With one transaction for each, they took 38 s. */
  @Test
  void forgedRowsOfOneGroup_areSetAsideTogether() throws Exception {
    Queue queue = new Queue();
    Row genuine = queue.submit("t-genuine");
    queue.forge("t-genuine", MANY, false);
    queue.database.calls = 0;

    assertThat(queue.store.own().head(genuine.group())).map(Row::id).contains("t-genuine");

    assertThat(queue.database.calls).isLessThan(MANY / 50);
    assertThat(queue.engine.refusals).isNotEmpty().hasSizeLessThan(MANY / 20);
    assertThat(queue.engine.observed).anyMatch(text -> text.contains("more rows"));
    // Once is enough.
    int told = queue.engine.refusals.size();
    assertThat(queue.store.own().head(genuine.group())).map(Row::id).contains("t-genuine");
    assertThat(queue.engine.refusals).hasSize(told);
  }

  /** No scheduler is asked to visit a group that has no row of ours. */
  @Tag("full")
  @Test
  void forgedRowsOfGroupsOfTheirOwn_areSetAsideTogether() throws Exception {
    Queue queue = new Queue();
    Row genuine = queue.submit("t-genuine");
    queue.forge("t-genuine", MANY, true);
    queue.database.calls = 0;

    assertThat(queue.drain.sweep()).containsExactly(genuine.group());

    assertThat(queue.database.calls).isLessThan(MANY / 50);
    assertThat(queue.engine.refusals).isNotEmpty().hasSizeLessThan(MANY / 20);
  }

  @Test
  void aCorruptTicketIsRecordedOnce_howeverOftenItIsAskedFor() throws Exception {
    Queue queue = new Queue();
    queue.submit("t-1");
    queue.attack("UPDATE enclave_operation SET caller = 'user:8'");
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> queue.store.find("t-1"));
    }
    assertThat(queue.engine.refusals).containsExactly("t-1");
  }

  @Test
  void aTicketOfAnotherDeployment_isNoErrorOfTheAuditLog() throws Exception {
    Queue queue = new Queue();
    queue.submit("t-1");
    queue.attack("UPDATE enclave_operation SET deployment = 'LOCAL/other'");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> queue.store.find("t-1"))
        .withMessageContaining("LOCAL/other")
        .withMessageContaining("LOCAL/default");
    assertThat(queue.engine.refusals).isEmpty();
    assertThat(queue.store.own().list(Set.of(Status.values()), 10)).isEmpty();
  }
}
