package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.Fallback;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stands in for one key. Thread-safe. */
final class Companion {

  /** After a failure, so that an outage is not met with more requests. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final CachedKey slot;
  private final FallbackTerms terms;
  private final TimeSource time;
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile @Nullable Endorsed endorsed;
  private volatile @Nullable Failure failure;
  private volatile int silentIn = OutageGate.NONE;

  /** One that may sign, since a time by a clock that nobody sets; the slot is its own. */
  record Endorsed(Fallback.Endorsement word, CachedKey slot, long atNanos) {}

  private record Failure(EnclaveException why, long atNanos) {}

  Companion(CachedKey slot, FallbackTerms terms, TimeSource time) {
    this.slot = slot;
    this.terms = terms;
    this.time = time;
  }

  /** The slot of the key. */
  CachedKey slot() {
    return slot;
  }

  Optional<Endorsed> endorsed() {
    return Optional.ofNullable(endorsed);
  }

  /**
   * The one that may sign now, if there is one: by the wall clock, and by the time that has passed,
   * so that a clock that is set back makes no endorsement valid again.
   */
  Optional<Endorsed> ready() {
    return endorsed()
        .filter(its -> since(its.atNanos()).compareTo(terms.validFor()) < 0)
        .filter(its -> FallbackTerms.allows(its.word(), slot, time.now()));
  }

  void endorsed(Endorsed its) {
    endorsed = its;
    failure = null;
  }

  /** No companion signs until the key endorses one anew. */
  void dismissed() {
    endorsed = null;
  }

  void failed(EnclaveException why) {
    failure = new Failure(why, time.nanoTime());
  }

  /** Why it could not be endorsed the last time, if it could not. */
  Optional<EnclaveException> failure() {
    return Optional.ofNullable(failure).map(Failure::why);
  }

  /** Whether it has to be made, or endorsed anew, now. */
  boolean isDue() {
    Failure last = failure;
    boolean paused = last != null && since(last.atNanos()).compareTo(PAUSE) < 0;
    return !paused && ready().filter(its -> !terms.isDue(its.word(), time.now())).isEmpty();
  }

  /** The backend was silent when it was asked to sign with this key. */
  void silent(int outage) {
    silentIn = outage;
  }

  /** Whether it was, in that outage. */
  boolean wasSilent(int outage) {
    return silentIn == outage;
  }

  /** Takes it for the queue; whether it was not there. */
  boolean queue() {
    return queued.compareAndSet(false, true);
  }

  void dequeued() {
    queued.set(false);
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(time.nanoTime() - nanos);
  }

  /**
   * Which keys have companions.
   *
   * @param resolved the backend whose keys have them
   * @param companions the companions
   */
  record Entitlement(BackendId resolved, CompanionKeys companions) {

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
