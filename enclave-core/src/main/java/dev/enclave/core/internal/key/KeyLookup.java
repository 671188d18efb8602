package dev.enclave.core.internal.key;

import dev.enclave.error.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningKey;
import dev.enclave.error.UsageException;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.spi.AuditEvent.Operation;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds keys on behalf of one caller, and records look-ups that were refused. Thread-safe. */
final class KeyLookup {

  private final Engine engine;
  private final String caller;

  KeyLookup(Engine engine, String caller) {
    this.engine = engine;
    this.caller = caller;
  }

  SigningKey signing(KeyName name) {
    return signing(found(name));
  }

  SigningKey signing(KeyHandle handle) {
    return signing(found(handle));
  }

  /** Empty for a key that is not there, which is no refusal; an adopted one has to be there. */
  Optional<SigningKey> find(KeyName name) {
    return usable(
            name,
            finder -> finder.slot(ReservedNames.requireFree(name)),
            Optional.empty(),
            slot -> !slot.adopted())
        .map(this::signing);
  }

  WrappingKey wrapping(KeyName name) {
    return wrapping(found(name));
  }

  WrappingKey wrapping(KeyHandle handle) {
    return wrapping(found(handle));
  }

  ManagedKey managed(KeyName name) {
    return managed(found(name));
  }

  ManagedKey managed(KeyHandle handle) {
    return managed(found(handle));
  }

  private KeyCreator.Found found(KeyName name) {
    return usable(
            name,
            finder -> finder.slot(ReservedNames.requireFree(name)),
            Optional.empty(),
            slot -> false)
        .orElseThrow();
  }

  private KeyCreator.Found found(KeyHandle handle) {
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

  private Optional<KeyCreator.Found> usable(
      KeyName name,
      Function<KeyFinder, KeySlot> place,
      Optional<KeyHandle> expected,
      Predicate<KeySlot> mayBeAbsent) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    KeyFinder finder = new KeyFinder(engine);
    KeySlot slot =
        engine.recordingRefusal(
            engine.local(Operation.REFUSAL, caller, Optional.of(name)),
            trace,
            () -> place.apply(finder));
    return engine.recordingRefusal(
        engine.subject(Operation.REFUSAL, caller, slot),
        trace,
        () -> {
          KeyEntry entry;
          try {
            entry = finder.read(slot, trace, caller);
          } catch (UsageException e) {
            if (e.code() == ErrorCode.KEY_NOT_FOUND && mayBeAbsent.test(slot)) {
              return Optional.empty();
            }
            throw e;
          }
          expected.ifPresent(handle -> KeyFinder.requireFingerprint(entry, handle.fingerprint()));
          return Optional.of(new KeyCreator.Found(slot, entry.requireUsable()));
        });
  }

  SigningKey signing(KeyCreator.Found found) {
    requirePurpose(found, KeyPurpose.SIGN);
    return new EngineSigningKey(engine, found.slot(), found.entry(), caller);
  }

  WrappingKey wrapping(KeyCreator.Found found) {
    requirePurpose(found, KeyPurpose.WRAP);
    return new EngineWrappingKey(engine, found.slot(), found.entry(), caller);
  }

  private void requirePurpose(KeyCreator.Found found, KeyPurpose purpose) {
    KeyAlgorithm algorithm = found.entry().snapshot().algorithm();
    if (algorithm.purpose() != purpose) {
      throw engine
          .audit()
          .refused(
              engine.subject(Operation.REFUSAL, caller, found.slot()),
              engine.newTrace(),
              Signer.wrongPurpose(found.slot().name(), algorithm));
    }
  }

  ManagedKey managed(KeyCreator.Found found) {
    return new EngineManagedKey(engine, found.slot(), found.entry(), caller);
  }
}
