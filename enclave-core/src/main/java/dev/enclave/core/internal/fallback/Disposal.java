package dev.enclave.core.internal.fallback;

import dev.enclave.core.internal.key.CachedKey;
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
        LOG.log(
            System.Logger.Level.INFO, "Companion {0}, which has served, is destroyed", next.name());
      } catch (RuntimeException e) {
        EnclaveException why = Unexpected.of(e);
        if (why.code() != ErrorCode.KEY_NOT_FOUND) {
          later.add(next);
          LOG.log(
              System.Logger.Level.WARNING,
              "Companion {0}, which has served, is not destroyed yet: {1}",
              next.name(),
              why.getMessage());
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
        LOG.log(
            System.Logger.Level.INFO,
            "Destroyed {0} companions that no deployment uses any more",
            Integer.toString(swept.destroyed()));
      }
      if (!swept.left().isEmpty()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "Companions that cannot be read or destroyed: {0}",
            swept.left().keySet());
      }
    } catch (EnclaveException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Whether there are companions that nobody uses is not known: {0}",
          e.getMessage());
    }
  }
}
