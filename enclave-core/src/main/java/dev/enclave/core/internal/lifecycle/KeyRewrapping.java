package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.RewrapReport;
import dev.enclave.admin.Rewrapping;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRewrapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Seals the resolved backend's keys anew under the version of their key-encryption key that wraps
 * now: a few at once, or one by one for whoever does it in the background. Thread-safe.
 */
public final class KeyRewrapping implements Rewrapping {

  private final SharedParts shared;
  private final String caller;

  public KeyRewrapping(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  private static KeyRewrapper rewrapper(OpenBackend backend) {
    return backend.capability(KeyRewrapper.class, "seal its keys under another backend's key");
  }

  @Override
  public RewrapReport rewrap() {
    return rewrap(false);
  }

  @Override
  public RewrapReport rewrapAll() {
    return rewrap(true);
  }

  private RewrapReport rewrap(boolean all) {
    KeyVersionId kek = kekVersion();
    Report report = new Report(kek, new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
    List<KeyName> names = names();
    if (!names.isEmpty()) {
      BoundedParallel.all(names, name -> outcome(name, kek, all)).forEach(one -> one.addTo(report));
    }
    return report.unmodifiable();
  }

  /** What became of one key; neither a failure nor rewrapped if it is gone. */
  private record Outcome(KeyName name, boolean rewrapped, Optional<EnclaveException> failure) {

    void addTo(Report report) {
      if (failure.isEmpty()) {
        (rewrapped ? report.rewrapped() : report.current()).add(name);
      } else if (failure.get().code() != ErrorCode.KEY_NOT_FOUND) {
        report.failed().put(name, failure.get());
      }
    }
  }

  private record Report(
      KeyVersionId kekVersion,
      List<KeyName> rewrapped,
      List<KeyName> current,
      Map<KeyName, EnclaveException> failed)
      implements RewrapReport {

    Report unmodifiable() {
      return new Report(
          kekVersion,
          List.copyOf(rewrapped),
          List.copyOf(current),
          Collections.unmodifiableMap(failed));
    }
  }

  private Outcome outcome(KeyName name, KeyVersionId kek, boolean all) {
    try {
      return new Outcome(name, rewrap(name, kek, all), Optional.empty());
    } catch (EnclaveException e) {
      return new Outcome(name, false, Optional.of(e));
    }
  }

  /** Whether this process's account may list and write keys. */
  public boolean mayRewrap() {
    return read(
        OperationRun.by(caller, shared),
        Operation.LIST,
        "ask whether keys may be written",
        (rewrapper, call) -> rewrapper.mayRewrap(call));
  }

  /** The version that wraps now, read anew. */
  public KeyVersionId kekVersion() {
    return read(
        OperationRun.by(caller, shared),
        Operation.LOOK_UP,
        "read the key-encryption key",
        (rewrapper, call) -> rewrapper.kekVersion(call));
  }

  /** The names of all keys that are stored, Enclave's own among them, which lie there too. */
  public List<KeyName> names() {
    return KeyInventory.stored(shared, caller);
  }

  /**
   * Seals a key anew, unless that is not needed.
   *
   * @param kek the version that wraps now, for the audit log
   * @param all whether it is needed in any case
   * @return whether it was done
   */
  public boolean rewrap(KeyName name, KeyVersionId kek, boolean all) {
    if (!all && isCurrent(name)) {
      return false;
    }
    return OperationRun.by(caller, shared)
        .in(shared.backends().resolved())
        .named(name)
        .run(
            Operation.RESEAL,
            SharedParts.CHANGE_WITHIN,
            run -> rewrapper(run.backend()),
            (rewrapper, run) -> {
              run.details(Map.of("kekVersion", kek.value()));
              return run.change(
                  "seal key " + name + " anew",
                  call -> {
                    rewrapper.rewrap(name, call);
                    return true;
                  });
            });
  }

  private boolean isCurrent(KeyName name) {
    return read(
        OperationRun.by(caller, shared).named(name),
        Operation.LOOK_UP,
        "see what seals key " + name,
        (rewrapper, call) -> rewrapper.isCurrent(name, call));
  }

  /** A reading of the backend. */
  private interface Reading<T> {
    T by(KeyRewrapper rewrapper, CallContext call) throws BackendFailure;
  }

  private <T> T read(OperationRun run, Operation kind, String what, Reading<T> reading) {
    return run.in(shared.backends().resolved())
        .read(
            kind,
            SharedParts.CHANGE_WITHIN,
            of -> {
              KeyRewrapper rewrapper = rewrapper(of.backend());
              return of.ask(what, call -> reading.by(rewrapper, call));
            });
  }
}
