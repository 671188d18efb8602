package dev.enclave.core.internal.fallback;

import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiPredicate;

/** Destroys companions that have served. Thread-safe. */
final class Disposal {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final CompanionKeys companions;
  private final Queue<CachedKey> doomed = new ConcurrentLinkedQueue<>();

  Disposal(CompanionKeys companions) {
    this.companions = companions;
  }

  /** Notes the slot of a companion that is to be destroyed. */
  void add(CachedKey companion) {
    doomed.add(companion);
  }

  /** One that cannot be destroyed now is tried again at the next step. */
  void destroy() {
    List<CachedKey> later = new ArrayList<>();
    for (CachedKey next = doomed.poll(); next != null; next = doomed.poll()) {
      try {
        companions.destroy(next);
        LOG.log(System.Logger.Level.INFO, Texts.COMPANION_DESTROYED.with(next.name()));
      } catch (RuntimeException e) {
        EnclaveException why = Unexpected.of(e);
        if (why.code() != ErrorCode.KEY_NOT_FOUND) {
          later.add(next);
          LOG.log(
              System.Logger.Level.WARNING,
              Texts.COMPANION_NOT_DESTROYED.with(next.name(), why.getMessage()));
        }
      }
    }
    doomed.addAll(later);
  }

  /** Destroys companions that nobody uses any more; that some cannot be ends nothing. */
  void sweep(BiPredicate<Instant, Duration> isOver) {
    try {
      CompanionKeys.Swept swept = companions.destroyOld(isOver);
      if (swept.destroyed() > 0) {
        LOG.log(System.Logger.Level.INFO, Texts.COMPANIONS_SWEPT.with(swept.destroyed()));
      }
      if (!swept.left().isEmpty()) {
        LOG.log(
            System.Logger.Level.WARNING, Texts.UNUSED_COMPANIONS_LEFT.with(swept.left().keySet()));
      }
    } catch (EnclaveException e) {
      LOG.log(System.Logger.Level.WARNING, Texts.UNUSED_COMPANIONS_UNKNOWN.with(e.getMessage()));
    }
  }
}
