package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** From names and handles to slots. Thread-safe. */
public final class KeyFinder {

  private static final String OBSERVER = "enclave";

  private final SharedParts shared;

  /** A key and where it is. */
  public record Found(CachedKey slot, KeyReading entry) {}

  public KeyFinder(SharedParts shared) {
    this.shared = shared;
  }

  /** The slot of a name: an adopted key's, or one of the resolved backend. */
  public CachedKey slot(KeyName name) {
    Adoption adoption = shared.adoptedKeys().get(name);
    if (adoption == null) {
      return slot(shared.backends().resolved(), name, Optional.empty());
    }
    Optional<BackendId> named = adoption.namedBackend(shared.providerIds());
    OpenBackend backend = named.isPresent() ? open(named.get()) : shared.backends().resolved();
    return slot(backend, name, Optional.of(adoption.withoutBackend(shared.providerIds())));
  }

  /** The slot of a key that is to be, or is, in a certain backend. */
  public CachedKey slot(OpenBackend backend, KeyName name, Optional<Adoption> adoption) {
    return backend
        .slots()
        .computeIfAbsent(
            name,
            n -> newSlot(backend, n, adoption, version -> recordStranger(backend, n, version)));
  }

  private CachedKey newSlot(
      OpenBackend backend,
      KeyName name,
      Optional<Adoption> adoption,
      Consumer<KeyVersion> foreignVersions) {
    return new CachedKey(
        backend,
        name,
        adoption,
        shared.keyPolicy(),
        shared.time(),
        shared.remoteAge(),
        shared.backgroundReads(),
        shared.lookUps(),
        foreignVersions);
  }

  /**
   * A new reading of a key of the resolved backend. Of a key that nobody uses nothing is kept and
   * nothing recorded, so that thousands can be looked at.
   */
  public KeyReading glance(KeyName name, CallTrace trace) {
    OpenBackend backend = shared.backends().resolved();
    CachedKey kept = backend.slots().get(name);
    CachedKey slot = kept == null ? newSlot(backend, name, Optional.empty(), version -> {}) : kept;
    return slot.fresh(trace, shared.within(SharedParts.SIGN_WITHIN));
  }

  /** The audit log's own key is not recorded in it, nor are companions, which come and go. */
  private void recordStranger(OpenBackend backend, KeyName name, KeyVersion version) {
    if (name.equals(ReservedNames.CHECKPOINT) || ReservedNames.isCompanion(name)) {
      return;
    }
    AuditTrail.Subject subject =
        new AuditTrail.Subject(
            Operation.OBSERVE, OBSERVER, Optional.of(name), Optional.of(backend.id()), false);
    shared
        .audit()
        .begin(subject, shared.newTrace(), version.id(), Map.of())
        .succeeded(Map.of("providerUri", ForeignText.name(version.providerUri())));
  }

  /**
   * The slot and a reading of the key a handle names.
   *
   * @throws ConfigurationException {@link ErrorCode#HANDLE_AUTHORITY_MISMATCH}
   */
  public CachedKey slot(KeyHandle handle) {
    CachedKey byName = adoptedSlot(handle).orElseGet(() -> ownSlot(handle));
    String authority = byName.backend().description().authority();
    if (!authority.equals(handle.authority())) {
      throw Texts.HANDLE_OF_OTHER_AUTHORITY.as(
          ErrorCode.HANDLE_AUTHORITY_MISMATCH,
          handle.name(),
          handle.authority(),
          handle.backend(),
          authority);
    }
    return byName;
  }

  private Optional<CachedKey> adoptedSlot(KeyHandle handle) {
    return shared.adoptedKeys().containsKey(handle.name())
            && backendOf(handle.name()).equals(handle.backend())
        ? Optional.of(slot(handle.name()))
        : Optional.empty();
  }

  /** The backend of a key that is given by its name alone. */
  public BackendId backendOf(KeyName name) {
    return Optional.ofNullable(shared.adoptedKeys().get(name))
        .flatMap(adoption -> adoption.namedBackend(shared.providerIds()))
        .orElseGet(() -> shared.backends().resolvedId());
  }

  private CachedKey ownSlot(KeyHandle handle) {
    return slot(open(handle.backend()), handle.name(), Optional.empty());
  }

  private OpenBackend open(BackendId id) {
    return shared.backends().of(id, shared.within(SharedParts.SIGN_WITHIN));
  }

  /**
   * A reading of the key in a slot; a key that is not there leaves no slot behind, unless created
   * meanwhile.
   */
  public KeyReading read(CachedKey slot, CallTrace trace, String caller) {
    Optional<KeyReading> before = slot.newest();
    try {
      KeyReading entry = slot.current(trace, shared.within(SharedParts.SIGN_WITHIN));
      StampReading stamp = entry.snapshot().stamp();
      slot.adoptedStamp()
          .filter(adopted -> adopted.toRecord(stamp))
          .ifPresent(adopted -> recordAdoption(adopted, slot, entry, trace, caller));
      return entry;
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND) {
        slot.backend()
            .slots()
            .computeIfPresent(
                slot.name(),
                (name, kept) -> kept == slot && slot.newest().equals(before) ? null : kept);
      }
      throw e;
    }
  }

  /** As {@link #read}; none if the key is not there. */
  public Optional<KeyReading> readIfThere(CachedKey slot, CallTrace trace, String caller) {
    try {
      return Optional.of(read(slot, trace, caller));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.KEY_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void recordAdoption(
      CachedKey.AdoptedStamp adopted,
      CachedKey slot,
      KeyReading entry,
      CallTrace trace,
      String caller) {
    AuditTrail.Subject subject =
        new AuditTrail.Subject(
            Operation.ADOPT,
            caller,
            Optional.of(slot.name()),
            Optional.of(slot.backend().id()),
            false);
    try {
      shared
          .audit()
          .begin(subject, trace)
          .succeeded(
              Map.of(
                  "providerUri", ForeignText.name(entry.snapshot().providerUri()),
                  "handle", entry.handle().toString(),
                  "stamp", ForeignText.of(entry.snapshot().stamp()).toString(),
                  "acceptsUnreadableStamp",
                      String.valueOf(adopted.adoption().acceptsUnreadableStamp())));
    } catch (PolicyException e) {
      adopted.unrecorded();
      throw e;
    }
  }

  public static void requireFingerprint(KeyReading entry, Optional<Fingerprint> expected) {
    if (expected.isPresent()
        && entry.fingerprint().isPresent()
        && !expected.equals(entry.fingerprint())) {
      throw Texts.KEY_REPLACED.as(
          ErrorCode.KEY_IDENTITY_CHANGED,
          entry.snapshot().name(),
          expected.get().toString(),
          entry.fingerprint().get().toString());
    }
  }
}
