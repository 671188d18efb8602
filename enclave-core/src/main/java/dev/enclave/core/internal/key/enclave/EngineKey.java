package dev.enclave.core.internal.key.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.Engine;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyIdentity;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.spi.AuditEvent.Operation;

/** What all views of a key have in common. Thread-safe. */
abstract class EngineKey implements EnclaveKey {

  private final Engine engine;
  private final KeySlot slot;
  private final KeyEntry first;
  private final String caller;

  EngineKey(Engine engine, KeySlot slot, KeyEntry first, String caller) {
    this.engine = engine;
    this.slot = slot;
    this.first = first;
    this.caller = caller;
  }

  final Engine engine() {
    return engine;
  }

  final KeySlot slot() {
    return slot;
  }

  final String caller() {
    return caller;
  }

  /** The newest reading; if policy or backend refuse it, {@code operation} is recorded so. */
  final KeyEntry current(Operation operation) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    try {
      return slot.current(trace, engine.within(Engine.SIGN_WITHIN)).requireUsable();
    } catch (RuntimeException e) {
      throw engine.audit().refused(engine.subject(operation, caller, slot), trace, e);
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
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    return engine.recordingRefusal(
        engine.subject(Operation.REFUSAL, caller, slot),
        trace,
        () ->
            slot.fresh(trace, engine.within(Engine.SIGN_WITHIN))
                .requireUsable()
                .info(engine.policy()));
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
