package dev.enclave.core.internal.key;

import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningKey;
import dev.enclave.UsageException;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.spi.AuditEvent.Operation;
import java.util.Optional;
import java.util.function.Function;

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

  Optional<SigningKey> find(KeyName name) {
    try {
      return Optional.of(signing(name));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
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
    return usable(name, finder -> finder.slot(ReservedNames.requireFree(name)), Optional.empty());
  }

  private KeyCreator.Found found(KeyHandle handle) {
    return usable(
        handle.name(),
        finder -> {
          ReservedNames.requireFree(handle.name());
          return finder.slot(handle);
        },
        Optional.of(handle));
  }

  private KeyCreator.Found usable(
      KeyName name, Function<KeyFinder, KeySlot> place, Optional<KeyHandle> expected) {
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
          KeyEntry entry = finder.read(slot, trace, caller);
          expected.ifPresent(handle -> KeyFinder.requireFingerprint(entry, handle.fingerprint()));
          return new KeyCreator.Found(slot, entry.requireUsable());
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
