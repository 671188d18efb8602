package dev.enclave.core.internal.key.rotation;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.rotation.RotationIndex.Known;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.ReservedNames;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.upkeep.KeyInventory;
import dev.enclave.core.internal.key.versions.RotateOperation;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a replica does to rotate keys, one step at a time: lists the names, learns when each key is
 * due, and rotates those that are. Steps are made one after the other; health may be asked by any
 * thread.
 */
public final class RotationWork implements BackgroundWork {

  /** On whose behalf, in the audit log. */
  static final String CALLER = "rotation";

  /** After so many failures of different keys in a row it is not the keys. */
  private static final int FAILURES_OF_ALL = 3;

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final SharedParts shared;
  private final Listeners listeners;
  private final KeyFinder finder;
  private final Pace pace;
  private final SecureRandom random;
  private final RotationIndex index = new RotationIndex();
  // Readings made for others that were looked at last time.
  private Map<KeyName, KeyEntry> seen = Map.of();
  private long pausedSinceNanos;
  private Duration pause = Duration.ZERO;
  private long listedAtNanos;
  private Duration nextListing = Duration.ZERO;
  private int failuresInARow;
  private volatile boolean clockDoubted;

  public RotationWork(SharedParts shared, List<RotationListener> listeners) {
    this.shared = shared;
    this.listeners = new Listeners(listeners);
    this.finder = new KeyFinder(shared);
    this.pace = shared.backends().resolved().remote() ? Pace.REMOTE : Pace.LOCAL;
    this.random = shared.random();
    this.pausedSinceNanos = shared.time().nanoTime();
    this.listedAtNanos = shared.time().nanoTime();
  }

  @Override
  public Duration step() {
    if (clockDoubted) {
      return Pace.LONGEST;
    }
    Duration paused = left(pausedSinceNanos, pause);
    if (!paused.isZero()) {
      return paused.compareTo(Pace.LONGEST) > 0 ? Pace.LONGEST : paused;
    }
    if (left(listedAtNanos, nextListing).isZero()) {
      return list();
    }
    takeReadingsOfOthers();
    Instant now = shared.time().now();
    Optional<Known> attempt = index.toAttempt(now);
    if (attempt.isPresent()) {
      attempt(attempt.get());
      return Pace.around(pace.learning(), random);
    }
    Optional<KeyName> unknown = index.toLearn();
    if (unknown.isPresent()) {
      read(unknown.get());
      return Pace.around(pace.learning(), random);
    }
    Optional<KeyName> old = index.toRefresh(now.minus(Pace.FRESH));
    if (old.isPresent()) {
      read(old.get());
      return untilNext(now, Pace.around(pace.refreshing(), random));
    }
    return untilNext(now, Pace.LONGEST);
  }

  private Duration left(long sinceNanos, Duration whole) {
    Duration left = whole.minusNanos(shared.time().nanoTime() - sinceNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Not longer than to the next attempt, nor so short that it would be a loop. */
  private Duration untilNext(Instant now, Duration longest) {
    Duration wait = index.nextAttempt().map(at -> Duration.between(now, at)).orElse(longest);
    Duration shortest = pace.learning().dividedBy(2);
    Duration bounded = wait.compareTo(longest) > 0 ? longest : wait;
    return bounded.compareTo(shortest) < 0 ? shortest : bounded;
  }

  private Duration list() {
    try {
      List<KeyName> names = KeyInventory.names(shared, CALLER);
      index.listed(
          names.stream().filter(name -> !shared.adoptedKeys().containsKey(name)).toList(), random);
    } catch (EnclaveException e) {
      pauseAfter(e);
      return left(pausedSinceNanos, pause);
    }
    listedAtNanos = shared.time().nanoTime();
    nextListing = Pace.around(pace.listing(), random);
    return Pace.around(pace.learning(), random);
  }

  /** What is read when a key is used costs nothing more. */
  private void takeReadingsOfOthers() {
    Map<KeyName, KeyEntry> now = new HashMap<>();
    for (KeySlot slot : shared.backends().resolved().slots().values()) {
      if (!slot.adopted() && !ReservedNames.contains(slot.name())) {
        slot.newest().ifPresent(newest -> now.put(slot.name(), newest));
      }
    }
    now.forEach(
        (name, newest) -> {
          if (seen.get(name) != newest) {
            learned(newest);
          }
        });
    seen = now;
  }

  /** Returns the rotation that the reading tells of, if any. */
  private Optional<DueKey> learned(KeyEntry entry) {
    Instant now = shared.time().now();
    Optional<DueKey> next =
        entry.usable() ? DueKey.of(entry.info(shared.policy())) : Optional.empty();
    index.read(entry.snapshot().name(), next, now, due -> due.attemptAt(now, random));
    return next;
  }

  private Optional<KeyEntry> read(KeyName name) {
    try {
      return Optional.of(glance(name));
    } catch (EnclaveException e) {
      unread(name, e);
      return Optional.empty();
    }
  }

  private KeyEntry glance(KeyName name) {
    KeyEntry entry = finder.glance(name, shared.newTrace());
    learned(entry);
    return entry;
  }

  private void unread(KeyName name, EnclaveException e) {
    if (e.code() == ErrorCode.KEY_NOT_FOUND) {
      index.remove(name);
    } else if (outage(e)) {
      pauseAfter(e);
    } else {
      // Whoever uses it is told why; it is looked at again in a day.
      index.unreadable(name, shared.time().now());
    }
  }

  private void attempt(Known planned) {
    KeyEntry entry;
    try {
      entry = glance(planned.name());
    } catch (EnclaveException e) {
      unread(planned.name(), e);
      postponed(planned.name(), e);
      return;
    }
    KeyInfo key = entry.info(shared.policy());
    Optional<DueKey> next = entry.usable() ? DueKey.of(key) : Optional.empty();
    if (next.isPresent() && next.get().due(shared.time().now())) {
      rotate(key, next.get());
    } else if (!key.activeVersion().equals(Optional.of(planned.next().active()))) {
      listeners.tell(listener -> listener.overtaken(key));
    }
  }

  /**
   * Tries a key again later, the later the more often it failed; an outage is not the key's.
   * Returns when.
   */
  private Instant postponed(KeyName name, EnclaveException e) {
    int failures = outage(e) ? 1 : index.failures(name) + 1;
    Instant next = shared.time().now().plus(Pace.retry(failures, random));
    index.postponed(name, next, e.code());
    return next;
  }

  private void rotate(KeyInfo key, DueKey due) {
    String operationId = DueKey.operationId(key);
    RotationRequest request =
        RotationRequest.ifActive(due.active())
            .reason(RotationReason.SCHEDULED)
            .by(CALLER)
            .operationId(operationId);
    RotationResult result;
    try {
      result =
          OperationRun.under(operationId, CALLER, shared)
              .on(finder.slot(key.name()))
              .run(new RotateOperation(request));
    } catch (EnclaveException e) {
      failed(key.name(), due.active(), e);
      return;
    }
    failuresInARow = 0;
    KeyInfo rotated = result.key();
    Optional<DueKey> following = DueKey.of(rotated);
    Instant now = shared.time().now();
    index.read(rotated.name(), following, now, next -> next.attemptAt(now, random));
    listeners.tell(listener -> listener.rotated(result));
    boolean begunBefore =
        key.versions().stream()
            .filter(version -> version.state() == KeyState.PENDING)
            .anyMatch(version -> version.id().equals(result.active().id()));
    if (!begunBefore && following.filter(next -> next.due(now)).isPresent()) {
      // Else it would make version after version, each of which costs.
      clockDoubted = true;
      LOG.log(
          System.Logger.Level.ERROR,
          "Key {0} was rotated and is due at once by this machine''s clock ({1}). No more keys are"
              + " rotated by this process. Set the clock right and restart it.",
          rotated.name(),
          now);
    }
  }

  private void failed(KeyName name, KeyVersionId active, EnclaveException e) {
    if (e.code() == ErrorCode.CLOSED) {
      return;
    }
    Instant next = postponed(name, e);
    if (e.code() == ErrorCode.ROTATION_CONFLICT) {
      read(name)
          .map(entry -> entry.info(shared.policy()))
          .filter(key -> !key.activeVersion().equals(Optional.of(active)))
          .ifPresent(key -> listeners.tell(listener -> listener.overtaken(key)));
      return;
    }
    pauseAfter(e);
    listeners.tell(listener -> listener.failed(name, e, next));
  }

  private static boolean outage(EnclaveException e) {
    return e.retryable() || e.category() == ErrorCategory.CONNECTIVITY;
  }

  /** Where the provider does not answer, or nothing succeeds, no other key is tried for a while. */
  private void pauseAfter(EnclaveException e) {
    failuresInARow++;
    if (outage(e) || failuresInARow >= FAILURES_OF_ALL) {
      pausedSinceNanos = shared.time().nanoTime();
      pause = Pace.pause(failuresInARow, random);
    }
  }

  @Override
  public String done() {
    return "rotated";
  }

  @Override
  public Optional<Finding> health() {
    return clockDoubted
        ? Optional.of(OverdueFinding.CLOCK)
        : OverdueFinding.of(index.overdue(shared.time().now()));
  }
}
