package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.Attempt;
import dev.enclave.spi.deferral.StoredOperation;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two who visit one group at once, as a scheduler may have them do. */
class FenceTest {

  private static final StoredOperation OPERATION = operation("t-1", KeyName.of("wallet-42"));

  private final H2Database database;
  private final MutableClock time = new MutableClock(Instant.now());
  private final FakeEngine engine = new FakeEngine(time);
  private final DatabaseClock clock = new DatabaseClock(time);
  private final List<Ticket> ended = new ArrayList<>();
  private final Store store;

  FenceTest(@TempDir Path folder) {
    database = new H2Database(folder, new MutableClock());
    Schema.shipped().prepare(database);
    Rows rows = new Rows(database);
    JobsSettings settings = JobsSettings.of(engine);
    store =
        new Store(
            rows, QueueKey.load(rows, engine, settings.deployment()), settings, engine, clock);
  }

  private static StoredOperation operation(String ticket, KeyName key) {
    KeyHandle handle = new KeyHandle(BackendId.of("memory"), "here", key, Optional.empty());
    return new StoredOperation(
        ticket,
        Ticket.Kind.SIGN,
        "user:7",
        key,
        handle.toString(),
        "what to do",
        false,
        Optional.empty());
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  @Test
  void oneOfTwoClaims_wins() {
    Row row = store.submit(OPERATION, time.now());
    assertThat(store.replace(row, row.claimed(row.submitted()))).isTrue();
    assertThat(store.replace(row, row.claimed(row.submitted()))).isFalse();
  }

  @Test
  void aResultThatComesAfterAnothersClaim_isNotWritten() {
    Row row = store.submit(OPERATION, time.now());
    Row first = row.claimed(row.submitted());
    assertThat(store.replace(row, first)).isTrue();
    Row second = first.claimed(row.submitted());
    assertThat(store.replace(first, second)).isTrue();
    assertThat(store.replace(first, first.done("the first's"))).isFalse();
    assertThat(store.replace(second, second.done("the second's"))).isTrue();
    assertThat(store.find("t-1").orElseThrow().result()).contains("the second's");
  }

  /** Of two claims with one fence number, since a power cut may undo the first. */
  @Test
  void aClaimThatThePowerCutUndid_letsNoResultBeWritten() {
    Row row = store.submit(OPERATION, time.now());
    Row undone = row.claimed(row.submitted().plusSeconds(1));
    Row second = row.claimed(row.submitted().plusSeconds(2));
    assertThat(store.note(row, second)).isTrue();
    assertThat(undone.fence()).isEqualTo(second.fence());
    assertThat(store.replace(undone, undone.done("the first's"))).isFalse();
    assertThat(store.replace(second, second.done("the second's"))).isTrue();
  }

  @Test
  void aGroupThatSomebodyWorksOn_isLeftUntilTheLeaseEnds() {
    Row row = store.submit(OPERATION, time.now());
    Row claimed = row.claimed(row.submitted().plus(Duration.ofMinutes(1)));
    store.replace(row, claimed);
    Drain drain = new Drain(store, engine, clock, ended::add);
    assertThat(drain.run(row.group(), () -> false)).contains(claimed.lease());
    assertThat(engine.attempts).isZero();
  }

  @Test
  void theClaimOfAProcessThatIsGone_isTakenOver() {
    Row row = store.submit(OPERATION, time.now());
    store.replace(row, row.claimed(row.submitted()));
    assertThat(new Drain(store, engine, clock, ended::add).run(row.group(), () -> false)).isEmpty();
    assertThat(ended).singleElement().extracting(Ticket::status).isEqualTo(Status.DONE);
    assertThat(store.find("t-1").orElseThrow().attempts()).isEqualTo(2);
  }

  @Test
  void aVisitWithinAVisit_doesNothing() {
    Row row = store.submit(OPERATION, time.now());
    Drain drain = new Drain(store, engine, clock, ended::add);
    engine.during = () -> assertThat(drain.run(row.group(), () -> false)).isPresent();
    assertThat(drain.run(row.group(), () -> false)).isEmpty();
    assertThat(engine.attempts).isEqualTo(1);
    assertThat(ended).hasSize(1);
  }

  @Test
  void aResultAfterTheLease_isDroppedIfAnotherWasQuicker() {
    Row row = store.submit(OPERATION, time.now());
    Drain drain = new Drain(store, engine, clock, ended::add);
    engine.during =
        () -> {
          engine.during = () -> {};
          Row running = store.find("t-1").orElseThrow();
          Row other = running.claimed(running.lease());
          assertThat(store.replace(running, other)).isTrue();
          assertThat(store.replace(other, other.done("the other's"))).isTrue();
        };
    drain.run(row.group(), () -> false);
    assertThat(ended).isEmpty();
    assertThat(store.find("t-1").orElseThrow().result()).contains("the other's");
  }

  @Test
  void aTicketIsOver_byEitherClock() {
    Row row = store.submit(OPERATION, time.now());
    assertThat(store.expired(row)).isFalse();
    Instant database = clock.now();
    time.advance(Duration.ofDays(1).plusMinutes(16));
    // The database's clock is still where it was, or was set back.
    clock.set(database);
    assertThat(store.expired(row)).isTrue();
  }

  @Test
  void aMachineWhoseClockIsDaysAhead_neitherTriesNorEndsATicket() {
    Row row = store.submit(OPERATION, time.now());
    time.advance(Duration.ofDays(1).plusMinutes(16));
    assertLeftAlone(store, row);
    time.setWallClock(Instant.now());
    new Drain(store, engine, clock, ended::add).run(row.group(), () -> false);
    assertThat(ended).singleElement().extracting(Ticket::status).isEqualTo(Status.DONE);
  }

  @Test
  void aMachineWhoseClockIsHoursBehind_neitherTriesNorEndsATicketWhoseTimeIsOver() {
    JobsSettings soon = new JobsSettings("LOCAL/soon", Duration.ofNanos(1000), true);
    Rows rows = new Rows(database);
    try (Store shortLived =
        new Store(rows, QueueKey.load(rows, engine, soon.deployment()), soon, engine, clock)) {
      time.setWallClock(Instant.now().minus(Duration.ofHours(3)));
      Row row = shortLived.submit(OPERATION, time.now());
      assertLeftAlone(shortLived, row);
      time.setWallClock(Instant.now());
      new Drain(shortLived, engine, clock, ended::add).run(row.group(), () -> false);
      assertThat(ended).singleElement().extracting(Ticket::status).isEqualTo(Status.EXPIRED);
      assertThat(engine.attempts).isZero();
    }
  }

  private void assertLeftAlone(Store its, Row row) {
    assertThat(new Drain(its, engine, clock, ended::add).run(row.group(), () -> false))
        .hasValueSatisfying(again -> assertThat(again).isAfter(clock.now()));
    assertThat(engine.attempts).isZero();
    assertThat(ended).isEmpty();
    assertThat(its.find("t-1").orElseThrow().state()).isEqualTo(Status.WAITING);
  }

  @Test
  void afterAFailureThatMayPass_theKeyOfTheSameBackendWaitsToo() {
    Row row = store.submit(OPERATION, time.now());
    Instant retryAt = time.now().plusSeconds(40);
    engine.answer = operation -> new Attempt.Later(ErrorCode.BREAKER_OPEN, Optional.of(retryAt));
    Drain drain = new Drain(store, engine, clock, ended::add);
    Instant next = drain.run(row.group(), () -> false).orElseThrow();
    assertThat(next).isEqualTo(clock.of(retryAt));
    Row other = store.submit(operation("t-2", KeyName.of("treasury")), time.now());
    assertThat(drain.run(other.group(), () -> false)).isPresent();
    assertThat(engine.attempts).isEqualTo(1);
  }
}
