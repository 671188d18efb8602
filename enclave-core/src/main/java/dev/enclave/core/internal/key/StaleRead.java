package dev.enclave.core.internal.key;

import dev.enclave.KeyVersion;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import org.jspecify.annotations.Nullable;

/** Whether a read of a key shows the state before our own write. */
final class StaleRead {

  private StaleRead() {}

  /**
   * Whether a read shows less than is known; if not, it shows what others wrote since. Versions
   * only ever go on in their states, unless one is enabled, which equality with what the write
   * replaced finds.
   */
  static boolean of(KeySnapshot seen, KeySnapshot known, @Nullable KeySnapshot replaced) {
    boolean behind =
        known.versions().stream()
            .anyMatch(
                v ->
                    seen.version(v.id())
                        .filter(s -> s.state().compareTo(v.state()) >= 0)
                        .isEmpty());
    return behind
        || (replaced != null
            && replaced.versions().equals(seen.versions())
            && replaced.rotation().equals(seen.rotation()));
  }

  /**
   * What was read, if it shows the write.
   *
   * @throws BackendFailure NOT_FOUND, transient, if it does not
   */
  static KeySnapshot refuse(KeySnapshot seen, KeySnapshot written, @Nullable KeySnapshot replaced)
      throws BackendFailure {
    boolean all = written.versions().stream().allMatch(v -> seen.version(v.id()).isPresent());
    boolean sameActive =
        seen.active().map(KeyVersion::id).equals(written.active().map(KeyVersion::id));
    boolean newer = seen.versions().size() > written.versions().size();
    boolean oldInterval =
        replaced != null
            && seen.rotation().equals(replaced.rotation())
            && !seen.rotation().equals(written.rotation());
    if (!all || !(sameActive || newer) || oldInterval) {
      throw BackendFailure.transientFailure(
          FailureCode.NOT_FOUND, "A read shows the state before the write. Read again.");
    }
    return seen;
  }
}
