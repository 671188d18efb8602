package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Optional;

/** Creates keys, once. Thread-safe. */
public final class KeyCreation {

  private final SharedParts shared;
  private final KeyFinder finder;
  private final boolean own;

  /** For applications. */
  public KeyCreation(SharedParts shared) {
    this(shared, false);
  }

  private KeyCreation(SharedParts shared, boolean own) {
    this.shared = shared;
    this.finder = shared.keys();
    this.own = own;
  }

  /** For the keys whose names applications may not use. */
  public static KeyCreation ofOwnKeys(SharedParts shared) {
    return new KeyCreation(shared, true);
  }

  /** Creates a key that must not exist. */
  public KeyFinder.Found create(KeySpec<?> spec, String caller) {
    return OperationRun.by(caller, shared).named(spec.name()).run(new CreateOperation(spec, own));
  }

  /** The key of this name, created if it does not exist. */
  public KeyFinder.Found ensure(KeySpec<?> spec, String caller) {
    shared.requireOpen();
    Optional<KeyFinder.Found> existing = matching(spec, caller);
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
  private Optional<KeyFinder.Found> matching(KeySpec<?> spec, String caller) {
    return OperationRun.by(caller, shared)
        .named(spec.name())
        .read(
            Operation.LOOK_UP,
            SharedParts.SIGN_WITHIN,
            run -> {
              run.failsAs(Operation.CREATE);
              return find(spec, run).map(found -> requireMatch(found, spec));
            });
  }

  private Optional<KeyFinder.Found> find(KeySpec<?> spec, OperationRun run) {
    CachedKey slot = slotOf(spec);
    run.on(slot);
    return finder
        .readIfThere(slot, run.trace(), run.caller())
        .map(entry -> new KeyFinder.Found(slot, entry));
  }

  /** Whether the policy and the backend allow a key for messages of this length. */
  static boolean offers(
      SharedParts shared, OpenBackend backend, KeyAlgorithm algorithm, Message longest) {
    return shared.policy().allows(algorithm)
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
    return shared.adoptedKeys().containsKey(spec.name())
        ? finder.slot(spec.name())
        : finder.slot(CreateOperation.backendOf(spec, shared), spec.name(), Optional.empty());
  }

  private static KeyFinder.Found requireMatch(KeyFinder.Found found, KeySpec<?> spec) {
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
