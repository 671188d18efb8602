package dev.enclave.jobs;

import dev.enclave.KeyHandle;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.deferral.Attempt;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Carries out what waits in a group, one after the other, until the backend does not answer.
 * Thread-safe.
 */
final class Drain implements Wakes.Work {

  /** Longer than the 5 s of an attempt: whoever has not ended by then has stopped. */
  private static final Duration LEASE = Duration.ofSeconds(6);

  private static final Duration LEASE_OF_A_CHANGE = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private static final Duration REMEMBERED = Duration.ofDays(30);

  /** After so many another group has a thread's time. */
  private static final int AT_ONCE = 50;

  private final Store store;
  private final DeferralContext context;
  private final DatabaseClock clock;
  private final Consumer<Ticket> ended;
  private final Map<String, Instant> pauses = new ConcurrentHashMap<>();

  Drain(Store store, DeferralContext context, DatabaseClock clock, Consumer<Ticket> ended) {
    this.store = store;
    this.context = context;
    this.clock = clock;
    this.ended = ended;
  }

  /**
   * Works on a group.
   *
   * @param stopped whether to begin nothing new
   * @return when to look at it again; none if nothing waits
   */
  @Override
  public Optional<Instant> run(String group, BooleanSupplier stopped) {
    for (int i = 0; i < AT_ONCE && !stopped.getAsBoolean(); i++) {
      Optional<Row> head = store.own().head(group);
      if (head.isEmpty()) {
        return Optional.empty();
      }
      Optional<Instant> again = step(head.get());
      if (again.isPresent()) {
        return again;
      }
    }
    return Optional.of(clock.now());
  }

  @Override
  public boolean waits(String group) {
    return store.own().head(group).isPresent();
  }

  @Override
  public List<String> sweep() {
    store.own().overdue().stream()
        .filter(store::over)
        .forEach(row -> end(row, Ticket.Status.EXPIRED));
    store.forget(REMEMBERED);
    return store.own().dueGroups();
  }

  /** One row; when to look again, if the group is to wait. */
  private Optional<Instant> step(Row row) {
    if (store.expired(row)) {
      if (!store.over(row)) {
        // One of the two clocks is wrong: a replica whose clock is right carries it out or ends it.
        return Optional.of(clock.now().plus(LONGEST_PAUSE));
      }
      end(row, Ticket.Status.EXPIRED);
      return Optional.empty();
    }
    Instant now = clock.now();
    Instant notBefore = latest(row.lease(), row.nextAttempt(), pause(row));
    if (notBefore.isAfter(now)) {
      return Optional.of(notBefore);
    }
    Row claimed = row.claimed(now.plus(lease(row)));
    if (!store.note(row, claimed)) {
      return Optional.empty();
    }
    Attempt attempt = context.attempt(store.decrypted(claimed));
    if (attempt instanceof Attempt.Later later) {
      Instant next = next(claimed, later);
      store.note(claimed, claimed.later(later.error(), next));
      return Optional.of(next);
    }
    Row after =
        attempt instanceof Attempt.Done done
            ? claimed.done(done.result())
            : claimed.failed(((Attempt.Failed) attempt).error());
    write(claimed, after);
    return Optional.empty();
  }

  private static Duration lease(Row row) {
    return row.operation().kind() == Ticket.Kind.SIGN ? LEASE : LEASE_OF_A_CHANGE;
  }

  /** When its time is over, or it was given up; if nobody else was quicker. */
  boolean end(Row row, Ticket.Status status) {
    return write(row, row.ended(status));
  }

  /** A result that comes after somebody else's is not released. */
  private boolean write(Row before, Row after) {
    if (!store.replace(before, after)) {
      return false;
    }
    try {
      context.ended(after.operation(), after.state());
    } catch (EnclaveException unrecorded) {
      // The attempt itself is recorded; what is lost is that the ticket is over.
      System.getLogger("dev.enclave.jobs")
          .log(
              System.Logger.Level.WARNING,
              Texts.END_NOT_AUDITED.with(after.id(), unrecorded.getMessage()));
    }
    ended.accept(after.ticket());
    return true;
  }

  private Instant next(Row row, Attempt.Later later) {
    Instant now = clock.now();
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(row.attempts(), 10));
    Instant own = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    Instant at = later.at().map(clock::of).filter(own::isBefore).orElse(own);
    // The provider is as silent for other keys: one attempt finds out for all.
    later.at().map(clock::of).ifPresent(until -> pauses.put(backend(row), until));
    return at;
  }

  private Instant pause(Row row) {
    return pauses.getOrDefault(backend(row), Instant.MIN);
  }

  /** Whose silence concerns it: a key that is to be made has no handle, and is asked for itself. */
  private static String backend(Row row) {
    StoredOperation operation = row.operation();
    return operation.kind() == Ticket.Kind.CREATE
        ? operation.key()
        : KeyHandle.parse(operation.key()).backend() + ":";
  }

  private static Instant latest(Instant... instants) {
    Instant latest = instants[0];
    for (Instant instant : instants) {
      latest = instant.isAfter(latest) ? instant : latest;
    }
    return latest;
  }
}
