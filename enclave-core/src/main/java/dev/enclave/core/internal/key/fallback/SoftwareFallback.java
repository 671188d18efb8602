package dev.enclave.core.internal.key.fallback;

import dev.enclave.Fallback;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.key.fallback.OutageGate.Way;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.rotation.BackgroundWork;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.slot.SigningFallback;
import dev.enclave.core.internal.key.use.SignOperation;
import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Signs by companions in software while the resolved backend does not answer. Each key that is used
 * gets a companion, which it endorses while its backend answers; companions are made one after the
 * other. Thread-safe.
 */
public final class SoftwareFallback implements SigningFallback, BackgroundWork {

  /** What a call leaves to a companion at least. */
  private static final Duration COMPANIONS_SHARE = Duration.ofSeconds(1);

  /** How long a backend has, so that its silence counts as an outage. */
  private static final Duration LEAST_SHARE = Duration.ofSeconds(1);

  /** How often endorsements are looked at that nobody uses. */
  private static final Duration LOOK = Duration.ofMinutes(10);

  private static final Duration SWEEP = Duration.ofDays(1);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final SharedParts keys;
  private final CompanionKeys companions;
  private final FallbackTerms terms;
  private final Endorsing endorsing;
  private final OutageGate gate;
  private final Map<KeyName, Companion> byKey = new ConcurrentHashMap<>();
  private final Queue<Companion> due = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean working = new AtomicBoolean();
  private volatile Instant sweptAt;

  /**
   * Begins.
   *
   * @param keys the engine of the keys
   * @param companions the companions, which are closed with this
   * @param terms what they are endorsed for
   */
  public SoftwareFallback(SharedParts keys, CompanionKeys companions, FallbackTerms terms) {
    this.keys = keys;
    this.companions = companions;
    this.terms = terms;
    this.endorsing = new Endorsing(keys, companions, terms);
    this.gate = new OutageGate(keys.time(), keys.backends().resolvedId().value());
    this.sweptAt = keys.time().now();
  }

  @Override
  public void expect(KeySlot slot) {
    if (whyNone(slot).isEmpty()) {
      dueNow(
          byKey.compute(
              slot.name(),
              (name, known) ->
                  known == null || known.slot() != slot ? new Companion(slot) : known));
    }
  }

  /** What stands in for the key in that slot: one of its name may be another key by now. */
  private Optional<Companion> companion(KeySlot slot) {
    return Optional.ofNullable(byKey.get(slot.name())).filter(known -> known.slot() == slot);
  }

  private void dueNow(Companion companion) {
    if (companion.isDue(terms, keys.time().now()) && companion.queue()) {
      due.add(companion);
      work();
    }
  }

  /** One at a time, so that a start with thousands of keys is no storm. */
  private void work() {
    if (working.compareAndSet(false, true)) {
      try {
        keys.asyncExecutor().execute(this::workThrough);
      } catch (RejectedExecutionException closing) {
        working.set(false);
      }
    }
  }

  private void workThrough() {
    try {
      for (Companion next = due.poll(); next != null; next = due.poll()) {
        next.dequeued();
        endorse(next);
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
      Optional<Companion.Endorsed> before = companion.endorsed();
      companion.endorsed(fresh);
      if (before.isPresent() && !before.get().word().version().equals(fresh.word().version())) {
        companions.destroy(before.get().slot());
      }
    } catch (RuntimeException e) {
      noted(companion, Unexpected.of(e));
    }
  }

  private void noted(Companion companion, EnclaveException e) {
    companion.failed(e, keys.time().now());
    if (isGone(companion.slot())) {
      dismiss(companion);
    } else if (e.category() != ErrorCategory.CONNECTIVITY && e.code() != ErrorCode.CLOSED) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Key {0} has no companion that it endorsed anew, and none signs in its place once an"
              + " earlier endorsement has ended: {1}",
          companion.slot().name(),
          e.getMessage());
    }
  }

  /** Whether the key cannot sign any more, whatever its backend does. */
  private static boolean isGone(KeySlot slot) {
    return slot.newest()
        .filter(
            entry ->
                entry.snapshot().versions().stream()
                    .allMatch(version -> version.state() == KeyState.DESTROYED))
        .isPresent();
  }

  /** One that cannot be destroyed now stays known, so that the next step tries again. */
  private void dismiss(Companion companion) {
    Optional<Companion.Endorsed> its = companion.endorsed();
    try {
      if (its.isPresent()) {
        companions.destroy(its.get().slot());
        LOG.log(
            System.Logger.Level.INFO,
            "Key {0} is destroyed, and so is its companion",
            companion.slot().name());
      }
      companion.dismissed();
      byKey.remove(companion.slot().name(), companion);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Key {0} is destroyed, and its companion is not yet: {1}",
          companion.slot().name(),
          Unexpected.of(e).getMessage());
    }
  }

  @Override
  public SignatureValue sign(KeySlot slot, SigningInput input, SignOptions options, String caller) {
    Optional<Companion> companion = companion(slot);
    Optional<Companion.Endorsed> ready = companion.flatMap(its -> its.ready(keys.time().now()));
    SignatureValue signature =
        ready.isPresent()
            ? signedSomehow(ready.get(), slot, input, options, caller)
            : OperationRun.by(caller, keys).on(slot).run(new SignOperation(input, options));
    if (companion.isEmpty()) {
      expect(slot);
    } else if (signature.byFallback().isEmpty()) {
      dueNow(companion.get());
    }
    return signature;
  }

  private SignatureValue signedSomehow(
      Companion.Endorsed ready,
      KeySlot slot,
      SigningInput input,
      SignOptions options,
      String caller) {
    Duration within = new SignOperation(input, options).within();
    Deadline deadline = keys.within(within);
    Way way = gate.enter();
    if (way == Way.HELD) {
      return byCompanion(ready, input, options, caller, deadline);
    }
    Duration share = share(within);
    try {
      SignatureValue signature =
          OperationRun.by(caller, keys)
              .on(slot)
              .run(new SignOperation(input, options.deadline(share)));
      gate.answered(way);
      return signature;
    } catch (EnclaveException e) {
      if (!isOutage(e, share)) {
        settle(way, e);
        throw e;
      }
      gate.unanswered(way);
      return inPlaceOf(ready, input, options, caller, deadline, e);
    } catch (RuntimeException | Error e) {
      gate.undecided(way);
      throw e;
    }
  }

  /** The backend has all the time but what a companion needs, and half of it at least. */
  private static Duration share(Duration within) {
    Duration most = within.minus(COMPANIONS_SHARE);
    Duration half = within.dividedBy(2);
    return most.compareTo(half) > 0 ? most : half;
  }

  private void settle(Way way, EnclaveException e) {
    if (e.code() == ErrorCode.INTERRUPTED || e.code() == ErrorCode.DEADLINE_EXCEEDED) {
      gate.undecided(way);
    } else {
      gate.answered(way);
    }
  }

  /** A refusal and a request to slow down are answers; so is silence for less than a second. */
  private static boolean isOutage(EnclaveException e, Duration share) {
    return switch (e.code()) {
      case BACKEND_UNAVAILABLE, BREAKER_OPEN -> true;
      case DEADLINE_EXCEEDED -> share.compareTo(LEAST_SHARE) >= 0;
      default -> false;
    };
  }

  private SignatureValue inPlaceOf(
      Companion.Endorsed endorsed,
      SigningInput input,
      SignOptions options,
      String caller,
      Deadline deadline,
      EnclaveException outage) {
    try {
      return byCompanion(endorsed, input, options, caller, deadline);
    } catch (EnclaveException e) {
      outage.addSuppressed(e);
      throw outage;
    }
  }

  private SignatureValue byCompanion(
      Companion.Endorsed endorsed,
      SigningInput input,
      SignOptions options,
      String caller,
      Deadline deadline) {
    Duration left = deadline.remaining();
    Duration within = left.compareTo(COMPANIONS_SHARE) > 0 ? left : COMPANIONS_SHARE;
    SignatureValue signature =
        OperationRun.by(caller, companions.shared())
            .on(endorsed.slot())
            .run(
                new RecordedSignature(
                    new SignOperation(
                        Optional.of(endorsed.word().companionVersion()),
                        input,
                        options.deadline(within)),
                    Map.of(
                        "fallbackFor", endorsed.word().key().toString(),
                        "fallbackForVersion", endorsed.word().version().value(),
                        "endorsedUntil", endorsed.word().until().toString())));
    gate.signed();
    return signature.byFallback(endorsed.word());
  }

  @Override
  public Fallback.Status status(KeySlot slot) {
    Optional<String> none = whyNone(slot);
    if (none.isPresent()) {
      return new Fallback.Status(Optional.empty(), none.get());
    }
    Optional<Companion> companion = companion(slot);
    Optional<Companion.Endorsed> ready = companion.flatMap(its -> its.ready(keys.time().now()));
    if (ready.isPresent()) {
      return new Fallback.Status(
          Optional.of(ready.get().word().until()),
          "Version " + ready.get().word().version() + " endorsed the companion.");
    }
    return new Fallback.Status(
        Optional.empty(),
        companion
            .flatMap(Companion::failure)
            .map(why -> "The companion could not be endorsed: " + why.getMessage())
            .orElse(
                "No companion is endorsed for the version that is active. It will be soon, if the"
                    + " backend answers."));
  }

  private Optional<String> whyNone(KeySlot slot) {
    if (!slot.backend().id().equals(keys.backends().resolvedId())) {
      return Optional.of(
          "The key lies in backend "
              + slot.backend().id()
              + ", and companions are for keys of backend "
              + keys.backends().resolvedId()
              + ". Open an Enclave for that backend.");
    }
    if (slot.adopted()) {
      return Optional.of(
          "The key is adopted: it is managed elsewhere, and endorses nothing. Create a key of"
              + " Enclave's.");
    }
    return slot.newest().map(KeyEntry::snapshot).flatMap(key -> whyNone(key.algorithm()));
  }

  private Optional<String> whyNone(KeyAlgorithm algorithm) {
    if (!(algorithm instanceof SigningAlgorithm signing)) {
      return Optional.of(
          "The key wraps, and no companion opens what it sealed. Unsealing waits for the backend.");
    }
    if (isForAddresses(signing)) {
      return Optional.of(
          "Public keys for "
              + algorithm
              + " commonly are addresses, and a companion has another. Use an algorithm on a NIST"
              + " curve, or RSA, where signatures by fallback are wanted.");
    }
    return companions.offers(signing)
        ? Optional.empty()
        : Optional.of("The software backend has no keys for " + algorithm + ".");
  }

  private static boolean isForAddresses(SigningAlgorithm algorithm) {
    return algorithm == SigningAlgorithm.ED25519
        || algorithm.curve().filter("secp256k1"::equals).isPresent();
  }

  @Override
  public Duration step() {
    gate.tell();
    for (Companion companion : byKey.values()) {
      if (isGone(companion.slot())) {
        dismiss(companion);
      } else {
        dueNow(companion);
      }
    }
    Instant now = keys.time().now();
    if (now.isAfter(sweptAt.plus(SWEEP))) {
      sweptAt = now;
      sweep();
    }
    return LOOK;
  }

  /** Destroys companions that nobody uses any more. */
  public void sweep() {
    int destroyed = companions.destroyOld();
    if (destroyed > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "Destroyed {0} companions that no deployment uses any more",
          destroyed);
    }
  }

  @Override
  public Optional<Finding> health() {
    return gate.outage()
        .map(
            observed ->
                Finding.of(
                    Severity.WARNING,
                    ErrorCode.FALLBACK_IN_USE,
                    observed,
                    "restore the backend; signatures by fallback are in the audit log under"
                        + " fallbackFor"));
  }

  @Override
  public boolean standsIn() {
    Instant now = keys.time().now();
    return gate.outage().isPresent()
        && byKey.values().stream().anyMatch(companion -> companion.ready(now).isPresent());
  }

  @Override
  public String done() {
    return "endorsed";
  }

  @Override
  public void close() {
    companions.shared().close();
  }
}
