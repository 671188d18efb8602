package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.Fallback;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.fallback.OutageGate.Way;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.CertainTime;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Signs by companions in software while the resolved backend does not answer. Each key that is used
 * gets a companion, which it endorses while its backend answers; companions are made one after the
 * other. Thread-safe.
 */
public final class SoftwareFallback implements BackgroundWork {

  /** What a call leaves to a companion at least. */
  private static final Duration COMPANIONS_SHARE = Duration.ofSeconds(1);

  /** How long a backend has, so that its silence counts as an outage. */
  private static final Duration LEAST_SHARE = RetryingCaller.TIME_TO_ANSWER;

  /** How often endorsements are looked at that nobody uses. */
  private static final Duration LOOK = Duration.ofMinutes(10);

  private static final Duration SWEEP = Duration.ofDays(1);

  /** How long a call that tries whether the backend is back keeps the others waiting for that. */
  private static final Duration LONGEST_TRIAL = RetryingCaller.SIGN_WITHIN;

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final Operations operations;
  private final KeyDirectory keys;
  private final CertainTime certainTime;
  private final Executor executor;
  private final TimeSource time;
  private final CompanionKeys companions;
  private final FallbackTerms terms;
  private final Endorsing endorsing;
  private final OutageGate gate;
  private final Map<KeyName, Companion> byKey = new ConcurrentHashMap<>();
  private final Queue<Companion> due = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean working = new AtomicBoolean();
  private final Entitlement entitlement;
  private final CompanionKeys.Disposal disposal;
  private volatile long sweptAtNanos;

  /**
   * Begins.
   *
   * @param executor where companions are made
   */
  public SoftwareFallback(
      Operations operations,
      KeyDirectory keys,
      KeyRules rules,
      Executor executor,
      CompanionKeys companions,
      FallbackTerms terms) {
    BackendId resolved = keys.resolved().id();
    this.operations = operations;
    this.keys = keys;
    this.certainTime = rules.certainTime();
    this.executor = executor;
    this.time = operations.time();
    this.companions = companions;
    this.entitlement = new Entitlement(resolved, companions);
    this.disposal = new CompanionKeys.Disposal(companions);
    this.terms = terms;
    this.endorsing = new Endorsing(operations, keys, rules.policy(), companions, terms);
    this.gate = new OutageGate(time, resolved);
    this.sweptAtNanos = time.nanoTime() - SWEEP.toNanos();
  }

  /** Prepares for a key that is about to be used; does not wait for it. */
  public void expect(CachedKey slot) {
    if (entitlement.whyNone(slot).isEmpty()) {
      dueNow(byKey.compute(slot.name(), (name, known) -> known(slot, known)));
    }
  }

  /** The slot that the backend keeps counts: one of a key that was not there may still be held. */
  private Companion known(CachedKey slot, @Nullable Companion known) {
    boolean stays =
        known != null && (known.slot() == slot || slot.backend().slots().get(slot.name()) != slot);
    if (known != null && !stays) {
      known.endorsed().ifPresent(its -> disposal.add(its.slot()));
    }
    return known != null && stays ? known : new Companion(slot, terms, time);
  }

  /** What stands in for the key in that slot: one of its name may be another key by now. */
  private Optional<Companion> companion(CachedKey slot) {
    return Optional.ofNullable(byKey.get(slot.name())).filter(known -> known.slot() == slot);
  }

  private void dueNow(Companion companion) {
    if (companion.isDue() && companion.queue()) {
      due.add(companion);
      work();
    }
  }

  /** One at a time, so that a start with thousands of keys is no storm. */
  private void work() {
    if (working.compareAndSet(false, true)) {
      try {
        executor.execute(this::workThrough);
      } catch (RejectedExecutionException closing) {
        working.set(false);
      } catch (RuntimeException | Error e) {
        working.set(false);
        throw e;
      }
    }
  }

  private void workThrough() {
    try {
      for (Companion next = due.poll(); next != null; next = due.poll()) {
        next.dequeued();
        // Another may have been endorsed while who queued this one looked.
        if (next.isDue()) {
          endorse(next);
        }
      }
    } finally {
      working.set(false);
    }
    if (!due.isEmpty()) {
      work();
    }
  }

  private void endorse(Companion companion) {
    try {
      Companion.Endorsed fresh = endorsing.endorsed(companion.slot());
      if (companion.endorsed().isEmpty()) {
        endorsing.leftOver(companion.slot()).forEach(disposal::add);
      }
      companion
          .endorsed()
          .map(Companion.Endorsed::slot)
          .filter(before -> before != fresh.slot())
          .ifPresent(disposal::add);
      companion.endorsed(fresh);
    } catch (RuntimeException e) {
      noted(companion, Unexpected.of(e));
    }
    disposal.destroy();
  }

  private void noted(Companion companion, EnclaveException e) {
    companion.failed(e);
    boolean connectivity = e.category() == ErrorCategory.CONNECTIVITY;
    if (isGone(companion.slot()) || e.code() == ErrorCode.KEY_NOT_FOUND) {
      dismiss(companion);
    } else if (OutageGate.withdraws(e)) {
      companion.dismissed();
    }
    if (!connectivity && e.code() != ErrorCode.CLOSED) {
      LOG.log(
          System.Logger.Level.WARNING,
          Texts.NOT_ENDORSED_ANEW.with(companion.slot().name(), e.getMessage()));
    }
  }

  /** Whether the key cannot sign any more, whatever its backend does. */
  private static boolean isGone(CachedKey slot) {
    return slot.newest()
        .filter(
            entry ->
                entry.snapshot().versions().stream()
                    .allMatch(version -> version.state() == KeyState.DESTROYED))
        .isPresent();
  }

  private void dismiss(Companion companion) {
    companion.endorsed().ifPresent(its -> disposal.add(its.slot()));
    endorsing.leftOver(companion.slot()).forEach(disposal::add);
    companion.dismissed();
    byKey.remove(companion.slot().name(), companion);
  }

  /** Signs with the key, or with what stands in for it. */
  public SignatureValue sign(
      CachedKey slot, SigningInput input, SignOptions options, String caller) {
    operations.requireOpen();
    Optional<Companion> companion = companion(slot);
    boolean ready = companion.flatMap(Companion::ready).isPresent();
    SignatureValue signature =
        ready
            ? signedSomehow(companion.get(), input, options, caller)
            : operations.by(caller).on(slot).run(new SignOperation(input, options));
    if (companion.isEmpty()) {
      expect(slot);
    } else if (Fallback.Endorsement.of(signature).isEmpty()) {
      dueNow(companion.get());
    }
    return signature;
  }

  private SignatureValue signedSomehow(
      Companion companion, SigningInput input, SignOptions options, String caller) {
    Duration within = new SignOperation(input, options).within();
    Deadline deadline = Deadline.in(within, time);
    Duration share = share(within);
    Way way = gate.enter(share.compareTo(LEAST_SHARE) >= 0);
    if (way == Way.HELD && companion.wasSilent(gate.number())) {
      Optional<SignatureValue> signature =
          byCompanion(companion, input, options, caller, deadline, Optional.empty());
      if (signature.isPresent()) {
        return signature.get();
      }
    }
    // A key with which the backend has not been silent is not held: the trouble may be another's.
    Way asked = way == Way.HELD ? Way.OPEN : way;
    Duration most =
        asked == Way.TRIAL && share.compareTo(LONGEST_TRIAL) > 0 ? LONGEST_TRIAL : share;
    OperationRun run = operations.by(caller).on(companion.slot());
    try {
      SignatureValue signature = run.run(new SignOperation(input, options.deadline(most)));
      gate.answered(asked);
      return signature;
    } catch (EnclaveException e) {
      boolean reached = run.trace().attempts() > 0;
      if (!OutageGate.isOutage(companion.slot(), e, run.trace().silence(), reached)) {
        settle(companion, asked, e, reached);
        throw e;
      }
      companion.silent(gate.unanswered(asked, e.code() != ErrorCode.BREAKER_OPEN));
      return byCompanion(companion, input, options, caller, deadline, Optional.of(e))
          .orElseThrow(() -> e);
    } catch (RuntimeException | Error e) {
      gate.undecided(asked);
      throw e;
    }
  }

  /** The backend has all the time but what a companion needs, and half of it at least. */
  private static Duration share(Duration within) {
    Duration most = within.minus(COMPANIONS_SHARE);
    Duration half = within.dividedBy(2);
    return most.compareTo(half) > 0 ? most : half;
  }

  /** What was refused before the backend was asked says nothing of it. */
  private void settle(Companion companion, Way way, EnclaveException e, boolean reached) {
    if (!OutageGate.isAnswer(e, reached)) {
      gate.undecided(way);
      return;
    }
    gate.answered(way);
    if (OutageGate.withdraws(e)) {
      companion.dismissed();
    }
  }

  /** Empty if the companion may not sign by now, or cannot; an outage then says that too. */
  private Optional<SignatureValue> byCompanion(
      Companion companion,
      SigningInput input,
      SignOptions options,
      String caller,
      Deadline deadline,
      Optional<EnclaveException> outage) {
    Optional<Companion.Endorsed> ready = companion.ready();
    Duration left = deadline.remaining();
    if (ready.isEmpty() || left.isZero() || left.isNegative()) {
      return Optional.empty();
    }
    Fallback.Endorsement word = ready.get().word();
    try {
      SignatureValue signature =
          companions
              .operations()
              .by(caller)
              .on(ready.get().slot())
              .run(
                  new SignOperation(word.companionVersion(), input, options.deadline(left))
                      .recording(
                          Map.of(
                              "fallbackFor", word.key().toString(),
                              "fallbackForVersion", word.version().value(),
                              "endorsedUntil", word.until().toString())));
      gate.signed();
      return Optional.of(word.on(signature));
    } catch (EnclaveException e) {
      if (OutageGate.isLost(e)) {
        companion.dismissed();
      }
      outage.ifPresent(told -> told.addSuppressed(e));
      return Optional.empty();
    }
  }

  /** Whether something would stand in for the key now. */
  public Fallback.Status status(CachedKey slot) {
    Optional<Supplier<String>> none = entitlement.whyNone(slot);
    if (none.isPresent()) {
      return new Fallback.Status(Optional.empty(), none.get().get());
    }
    Optional<Companion> companion = companion(slot);
    Optional<Companion.Endorsed> ready = companion.flatMap(Companion::ready);
    if (ready.isPresent()) {
      return new Fallback.Status(
          Optional.of(ready.get().word().until()),
          Texts.ENDORSED_BY.with(ready.get().word().version()));
    }
    return new Fallback.Status(
        Optional.empty(),
        companion
            .flatMap(Companion::failure)
            .map(why -> Texts.ENDORSEMENT_FAILED.with(why.getMessage()))
            .orElse(Texts.NOT_ENDORSED.with()));
  }

  @Override
  public Duration step() {
    gate.tell();
    disposal.destroy();
    for (Companion companion : byKey.values()) {
      if (isGone(companion.slot())) {
        dismiss(companion);
      } else {
        dueNow(companion);
      }
    }
    disposal.destroy();
    long now = time.nanoTime();
    if (now - sweptAtNanos >= SWEEP.toNanos()) {
      sweptAtNanos = now;
      disposal.sweep((since, wait) -> certainTime.isOver(keys.resolved(), since, wait));
    }
    return LOOK;
  }

  /** Where companions are, as messages name it. */
  public String place() {
    return companions.keys().resolved().description().authority();
  }

  @Override
  public Optional<Finding> health() {
    return gate.outage();
  }

  /** Whether the backend is known not to answer, and something stands in for keys. */
  public boolean standsIn() {
    return gate.outage().isPresent()
        && !byKey.isEmpty()
        && byKey.values().stream().allMatch(companion -> companion.ready().isPresent());
  }

  @Override
  public String done() {
    return "endorsed";
  }

  /** Says of an outage that its end is not seen here. */
  public void close() {
    gate.closing();
  }

  /** Which keys have companions: those of the backend that was chosen. */
  private record Entitlement(BackendId resolved, CompanionKeys companions) {

    /** Why the key in that slot has none; empty if it has one, or its kind is not known yet. */
    Optional<Supplier<String>> whyNone(CachedKey slot) {
      if (!slot.backend().id().equals(resolved)) {
        return Optional.of(
            () -> Texts.COMPANIONS_OF_OTHER_BACKEND.with(slot.backend().id(), resolved));
      }
      if (slot.adopted()) {
        return Optional.of(() -> Texts.COMPANION_OF_ADOPTED_KEY.with());
      }
      return slot.newest().map(KeyReading::snapshot).flatMap(key -> whyNone(key.algorithm()));
    }

    private Optional<Supplier<String>> whyNone(KeyAlgorithm algorithm) {
      if (!(algorithm instanceof SigningAlgorithm signing)) {
        return Optional.of(() -> Texts.COMPANION_OF_WRAPPING_KEY.with());
      }
      if (isForAddresses(signing)) {
        return Optional.of(() -> Texts.COMPANION_OF_ADDRESS.with(algorithm));
      }
      return companions.offers(signing)
          ? Optional.empty()
          : Optional.of(() -> Texts.COMPANION_ALGORITHM_MISSING.with(algorithm));
    }

    private static boolean isForAddresses(SigningAlgorithm algorithm) {
      return algorithm == SigningAlgorithm.ED25519
          || algorithm.curve().filter("secp256k1"::equals).isPresent();
    }
  }
}
