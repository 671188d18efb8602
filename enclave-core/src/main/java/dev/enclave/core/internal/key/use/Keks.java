package dev.enclave.core.internal.key.use;

import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.KeyWrapper;

/** What may be asked of wrapping keys, and of which of their versions. */
public final class Keks {

  private Keks() {}

  /** Another replica may have rotated since the newest reading, and sealed with what that made. */
  static KeyEntry reading(KeySlot slot, KeyVersionId version, CallTrace trace, Deadline deadline) {
    KeyEntry entry = slot.current(trace, deadline);
    requireKek(entry, slot);
    if (entry.snapshot().version(version).isPresent()) {
      return entry;
    }
    KeyEntry fresh = slot.fresh(trace, deadline);
    requireKek(fresh, slot);
    return fresh;
  }

  public static void requireKek(KeyEntry entry, KeySlot slot) {
    entry.requireUsable();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.WRAP) {
      throw SignOperation.wrongPurpose(slot.name(), entry.snapshot().algorithm());
    }
  }

  static void requireConsumable(KeySlot slot, KeyVersion version) {
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

  static KeyWrapper wrapper(KeySlot slot) {
    return slot.backend().capability(KeyWrapper.class, "wrap data keys");
  }
}
