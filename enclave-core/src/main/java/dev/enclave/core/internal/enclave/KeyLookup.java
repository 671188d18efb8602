package dev.enclave.core.internal.enclave;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds keys on behalf of one caller, and records look-ups that were refused. Thread-safe. */
final class KeyLookup {

  private final SharedParts shared;
  private final String caller;

  KeyLookup(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
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
            finder -> finder.slot(ReservedNames.requireFree(name)),
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

  private KeyFinder.Found found(KeyName name) {
    return usable(
            name,
            finder -> finder.slot(ReservedNames.requireFree(name)),
            Optional.empty(),
            slot -> false)
        .orElseThrow();
  }

  private KeyFinder.Found found(KeyHandle handle) {
    return usable(
            handle.name(),
            finder -> {
              ReservedNames.requireFree(handle.name());
              return finder.slot(handle);
            },
            Optional.of(handle),
            slot -> false)
        .orElseThrow();
  }

  private Optional<KeyFinder.Found> usable(
      KeyName name,
      Function<KeyFinder, CachedKey> place,
      Optional<KeyHandle> expected,
      Predicate<CachedKey> mayBeAbsent) {
    return OperationRun.by(caller, shared)
        .named(name)
        .read(
            Operation.LOOK_UP,
            SharedParts.SIGN_WITHIN,
            run -> {
              KeyFinder finder = new KeyFinder(shared);
              CachedKey slot = place.apply(finder);
              run.on(slot);
              return read(finder, run, expected, mayBeAbsent);
            });
  }

  private Optional<KeyFinder.Found> read(
      KeyFinder finder,
      OperationRun run,
      Optional<KeyHandle> expected,
      Predicate<CachedKey> mayBeAbsent) {
    KeyReading entry;
    try {
      entry = finder.read(run.slot(), run.trace(), run.caller());
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND && mayBeAbsent.test(run.slot())) {
        return Optional.empty();
      }
      throw e;
    } catch (ConnectivityException e) {
      entry = shared.readInOutage(run.slot()).orElseThrow(() -> e);
    }
    KeyReading found = entry;
    expected.ifPresent(handle -> KeyFinder.requireFingerprint(found, handle.fingerprint()));
    return Optional.of(new KeyFinder.Found(run.slot(), found.requireUsable()));
  }

  /** The signing key of a handle that another key led to. */
  EngineSigningKey moved(KeyHandle handle, int hops) {
    KeyFinder.Found found = found(handle);
    if (!(found.entry().snapshot().algorithm() instanceof SigningAlgorithm signing)) {
      throw OperationRun.by(caller, shared)
          .on(found.slot())
          .refuse(
              Operation.LOOK_UP,
              SignOperation.wrongPurpose(
                  found.slot().name(), found.entry().snapshot().algorithm()));
    }
    return new EngineSigningKey(shared, found.slot(), found.entry(), signing, caller, hops);
  }

  /** A key as one of its kind, which it may turn out not to be. */
  <K extends EnclaveKey> K as(Class<K> type, KeyFinder.Found found) {
    KeyAlgorithm algorithm = found.entry().snapshot().algorithm();
    EnclaveKey key =
        algorithm instanceof SigningAlgorithm signing
            ? new EngineSigningKey(shared, found.slot(), found.entry(), signing, caller)
            : new EngineWrappingKey(
                shared, found.slot(), found.entry(), (WrappingAlgorithm) algorithm, caller);
    if (!type.isInstance(key)) {
      throw OperationRun.by(caller, shared)
          .on(found.slot())
          .refuse(
              Operation.LOOK_UP,
              Texts.KEY_OF_OTHER_PURPOSE.as(
                  ErrorCode.WRONG_PURPOSE,
                  found.slot().name(),
                  algorithm,
                  algorithm.purpose(),
                  key instanceof SigningKey ? "signingKeys()" : "wrappingKeys()"));
    }
    return type.cast(key);
  }

  ManagedKey managed(KeyFinder.Found found) {
    return new EngineManagedKey(shared, found.slot(), found.entry(), caller);
  }
}
