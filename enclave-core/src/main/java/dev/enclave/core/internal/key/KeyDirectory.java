package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.Fingerprint;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From names and handles to the keys of one engine, wherever they are. Thread-safe. */
public final class KeyDirectory {

  private static final String OBSERVER = "enclave";

  private final Backends backends;
  private final CachedKey.Readings readings;
  private final Map<KeyName, Adoption> adopted;
  private final Set<BackendId> providers;
  private final AuditTrail log;
  private final CallTrace.Source traces;
  private final ReappearedVersions reappeared = new ReappearedVersions();

  /** A key and where it is. */
  public record Found(CachedKey slot, KeyReading entry) {}

  /**
   * Takes what is configured.
   *
   * @param providers of which backends there are any
   * @param log of adoptions, and of versions that nobody of Enclave's made
   */
  public KeyDirectory(
      Backends backends,
      CachedKey.Readings readings,
      Map<KeyName, Adoption> adopted,
      Set<BackendId> providers,
      AuditTrail log,
      CallTrace.Source traces) {
    this.backends = backends;
    this.readings = readings;
    this.adopted = Map.copyOf(adopted);
    this.providers = Set.copyOf(providers);
    this.log = log;
    this.traces = traces;
  }

  /** The backend that was chosen, once the start has opened it. */
  public OpenBackend resolved() {
    return backends.resolved();
  }

  /** A backend, opened if need be, for a change. */
  public OpenBackend backend(BackendId id) {
    return backend(id, Deadline.in(RetryingCaller.CHANGE_WITHIN, readings.time()));
  }

  public OpenBackend backend(BackendId id, Deadline deadline) {
    return backends.of(id, deadline);
  }

  /** The names of keys that something else made. */
  public Set<KeyName> adopted() {
    return adopted.keySet();
  }

  /** Which versions were destroyed and are there again. */
  public ReappearedVersions reappeared() {
    return reappeared;
  }

  /** The slot of a name: an adopted key's, or one of the resolved backend. */
  public CachedKey slot(KeyName name) {
    Adoption adoption = adopted.get(name);
    if (adoption == null) {
      return slot(resolved(), name);
    }
    Optional<BackendId> named = adoption.namedBackend(providers);
    OpenBackend backend = named.isPresent() ? open(named.get()) : resolved();
    return slot(backend, name, Optional.of(adoption.withoutBackend(providers)));
  }

  /** The slot of a key that is to be, or is, in a certain backend. */
  public CachedKey slot(OpenBackend backend, KeyName name) {
    return slot(backend, name, Optional.empty());
  }

  private CachedKey slot(OpenBackend backend, KeyName name, Optional<Adoption> adoption) {
    return backend
        .slots()
        .computeIfAbsent(
            name,
            n ->
                new CachedKey(
                    backend,
                    n,
                    adoption,
                    readings,
                    version -> recordStranger(backend, n, version)));
  }

  /**
   * A new reading of a key of the resolved backend. Of a key that nobody uses nothing is kept and
   * nothing recorded, so that thousands can be looked at.
   */
  public KeyReading glance(KeyName name) {
    CachedKey kept = resolved().slots().get(name);
    return fresh(
        kept == null
            ? new CachedKey(resolved(), name, Optional.empty(), readings, version -> {})
            : kept);
  }

  /** A new reading, of no operation. */
  public KeyReading fresh(CachedKey slot) {
    return slot.fresh(traces.next(), forUse());
  }

  /** A reading that its age allows, of no operation. */
  public KeyReading current(CachedKey slot) {
    return slot.current(traces.next(), forUse());
  }

  private Deadline forUse() {
    return Deadline.in(RetryingCaller.SIGN_WITHIN, readings.time());
  }

  /** The audit log's own key is not recorded in it, nor are companions, which come and go. */
  private void recordStranger(OpenBackend backend, KeyName name, KeyVersion version) {
    if (name.equals(ReservedNames.CHECKPOINT) || ReservedNames.isCompanion(name)) {
      return;
    }
    AuditTrail.Subject subject =
        new AuditTrail.Subject(
            Operation.OBSERVE, OBSERVER, Optional.of(name), Optional.of(backend.id()), false);
    log.begin(subject, traces.next(), version.id(), Map.of())
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
    return adopted.containsKey(handle.name()) && backendOf(handle.name()).equals(handle.backend())
        ? Optional.of(slot(handle.name()))
        : Optional.empty();
  }

  /** The backend of a key that is given by its name alone. */
  public BackendId backendOf(KeyName name) {
    return Optional.ofNullable(adopted.get(name))
        .flatMap(adoption -> adoption.namedBackend(providers))
        .orElseGet(backends::resolvedId);
  }

  private CachedKey ownSlot(KeyHandle handle) {
    return slot(open(handle.backend()), handle.name());
  }

  private OpenBackend open(BackendId id) {
    return backend(id, forUse());
  }

  /**
   * A reading of the key in a slot; a key that is not there leaves no slot behind, unless created
   * meanwhile.
   */
  public KeyReading read(CachedKey slot, CallTrace trace, String caller) {
    Optional<KeyReading> before = slot.newest();
    try {
      KeyReading entry = slot.current(trace, forUse());
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

  /** As the other, of no operation. */
  public KeyReading read(CachedKey slot, String caller) {
    return read(slot, traces.next(), caller);
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

  /** As the other, of no operation. */
  public Optional<KeyReading> readIfThere(CachedKey slot, String caller) {
    return readIfThere(slot, traces.next(), caller);
  }

  private void recordAdoption(
      CachedKey.AdoptedStamp stamp,
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
      log.begin(subject, trace)
          .succeeded(
              Map.of(
                  "providerUri", ForeignText.name(entry.snapshot().providerUri()),
                  "handle", entry.handle().toString(),
                  "stamp", ForeignText.of(entry.snapshot().stamp()).toString(),
                  "acceptsUnreadableStamp",
                      String.valueOf(stamp.adoption().acceptsUnreadableStamp())));
    } catch (PolicyException e) {
      stamp.unrecorded();
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
