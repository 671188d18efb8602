package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.RewrapReport;
import dev.enclave.admin.Rewrapping;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Attempt;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRewrapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Seals the resolved backend's keys anew under the version of their key-encryption key that wraps
 * now: a few at once, or one by one for whoever does it in the background. Thread-safe.
 */
public record KeyRewrapping(Operations operations, String caller) implements Rewrapping {

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
    List<KeyName> names = names();
    List<Outcome> outcomes =
        names.isEmpty() ? List.of() : BoundedParallel.all(names, name -> outcome(name, kek, all));
    Map<KeyName, EnclaveException> failed = new TreeMap<>();
    outcomes.forEach(
        one ->
            one.failure()
                .filter(e -> e.code() != ErrorCode.KEY_NOT_FOUND)
                .ifPresent(e -> failed.put(one.name(), e)));
    return new RewrapReport(kek, rewrapped(outcomes, true), rewrapped(outcomes, false), failed);
  }

  private static List<KeyName> rewrapped(List<Outcome> outcomes, boolean done) {
    return outcomes.stream()
        .filter(one -> one.failure().isEmpty() && one.rewrapped() == done)
        .map(Outcome::name)
        .toList();
  }

  /** What became of one key; neither a failure nor rewrapped if it is gone. */
  private record Outcome(KeyName name, boolean rewrapped, Optional<EnclaveException> failure) {}

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
        operations.by(caller),
        Operation.LIST,
        "ask whether keys may be written",
        rewrapper -> rewrapper::mayRewrap);
  }

  /** The version that wraps now, read anew. */
  public KeyVersionId kekVersion() {
    return read(
        operations.by(caller),
        Operation.LOOK_UP,
        "read the key-encryption key",
        rewrapper -> rewrapper::kekVersion);
  }

  /** The names of all keys that are stored, Enclave's own among them, which lie there too. */
  public List<KeyName> names() {
    return KeyInventory.stored(operations, caller);
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
    return operations
        .by(caller)
        .inResolved()
        .named(name)
        .run(
            Operation.RESEAL,
            RetryingCaller.CHANGE_WITHIN,
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
        operations.by(caller).named(name),
        Operation.LOOK_UP,
        "see what seals key " + name,
        rewrapper -> call -> rewrapper.isCurrent(name, call));
  }

  private <T> T read(
      OperationRun run, Operation kind, String toDo, Function<KeyRewrapper, Attempt<T>> reading) {
    return run.inResolved()
        .read(
            kind,
            RetryingCaller.CHANGE_WITHIN,
            of -> of.ask(toDo, reading.apply(rewrapper(of.backend()))));
  }
}
