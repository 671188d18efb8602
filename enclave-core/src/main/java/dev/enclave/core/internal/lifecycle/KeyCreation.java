package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Optional;

/** Creates keys, once. Thread-safe. */
public final class KeyCreation {

  private final Operations operations;
  private final KeyDirectory keys;
  private final boolean own;

  /** For applications. */
  public KeyCreation(Operations operations, KeyDirectory keys) {
    this(operations, keys, false);
  }

  private KeyCreation(Operations operations, KeyDirectory keys, boolean own) {
    this.operations = operations;
    this.keys = keys;
    this.own = own;
  }

  /** For the keys whose names applications may not use. */
  public static KeyCreation ofOwnKeys(Operations operations, KeyDirectory keys) {
    return new KeyCreation(operations, keys, true);
  }

  /** Creates a key that must not exist. */
  public KeyDirectory.Found create(KeySpec<?> spec, String caller) {
    return operations.by(caller).named(spec.name()).run(new CreateOperation(spec, own));
  }

  /** The key of this name, created if it does not exist. */
  public KeyDirectory.Found ensure(KeySpec<?> spec, String caller) {
    operations.requireOpen();
    Optional<KeyDirectory.Found> existing = matching(spec, caller);
    if (existing.isPresent()) {
      return existing.get();
    }
    try {
      return create(spec, caller);
    } catch (UsageException e) {
      if (e.code() != ErrorCode.KEY_ALREADY_EXISTS) {
        throw e;
      }
      // Another replica was faster; a read may not show its key yet.
      slotOf(spec).expectVisible();
      return matching(spec, caller).orElseThrow(() -> e);
    }
  }

  /** The key if it exists; one that is not what was asked for is a creation that was refused. */
  private Optional<KeyDirectory.Found> matching(KeySpec<?> spec, String caller) {
    return operations
        .by(caller)
        .named(spec.name())
        .read(
            Operation.LOOK_UP,
            BackendCaller.SIGN_WITHIN,
            run -> {
              run.failsAs(Operation.CREATE);
              return find(spec, run).map(found -> requireMatch(found, spec));
            });
  }

  private Optional<KeyDirectory.Found> find(KeySpec<?> spec, OperationRun run) {
    CachedKey slot = slotOf(spec);
    run.on(slot);
    return keys.readIfThere(slot, run.trace(), run.caller())
        .map(entry -> new KeyDirectory.Found(slot, entry));
  }

  /** Whether the policy and the backend allow a key for messages of this length. */
  static boolean offers(
      SecurityPolicy policy, OpenBackend backend, KeyAlgorithm algorithm, Message longest) {
    return policy.allows(algorithm)
        && backend
            .description()
            .support(algorithm)
            .filter(support -> support.digests() || support.takes(longest))
            .isPresent();
  }

  private CachedKey slotOf(KeySpec<?> spec) {
    if (!own) {
      ReservedNames.requireFree(spec.name());
    }
    return keys.adopted().contains(spec.name())
        ? keys.slot(spec.name())
        : keys.slot(CreateOperation.backendOf(spec, keys), spec.name());
  }

  private static KeyDirectory.Found requireMatch(KeyDirectory.Found found, KeySpec<?> spec) {
    found.entry().requireUsable();
    if (spec.backend().filter(id -> !id.equals(found.slot().backend().id())).isPresent()) {
      throw Texts.ADOPTED_FROM_OTHER_BACKEND.as(
          ErrorCode.KEY_SPEC_MISMATCH,
          spec.name(),
          found.slot().backend().id(),
          spec.backend().get());
    }
    if (found.entry().snapshot().algorithm() != spec.algorithm()) {
      throw Texts.EXISTS_FOR_OTHER_ALGORITHM.as(
          ErrorCode.KEY_SPEC_MISMATCH,
          spec.name(),
          found.entry().snapshot().algorithm(),
          spec.algorithm());
    }
    RotationInterval rotation = found.entry().rotation();
    if (spec.rotation().filter(asked -> !asked.equals(rotation)).isPresent()) {
      throw Texts.EXISTS_WITH_OTHER_INTERVAL.as(
          ErrorCode.KEY_SPEC_MISMATCH, spec.name(), rotation, spec.rotation().get());
    }
    return found;
  }
}
