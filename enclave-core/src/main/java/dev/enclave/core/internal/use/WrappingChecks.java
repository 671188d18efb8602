package dev.enclave.core.internal.use;

import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.backend.KeyWrapper;

/** What may be asked of wrapping keys, and of which of their versions. */
public final class WrappingChecks {

  private WrappingChecks() {}

  /** Another replica may have rotated since the newest reading, and sealed with what that made. */
  static KeyReading reading(OperationRun run, KeyVersionId version) {
    KeyReading entry = reading(run);
    if (entry.snapshot().version(version).isPresent()) {
      return entry;
    }
    KeyReading fresh = run.fresh();
    requireKek(fresh, run.slot());
    return fresh;
  }

  static KeyReading reading(OperationRun run) {
    KeyReading entry = run.slot().current(run.trace(), run.deadline());
    requireKek(entry, run.slot());
    return entry;
  }

  public static void requireKek(KeyReading entry, CachedKey slot) {
    entry.requireUsable();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.WRAP) {
      throw SignOperation.wrongPurpose(slot.name(), entry.snapshot().algorithm());
    }
  }

  static void requireConsumable(CachedKey slot, KeyVersion version) {
    if (!version.state().mayConsume()) {
      throw (version.state() == KeyState.DISABLED
              ? Texts.DISABLED_OPENS_NOTHING
              : Texts.VERSION_OPENS_NOTHING)
          .as(ErrorCode.KEY_NOT_ACTIVE, version.id(), slot.name(), version.state());
    }
  }

  static KeyWrapper wrapper(CachedKey slot) {
    return slot.backend().capability(KeyWrapper.class, "wrap data keys");
  }
}
