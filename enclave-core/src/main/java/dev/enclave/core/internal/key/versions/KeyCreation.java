package dev.enclave.core.internal.key.versions;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.key.slot.ReservedNames;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import java.util.Map;
import java.util.Optional;

/** Creates keys, once. Thread-safe. */
public final class KeyCreation {

  private static final String CREATE_KEYS = "create keys";

  private final SharedParts shared;
  private final KeyFinder finder;
  private final boolean own;

  /** For applications. */
  public KeyCreation(SharedParts shared) {
    this(shared, false);
  }

  private KeyCreation(SharedParts shared, boolean own) {
    this.shared = shared;
    this.finder = new KeyFinder(shared);
    this.own = own;
  }

  /** For the keys whose names applications may not use. */
  public static KeyCreation ofOwnKeys(SharedParts shared) {
    return new KeyCreation(shared, true);
  }

  /**
   * A key and where it is.
   *
   * @param slot the slot
   * @param entry the reading
   */
  public record Found(KeySlot slot, KeyEntry entry) {}

  /** Creates a key that must not exist. */
  public Found create(KeySpec<?> spec, String caller) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    KeySlot slot = shared.recordingRefusal(unplaced(spec, caller), trace, () -> newSlot(spec));
    AuditTrail.Subject subject = shared.subject(Operation.CREATE, caller, slot);
    try {
      requireOffered(slot, spec);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      KeyEntry entry;
      try {
        entry = slot.written(requireOwn(created(slot, spec, trace), spec));
        // A look-up that found nothing may have cleared the slot away meanwhile.
        slot.backend().slots().putIfAbsent(spec.name(), slot);
        requireAsAsked(slot, entry, spec);
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.version(entry.requireActive().id());
      record.succeeded(Map.of("algorithm", spec.algorithm().name()));
      return new Found(slot, entry);
    }
  }

  /** A key of which it is not known yet where it is to be. */
  private AuditTrail.Subject unplaced(KeySpec<?> spec, String caller) {
    return shared.local(Operation.CREATE, caller, Optional.of(spec.name()));
  }

  private KeySlot newSlot(KeySpec<?> spec) {
    requireFree(spec);
    if (shared.adoptedKeys().containsKey(spec.name())) {
      throw new UsageException(
          ErrorCode.KEY_ALREADY_EXISTS,
          "Key "
              + spec.name()
              + " is adopted by enclave.keys."
              + spec.name()
              + ". Use it by that name, or create a key of another name.");
    }
    return finder.slot(backendOf(spec), spec.name(), Optional.empty());
  }

  private OpenBackend backendOf(KeySpec<?> spec) {
    return spec.backend().isPresent()
        ? shared.backends().of(spec.backend().get(), shared.within(SharedParts.CHANGE_WITHIN))
        : shared.backends().resolved();
  }

  private void requireOffered(KeySlot slot, KeySpec<?> spec) {
    slot.backend().capability(KeyCreator.class, CREATE_KEYS);
    shared.keyPolicy().requireCreatable(slot.backend().id(), spec.algorithm());
    if (slot.backend().description().support(spec.algorithm()).isEmpty()) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_ALGORITHM,
          "Backend "
              + slot.backend().id()
              + " does not offer "
              + spec.algorithm()
              + ". It offers "
              + slot.backend().description().offered()
              + ".");
    }
  }

  private KeySnapshot created(KeySlot slot, KeySpec<?> spec, CallTrace trace) {
    CreateRequest request =
        CreateRequest.of(
            spec.name(),
            spec.algorithm(),
            spec.rotation().orElseGet(() -> RotationInterval.unlessAsked(spec.algorithm())),
            shared.policy().environment(),
            spec.operationId().orElse(trace.operationId()));
    Plan plan =
        new Plan("create key " + spec.name(), trace, SharedParts.CHANGE_WITHIN, true, false);
    KeyCreator creator = slot.backend().capability(KeyCreator.class, CREATE_KEYS);
    return slot.backend().caller().call(plan, call -> creator.create(request, call));
  }

  /** With an operation id it may be the key of an earlier attempt, which asked for the same. */
  private static KeySnapshot requireOwn(KeySnapshot made, KeySpec<?> spec) {
    if (spec.operationId().isPresent() && made.algorithm() != spec.algorithm()) {
      throw new UsageException(
          ErrorCode.KEY_ALREADY_EXISTS,
          "Key "
              + spec.name()
              + " was made for "
              + made.algorithm()
              + " by operation "
              + spec.operationId().get()
              + ", and "
              + spec.algorithm()
              + " was asked. Use another operation id and another name.");
    }
    return made;
  }

  /** What came back may be less than what was asked: tools have made software keys silently. */
  private void requireAsAsked(KeySlot slot, KeyEntry entry, KeySpec<?> spec) {
    entry.requireUsable();
    KeySnapshot snapshot = entry.snapshot();
    KeyVersion active = entry.requireActive();
    boolean stamped = slot.backend().description().has(BackendTrait.STAMPS);
    boolean right =
        snapshot.algorithm() == spec.algorithm()
            && active.publicKey().isPresent() == spec.algorithm().asymmetric()
            && (!stamped
                || snapshot.stamp().equals(StampReading.of(shared.policy().environment())));
    if (!right) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "Backend "
              + slot.backend().id()
              + " was asked for a key for "
              + spec.algorithm()
              + " stamped "
              + shared.policy().environment()
              + " and made one for "
              + snapshot.algorithm()
              + " stamped "
              + ForeignText.of(snapshot.stamp())
              + ". Report it to its author.");
    }
  }

  /** The key of this name, created if it does not exist. */
  public Found ensure(KeySpec<?> spec, String caller) {
    shared.requireOpen();
    Optional<Found> existing = matching(spec, caller);
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
  private Optional<Found> matching(KeySpec<?> spec, String caller) {
    CallTrace trace = shared.newTrace();
    return shared.recordingRefusal(
        unplaced(spec, caller),
        trace,
        () -> find(spec, trace, caller).map(found -> requireMatch(found, spec)));
  }

  private Optional<Found> find(KeySpec<?> spec, CallTrace trace, String caller) {
    KeySlot slot = slotOf(spec);
    try {
      return Optional.of(new Found(slot, finder.read(slot, trace, caller)));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void requireFree(KeySpec<?> spec) {
    if (!own) {
      ReservedNames.requireFree(spec.name());
    }
  }

  private KeySlot slotOf(KeySpec<?> spec) {
    requireFree(spec);
    return shared.adoptedKeys().containsKey(spec.name())
        ? finder.slot(spec.name())
        : finder.slot(backendOf(spec), spec.name(), Optional.empty());
  }

  private static Found requireMatch(Found found, KeySpec<?> spec) {
    found.entry().requireUsable();
    if (spec.backend().filter(id -> !id.equals(found.slot().backend().id())).isPresent()) {
      throw new UsageException(
          ErrorCode.KEY_SPEC_MISMATCH,
          "Key "
              + spec.name()
              + " is adopted from backend "
              + found.slot().backend().id()
              + " by enclave.keys."
              + spec.name()
              + " and backend "
              + spec.backend().get()
              + " was asked. Use another name there.");
    }
    if (found.entry().snapshot().algorithm() != spec.algorithm()) {
      throw new UsageException(
          ErrorCode.KEY_SPEC_MISMATCH,
          "Key "
              + spec.name()
              + " exists for "
              + found.entry().snapshot().algorithm()
              + " and "
              + spec.algorithm()
              + " was asked. Use another name; an algorithm is fixed for the life of a key.");
    }
    RotationInterval rotation = found.entry().rotation();
    if (spec.rotation().filter(asked -> !asked.equals(rotation)).isPresent()) {
      throw new UsageException(
          ErrorCode.KEY_SPEC_MISMATCH,
          "Key "
              + spec.name()
              + " exists with the rotation interval "
              + rotation
              + " and "
              + spec.rotation().get()
              + " was asked. Leave the interval out of the specification to take the key as it is, or"
              + " change it with ManagedKey.changeRotation or: enclave keys rotation.");
    }
    return found;
  }
}
