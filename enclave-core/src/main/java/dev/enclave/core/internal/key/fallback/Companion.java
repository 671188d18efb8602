package dev.enclave.core.internal.key.fallback;

import dev.enclave.Fallback;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What stands in for one key. Thread-safe. */
final class Companion {

  /** After a failure, so that an outage is not met with more requests. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final KeySlot slot;
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile @Nullable Endorsed endorsed;
  private volatile @Nullable EnclaveException failure;
  private volatile Instant notBefore = Instant.MIN;

  /**
   * A companion that may sign.
   *
   * @param word the endorsement
   * @param slot the companion's own
   */
  record Endorsed(Fallback.Endorsement word, KeySlot slot) {}

  Companion(KeySlot slot) {
    this.slot = slot;
  }

  /** The slot of the key. */
  KeySlot slot() {
    return slot;
  }

  Optional<Endorsed> endorsed() {
    return Optional.ofNullable(endorsed);
  }

  /** The one that may sign now, if there is one. */
  Optional<Endorsed> ready(Instant now) {
    return endorsed().filter(its -> FallbackTerms.allows(its.word(), slot, now));
  }

  void endorsed(Endorsed its) {
    endorsed = its;
    failure = null;
  }

  /** There is none any more. */
  void dismissed() {
    endorsed = null;
  }

  void failed(EnclaveException why, Instant now) {
    failure = why;
    notBefore = now.plus(PAUSE);
  }

  /** Why it could not be endorsed the last time, if it could not. */
  Optional<EnclaveException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether it has to be made, or endorsed anew, now. */
  boolean isDue(FallbackTerms terms, Instant now) {
    return !now.isBefore(notBefore)
        && ready(now).filter(its -> !terms.isDue(its.word(), now)).isEmpty();
  }

  /** Takes it for the queue; whether it was not there. */
  boolean queue() {
    return queued.compareAndSet(false, true);
  }

  void dequeued() {
    queued.set(false);
  }
}
