package dev.enclave.core.internal.fallback;

import dev.enclave.Fallback;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
}
