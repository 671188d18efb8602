package dev.enclave.core.internal.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyIdentity;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.error.ConnectivityException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.function.BiFunction;

/** What all views of a key have in common. Thread-safe. */
abstract class EngineKey implements EnclaveKey {

  private final KeyLookup lookup;
  private final Operations operations;
  private final String caller;
  private final CachedKey slot;
  private final KeyReading first;

  EngineKey(KeyLookup lookup, KeyDirectory.Found found) {
    this.lookup = lookup;
    this.operations = lookup.operations();
    this.caller = lookup.caller();
    this.slot = found.slot();
    this.first = found.entry();
  }

  /** By which it was found. */
  final KeyLookup lookup() {
    return lookup;
  }

  final CachedKey slot() {
    return slot;
  }

  final String caller() {
    return caller;
  }

  /** From the newest reading; if policy or backend refuse it, {@code operation} is recorded so. */
  final <R> R read(Operation operation, BiFunction<KeyReading, OperationRun, R> reading) {
    return operation(caller)
        .read(
            operation,
            RetryingCaller.SIGN_WITHIN,
            run -> reading.apply(current(run).requireUsable(), run));
  }

  /** While companions sign for the key, what was read last serves those who ask for its keys. */
  private KeyReading current(OperationRun run) {
    try {
      return slot.current(run.trace(), run.deadline());
    } catch (ConnectivityException e) {
      return lookup.readInOutage(slot).orElseThrow(() -> e);
    }
  }

  /** An operation on this key. */
  final OperationRun operation(String by) {
    return operations.by(by).on(slot);
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
    return operation(caller)
        .read(
            Operation.LOOK_UP,
            RetryingCaller.SIGN_WITHIN,
            run ->
                slot.fresh(run.trace(), run.deadline())
                    .requireUsable()
                    .info(lookup.rules().life()));
  }

  @Override
  public KeyVersion activeVersion() {
    return read(Operation.LOOK_UP, (entry, run) -> entry.requireActive());
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + handle() + "]";
  }
}
