package dev.enclave.core.internal.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.deferral.EngineDeferredOperations;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Finds keys on behalf of one caller, and records look-ups that were refused. Thread-safe.
 *
 * @param fallback what signs while the backend does not answer, if anything does
 * @param deferred what keeps operations for later, if anything does
 */
record KeyLookup(
    Operations operations,
    KeyDirectory keys,
    KeyRules rules,
    Optional<SoftwareFallback> fallback,
    Optional<EngineDeferredOperations> deferred,
    String caller) {

  KeyLookup by(String other) {
    return new KeyLookup(operations, keys, rules, fallback, deferred, other);
  }

  StatementKey statementKey(OpenBackend backend) {
    return new StatementKey(operations, keys, rules.policy(), backend);
  }

  /** What keeps the operations of somebody for later. */
  EngineDeferredOperations deferred(String by) {
    return deferred
        .map(kept -> kept.by(by))
        .orElseThrow(() -> Texts.NO_PLACE_TO_DEFER.as(ErrorCode.UNSUPPORTED_OPERATION));
  }

  <K extends EnclaveKey> K key(KeyName name, Class<K> type) {
    return as(type, found(name));
  }

  <K extends EnclaveKey> K key(KeyHandle handle, Class<K> type) {
    return as(type, found(handle));
  }

  /** Empty for a key that is not there, which is no refusal; an adopted one has to be there. */
  <K extends EnclaveKey> Optional<K> find(KeyName name, Class<K> type) {
    return usable(
            name,
            () -> keys.slot(ReservedNames.requireFree(name)),
            Optional.empty(),
            slot -> !slot.adopted())
        .map(found -> as(type, found));
  }

  ManagedKey managed(KeyName name) {
    return managed(found(name));
  }

  ManagedKey managed(KeyHandle handle) {
    return managed(found(handle));
  }

  private KeyDirectory.Found found(KeyName name) {
    return usable(
            name, () -> keys.slot(ReservedNames.requireFree(name)), Optional.empty(), slot -> false)
        .orElseThrow();
  }

  private KeyDirectory.Found found(KeyHandle handle) {
    return usable(
            handle.name(),
            () -> {
              ReservedNames.requireFree(handle.name());
              return keys.slot(handle);
            },
            Optional.of(handle),
            slot -> false)
        .orElseThrow();
  }

  private Optional<KeyDirectory.Found> usable(
      KeyName name,
      Supplier<CachedKey> place,
      Optional<KeyHandle> expected,
      Predicate<CachedKey> mayBeAbsent) {
    return operations
        .by(caller)
        .named(name)
        .read(
            Operation.LOOK_UP,
            RetryingCaller.SIGN_WITHIN,
            run -> {
              run.on(place.get());
              return read(run, expected, mayBeAbsent);
            });
  }

  private Optional<KeyDirectory.Found> read(
      OperationRun run, Optional<KeyHandle> expected, Predicate<CachedKey> mayBeAbsent) {
    KeyReading entry;
    try {
      entry = keys.read(run.slot(), run.trace(), run.caller());
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND && mayBeAbsent.test(run.slot())) {
        return Optional.empty();
      }
      throw e;
    } catch (ConnectivityException e) {
      entry = readInOutage(run.slot()).orElseThrow(() -> e);
    }
    KeyReading found = entry;
    expected.ifPresent(handle -> KeyDirectory.requireFingerprint(found, handle.fingerprint()));
    return Optional.of(new KeyDirectory.Found(run.slot(), found.requireUsable()));
  }

  /** The last reading of a key that something stands in for, while its backend cannot be read. */
  Optional<KeyReading> readInOutage(CachedKey slot) {
    return fallback.filter(standing -> standing.status(slot).ready()).flatMap(s -> slot.newest());
  }

  /** The signing key of a handle that another key led to. */
  EngineSigningKey moved(KeyHandle handle, int hops) {
    KeyDirectory.Found found = found(handle);
    if (!(found.entry().snapshot().algorithm() instanceof SigningAlgorithm signing)) {
      throw operations
          .by(caller)
          .on(found.slot())
          .refuse(
              Operation.LOOK_UP,
              SignOperation.wrongPurpose(
                  found.slot().name(), found.entry().snapshot().algorithm()));
    }
    return new EngineSigningKey(this, found, signing, hops);
  }

  /** A key as one of its kind, which it may turn out not to be. */
  <K extends EnclaveKey> K as(Class<K> type, KeyDirectory.Found found) {
    KeyAlgorithm algorithm = found.entry().snapshot().algorithm();
    EnclaveKey key =
        algorithm instanceof SigningAlgorithm signing
            ? new EngineSigningKey(this, found, signing, 0)
            : new EngineWrappingKey(this, found, (WrappingAlgorithm) algorithm);
    if (!type.isInstance(key)) {
      throw operations
          .by(caller)
          .on(found.slot())
          .refuse(Operation.LOOK_UP, SignOperation.wrongPurpose(found.slot().name(), algorithm));
    }
    return type.cast(key);
  }

  ManagedKey managed(KeyDirectory.Found found) {
    return new EngineManagedKey(this, found);
  }
}
