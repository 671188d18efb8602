package dev.enclave.core.internal.use;

import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.KeyWrapper;

/** What may be asked of wrapping keys, and of which of their versions. */
public final class WrappingChecks {

  private WrappingChecks() {}

  /** Another replica may have rotated since the newest reading, and sealed with what that made. */
  static KeyReading reading(
      CachedKey slot, KeyVersionId version, CallTrace trace, Deadline deadline) {
    KeyReading entry = slot.current(trace, deadline);
    requireKek(entry, slot);
    if (entry.snapshot().version(version).isPresent()) {
      return entry;
    }
    KeyReading fresh = slot.fresh(trace, deadline);
    requireKek(fresh, slot);
    return fresh;
  }

  public static void requireKek(KeyReading entry, CachedKey slot) {
    entry.requireUsable();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.WRAP) {
      throw SignOperation.wrongPurpose(slot.name(), entry.snapshot().algorithm());
    }
  }

  static void requireConsumable(CachedKey slot, KeyVersion version) {
    if (!version.state().mayConsume()) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Version "
              + version.id()
              + " of key "
              + slot.name()
              + " is "
              + version.state()
              + " and opens nothing. "
              + (version.state() == KeyState.DISABLED
                  ? "Enable the version."
                  : "What it sealed cannot be opened any more; restore the key from a backup."));
    }
  }

  static KeyWrapper wrapper(CachedKey slot) {
    return slot.backend().capability(KeyWrapper.class, "wrap data keys");
  }
}
