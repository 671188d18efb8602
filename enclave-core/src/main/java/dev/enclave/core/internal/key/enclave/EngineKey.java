package dev.enclave.core.internal.key.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyIdentity;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.spi.audit.AuditEvent.Operation;

/** What all views of a key have in common. Thread-safe. */
abstract class EngineKey implements EnclaveKey {

  private final SharedParts shared;
  private final KeySlot slot;
  private final KeyEntry first;
  private final String caller;

  EngineKey(SharedParts shared, KeySlot slot, KeyEntry first, String caller) {
    this.shared = shared;
    this.slot = slot;
    this.first = first;
    this.caller = caller;
  }

  final SharedParts shared() {
    return shared;
  }

  final KeySlot slot() {
    return slot;
  }

  final String caller() {
    return caller;
  }

  /** The newest reading; if policy or backend refuse it, {@code operation} is recorded so. */
  final KeyEntry current(Operation operation) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    try {
      return slot.current(trace, shared.within(SharedParts.SIGN_WITHIN)).requireUsable();
    } catch (RuntimeException e) {
      throw shared.audit().refused(shared.subject(operation, caller, slot), trace, e);
    }
  }

  @Override
  public KeyAlgorithm algorithm() {
    return first.snapshot().algorithm();
  }

  @Override
  public KeyHandle handle() {
    return first.handle();
  }

  /** Whether a handle names this key. */
  final boolean isNamedBy(KeyHandle other) {
    return KeyIdentity.same(handle(), other);
  }

  @Override
  public KeyInfo info() {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    return shared.recordingRefusal(
        shared.subject(Operation.REFUSAL, caller, slot),
        trace,
        () ->
            slot.fresh(trace, shared.within(SharedParts.SIGN_WITHIN))
                .requireUsable()
                .info(shared.policy()));
  }

  @Override
  public KeyVersion activeVersion() {
    return current(Operation.REFUSAL).requireActive();
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + handle() + "]";
  }
}
