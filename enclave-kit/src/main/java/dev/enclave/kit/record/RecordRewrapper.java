package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyRewrapper;

/** Seals the records of a store anew, whose key-encryption key rotates elsewhere. Thread-safe. */
final class RecordRewrapper implements KeyRewrapper {

  private final KeyRecords records;
  private final KeyLifecycle lifecycle;
  private final RecordKek kek;
  private final Guard guard;

  /** What every call of the backend goes through. */
  interface Guard {

    /** Runs a call, if the backend is open. */
    <T> T run(CallContext call, BackendFailure.Step<T> step) throws BackendFailure;

    /** As {@link KeyRewrapper#mayRewrap}. */
    boolean mayWrite(CallContext call) throws BackendFailure;
  }

  /**
   * @param kek one that {@link RecordKek#rotates()}
   */
  RecordRewrapper(KeyRecords records, KeyLifecycle lifecycle, RecordKek kek, Guard guard) {
    this.records = records;
    this.lifecycle = lifecycle;
    this.kek = kek;
    this.guard = guard;
  }

  @Override
  public boolean mayRewrap(CallContext call) throws BackendFailure {
    return guard.run(call, () -> guard.mayWrite(call));
  }

  @Override
  public KeyVersionId kekVersion(CallContext call) throws BackendFailure {
    return guard.run(call, () -> kek.version(call).orElseThrow());
  }

  @Override
  public boolean isCurrent(KeyName name, CallContext call) throws BackendFailure {
    return guard.run(call, () -> kek.isCurrent(records.wrapped(name, call)));
  }

  @Override
  public void rewrap(KeyName name, CallContext call) throws BackendFailure {
    guard.run(
        call,
        () -> {
          lifecycle.rewrap(name, call);
          return true;
        });
  }
}
