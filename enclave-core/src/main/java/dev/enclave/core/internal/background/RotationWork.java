package dev.enclave.core.internal.background;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.background.RotationIndex.Known;
import dev.enclave.core.internal.background.RotationIndex.Task;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.lifecycle.KeyInventory;
import dev.enclave.core.internal.lifecycle.PublishOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.lifecycle.RotationId;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What a replica does to rotate keys, one step at a time: lists the names, learns when each key is
 * due, and does what is. Steps are made one after the other; health may be asked by any thread.
 */
public final class RotationWork implements BackgroundWork {

  /** After so many failures of different keys in a row it is not the keys. */
  private static final int FAILURES_OF_ALL = 3;

  /** On whose behalf, in the audit log. */
  private static final String CALLER = "rotation";

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final Operations operations;
  private final Listeners listeners;
  private final KeyDirectory keys;
  private final KeyRules rules;
  private final PollingIntervals pace;
  private final boolean demanded;
  private final SecureRandom random;
  private final RotationIndex index = new RotationIndex();
  // The newest reading of each key that was looked at, whoever made it.
  private final Map<KeyName, Learned> learned = new HashMap<>();
  private long pausedSinceNanos;
  private Duration pause = Duration.ZERO;
  private long listedAtNanos;
  private Duration nextListing = Duration.ZERO;
  private int failuresInARow;
  private volatile boolean clockDoubted;
  private volatile Optional<Postponed> held = Optional.empty();
  private volatile boolean allowed = true;

  /** That a version is kept although its time seems to be over, as long as that step fails. */
  private record Postponed(Task task, Finding finding) {}

  /** What a reading tells. */
  private record Learned(KeyReading entry, List<DueStep> steps) {}

  /**
   * @param demanded whether somebody has said that this process rotates keys; else it does where it
   *     may
   */
  public RotationWork(
      Operations operations,
      KeyDirectory keys,
      KeyRules rules,
      SecureRandom random,
      List<RotationListener> listeners,
      boolean demanded) {
    this.operations = operations;
    this.demanded = demanded;
    this.listeners = new Listeners(listeners);
    this.keys = keys;
    this.rules = rules;
    this.pace = keys.resolved().remote() ? PollingIntervals.REMOTE : PollingIntervals.LOCAL;
    this.random = random;
    this.pausedSinceNanos = operations.time().nanoTime();
    this.listedAtNanos = operations.time().nanoTime();
  }

  /** Neither this machine's clock nor the backend's alone makes a step due. */
  private Instant now() {
    return rules.certainTime().agreed(keys.resolved());
  }

  @Override
  public Duration step() {
    if (clockDoubted) {
      return PollingIntervals.LONGEST;
    }
    Duration paused = left(pausedSinceNanos, pause);
    if (!paused.isZero()) {
      return paused.compareTo(PollingIntervals.LONGEST) > 0 ? PollingIntervals.LONGEST : paused;
    }
    if (left(listedAtNanos, nextListing).isZero()) {
      return list();
    }
    takeReadingsOfOthers();
    if (!allowed) {
      return PollingIntervals.LONGEST;
    }
    Instant now = now();
    Optional<Known> attempt = index.toAttempt(now);
    if (attempt.isPresent()) {
      attempt(attempt.get());
      return PollingIntervals.around(pace.learning(), random);
    }
    Optional<KeyName> unknown = index.toLearn();
    if (unknown.isPresent()) {
      read(unknown.get());
      return PollingIntervals.around(pace.learning(), random);
    }
    Optional<KeyName> old = index.toRefresh(now.minus(PollingIntervals.FRESH));
    if (old.isPresent()) {
      read(old.get());
      return untilNext(now, PollingIntervals.around(pace.refreshing(), random));
    }
    return untilNext(now, PollingIntervals.LONGEST);
  }

  private Duration left(long sinceNanos, Duration whole) {
    Duration left = whole.minusNanos(operations.time().nanoTime() - sinceNanos);
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
      allowed = KeyInventory.mayRotate(operations, CALLER);
      if (allowed) {
        List<KeyName> names = KeyInventory.names(operations, CALLER);
        index.listed(
            names.stream().filter(name -> !keys.adopted().contains(name)).toList(), random);
      }
    } catch (EnclaveException e) {
      pauseAfter(e);
      return left(pausedSinceNanos, pause);
    }
    listedAtNanos = operations.time().nanoTime();
    nextListing = PollingIntervals.around(pace.listing(), random);
    return PollingIntervals.around(pace.learning(), random);
  }

  /** What is read when a key is used costs nothing more. */
  private void takeReadingsOfOthers() {
    Set<KeyName> used = new HashSet<>();
    for (CachedKey slot : keys.resolved().slots().values()) {
      if (!slot.adopted() && !ReservedNames.contains(slot.name())) {
        slot.newest()
            .ifPresent(
                newest -> {
                  used.add(slot.name());
                  Learned before = learned.get(slot.name());
                  if (before == null || before.entry() != newest) {
                    learn(newest);
                  }
                });
      }
    }
    learned.keySet().retainAll(used);
  }

  private Learned learn(KeyReading entry) {
    KeyName name = entry.snapshot().name();
    Learned before = learned.get(name);
    // Most readings tell nothing new.
    List<DueStep> steps =
        before != null
                && before.entry().usable() == entry.usable()
                && before.entry().snapshot().equals(entry.snapshot())
            ? before.steps()
            : entry.usable() ? DueStep.of(entry.info(rules.life()), rules.life()) : List.of();
    Learned now = new Learned(entry, steps);
    learned.put(name, now);
    learned(name, steps);
    return now;
  }

  private void learned(KeyName name, List<DueStep> steps) {
    Instant now = now();
    index.read(name, steps, now, step -> step.attemptAt(now, random));
  }

  private Optional<KeyReading> read(KeyName name) {
    try {
      return Optional.of(glance(name).entry());
    } catch (EnclaveException e) {
      unread(name, e);
      return Optional.empty();
    }
  }

  private Learned glance(KeyName name) {
    return learn(keys.glance(name));
  }

  private void unread(KeyName name, EnclaveException e) {
    if (e.code() == ErrorCode.KEY_NOT_FOUND) {
      index.remove(name);
    } else if (outage(e)) {
      pauseAfter(e);
    } else {
      // Whoever uses it is told why; it is looked at again in a day.
      index.unreadable(name, now());
    }
  }

  private void attempt(Known planned) {
    Learned read;
    try {
      read = glance(planned.name());
    } catch (EnclaveException e) {
      unread(planned.name(), e);
      postponed(planned.task(), e);
      return;
    }
    KeyInfo key = read.entry().info(rules.life());
    Optional<DueStep> next =
        read.steps().stream()
            .filter(step -> step.act().ends() == planned.task().ends())
            .filter(step -> step.due(now()))
            .findFirst();
    if (next.isPresent()) {
      attempt(key, next.get());
    } else if (!key.active().map(KeyVersion::id).equals(Optional.of(planned.next().active()))) {
      listeners.tell(listener -> listener.overtaken(key));
    }
  }

  private void attempt(KeyInfo key, DueStep due) {
    StepRunner.Done done;
    try {
      done = new StepRunner(operations, rules.life(), keys.slot(key.name())).run(key, due);
    } catch (EnclaveException e) {
      failed(key.name(), due, e);
      return;
    }
    failuresInARow = 0;
    List<DueStep> following = DueStep.of(done.key(), rules.life());
    learned(key.name(), following);
    listeners.tell(done.news());
    boolean begunBefore =
        key.versions().stream()
            .filter(version -> version.state() == KeyState.PENDING)
            .anyMatch(
                version ->
                    due.act() == DueStep.Act.PUBLISH
                        || done.key()
                            .active()
                            .map(KeyVersion::id)
                            .equals(Optional.of(version.id())));
    boolean again = following.stream().anyMatch(step -> !step.act().ends() && step.due(now()));
    if (!due.act().ends() && !begunBefore && again) {
      // Else it would make version after version, each of which costs.
      clockDoubted = true;
      LOG.log(System.Logger.Level.ERROR, Texts.DUE_AT_ONCE.with(key.name(), now()));
    }
  }

  /**
   * Tries a step again later, the later the more often it failed; an outage is not the key's.
   * Returns when.
   */
  private Instant postponed(Task task, EnclaveException e) {
    int failures = outage(e) ? 1 : index.failures(task) + 1;
    Instant next = now().plus(PollingIntervals.retry(failures, random));
    index.postponed(task, next, e.code());
    return next;
  }

  private void failed(KeyName name, DueStep due, EnclaveException e) {
    if (e.code() == ErrorCode.CLOSED) {
      return;
    }
    Instant next = postponed(Task.of(name, due), e);
    if (e.code() == ErrorCode.ROTATION_CONFLICT) {
      read(name)
          .map(entry -> entry.info(rules.life()))
          .filter(key -> !key.active().map(KeyVersion::id).equals(Optional.of(due.active())))
          .ifPresent(key -> listeners.tell(listener -> listener.overtaken(key)));
      return;
    }
    if (e.code() == ErrorCode.CLOCK_DOUBTED) {
      held = Optional.of(new Postponed(Task.of(name, due), OverdueFinding.held(e)));
    } else {
      pauseAfter(e);
    }
    listeners.tell(listener -> listener.failed(name, e, next));
  }

  private static boolean outage(EnclaveException e) {
    return e.retryable() || e.category() == ErrorCategory.CONNECTIVITY;
  }

  /** Where the provider does not answer, or nothing succeeds, no other key is tried for a while. */
  private void pauseAfter(EnclaveException e) {
    failuresInARow++;
    if (outage(e) || failuresInARow >= FAILURES_OF_ALL) {
      pausedSinceNanos = operations.time().nanoTime();
      pause = PollingIntervals.pause(failuresInARow, random);
    }
  }

  @Override
  public String done() {
    return "rotated";
  }

  @Override
  public Optional<Finding> health() {
    if (clockDoubted) {
      return Optional.of(OverdueFinding.CLOCK);
    }
    Optional<Finding> clocks =
        rules
            .certainTime()
            .health(keys.resolved())
            .or(() -> held.filter(its -> index.failures(its.task()) > 0).map(Postponed::finding));
    if (clocks.isPresent()) {
      return clocks;
    }
    List<Known> overdue = index.overdue(now());
    if (allowed) {
      return OverdueFinding.of(overdue);
    }
    // Who signs only may well be left to: others rotate, and what is used here shows whether.
    return demanded || !overdue.isEmpty()
        ? Optional.of(OverdueFinding.notAllowed(overdue))
        : Optional.empty();
  }

  /** Those who are told of rotations, whatever they do with it. Thread-safe. */
  private static final class Listeners {

    private final List<RotationListener> listeners;
    private final AtomicBoolean complained = new AtomicBoolean();

    Listeners(List<RotationListener> listeners) {
      this.listeners = List.copyOf(listeners);
    }

    void tell(Consumer<RotationListener> news) {
      for (RotationListener listener : listeners) {
        try {
          news.accept(listener);
        } catch (Exception | Error e) {
          Unexpected.rethrowFatal(e);
          if (!complained.getAndSet(true)) {
            LOG.log(
                System.Logger.Level.WARNING,
                Texts.LISTENER_THREW.with(listener.getClass().getName(), e.getClass().getName()));
          }
        }
      }
    }
  }

  /** Does one step that is due of one key. */
  private record StepRunner(Operations operations, VersionLife life, CachedKey slot) {

    /** A step that was done. */
    record Done(KeyInfo key, Consumer<RotationListener> news) {}

    Done run(KeyInfo key, DueStep due) {
      return switch (due.act()) {
        case PUBLISH -> publish(key);
        case ROTATE -> rotate(key, due);
        case DISABLE -> end(due, Change.DISABLE, life.verifyFor().orElseThrow());
        case DESTROY -> end(due, Change.DESTROY, life.destroyAfter().orElseThrow());
      };
    }

    private Done publish(KeyInfo key) {
      PublishOperation.Published published =
          operations.under(RotationId.of(key), CALLER).on(slot).run(PublishOperation.publishing());
      return new Done(
          published.key(), listener -> listener.published(published.key(), published.next()));
    }

    private Done rotate(KeyInfo key, DueStep due) {
      String operationId = RotationId.of(key);
      RotationRequest request =
          RotationRequest.ifActive(due.version())
              .reason(RotationReason.SCHEDULED)
              .by(CALLER)
              .operationId(operationId);
      RotationResult result =
          operations
              .under(operationId, CALLER)
              .on(slot)
              .run(new RotateOperation(request, life.publishAhead(key.purpose())));
      return new Done(result.key(), listener -> listener.rotated(result));
    }

    private Done end(DueStep due, Change change, Duration after) {
      ChangeStateOperation.Due why =
          new ChangeStateOperation.Due(due.active(), due.dueAt().minus(after), after);
      KeyInfo changed =
          operations
              .by(CALLER)
              .on(slot)
              .run(new ChangeStateOperation(due.version(), change, Optional.of(why)));
      return new Done(
          changed,
          listener ->
              changed
                  .version(due.version())
                  .ifPresent(version -> listener.retired(changed, version)));
    }
  }

  /**
   * What health says of keys that should have been rotated: signing goes on, so it is a warning.
   */
  private static final class OverdueFinding {

    static final Finding CLOCK =
        Texts.CLOCK_AHEAD.finding(Severity.WARNING, ErrorCode.ROTATION_OVERDUE);

    private OverdueFinding() {}

    /** One finding for all of them; none if there are none. */
    static Optional<Finding> of(List<Known> overdue) {
      List<Known> rotations = overdue.stream().filter(step -> !step.task().ends()).toList();
      if (!rotations.isEmpty()) {
        Known first = rotations.get(0);
        return Optional.of(
            rotations.size() == 1
                ? Texts.ONE_KEY_OVERDUE.finding(
                    Severity.WARNING, ErrorCode.ROTATION_OVERDUE, since(first), first.name())
                : Texts.KEYS_OVERDUE.finding(
                    Severity.WARNING,
                    ErrorCode.ROTATION_OVERDUE,
                    rotations.size(),
                    since(first),
                    first.name()));
      }
      return overdue.stream()
          .findFirst()
          .map(
              first ->
                  Texts.VERSIONS_OVERDUE.finding(
                      Severity.WARNING,
                      ErrorCode.ROTATION_OVERDUE,
                      overdue.size() == 1 ? Texts.ONE_KEY.with() : Texts.KEYS.with(overdue.size()),
                      first.next().version(),
                      since(first),
                      first.next().act() == DueStep.Act.DISABLE ? "disable" : "destroy",
                      first.name()));
    }

    /** That a version is kept although its time seems to be over. */
    static Finding held(EnclaveException why) {
      return Finding.of(
          Severity.WARNING, why.code(), String.valueOf(why.getMessage()), Texts.CLOCK_FIX.with());
    }

    /** That the account of this process may not rotate, and which key in use here shows it. */
    static Finding notAllowed(List<Known> overdue) {
      return overdue.stream()
          .findFirst()
          .map(
              first ->
                  Texts.NOBODY_ROTATES.finding(
                      Severity.WARNING, ErrorCode.ROTATION_OVERDUE, since(first)))
          .orElseGet(
              () -> Texts.MAY_NOT_ROTATE.finding(Severity.WARNING, ErrorCode.ROTATION_OVERDUE));
    }

    private static String since(Known first) {
      return first
          .lastFailure()
          .map(
              code ->
                  (first.failures() == 1 ? Texts.DUE_FAILED_ONCE : Texts.DUE_FAILED)
                      .with(first.name(), first.next().dueAt(), first.failures(), code))
          .orElseGet(() -> Texts.DUE_NOT_ATTEMPTED.with(first.name(), first.next().dueAt()));
    }
  }
}
