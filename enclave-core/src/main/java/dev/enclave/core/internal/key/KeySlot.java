package dev.enclave.core.internal.key;

import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyAdopter;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The place of one key: the newest reading, refreshed when old, read by one thread at a time.
 * Thread-safe.
 *
 * <p>What another process changes is seen when the reading is older than {@link #REMOTE_AGE} (or
 * {@link #LOCAL_AGE}), or when the backend refuses what the reading promised.
 */
final class KeySlot {

  static final Duration REMOTE_AGE = Duration.ofMinutes(1);
  static final Duration LOCAL_AGE = Duration.ofSeconds(2);

  /** How long a stale backend may still show what was before our own write. */
  static final Duration SETTLING = Duration.ofMinutes(2);

  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final OpenBackend backend;
  private final KeyName name;
  private final Optional<String> adoptedUri;
  private final KeyPolicy policy;
  private final TimeSource time;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean adoptionRecorded = new AtomicBoolean();
  private volatile @Nullable KeyEntry newest;
  private volatile @Nullable Long writtenAtNanos;

  KeySlot(
      OpenBackend backend,
      KeyName name,
      Optional<String> adoptedUri,
      KeyPolicy policy,
      TimeSource time) {
    this.backend = backend;
    this.name = name;
    this.adoptedUri = adoptedUri;
    this.policy = policy;
    this.time = time;
  }

  OpenBackend backend() {
    return backend;
  }

  KeyName name() {
    return name;
  }

  boolean adopted() {
    return adoptedUri.isPresent();
  }

  /** Whether this is the first use of an adopted key, which is to be recorded once. */
  boolean firstAdoption() {
    return adopted() && adoptionRecorded.compareAndSet(false, true);
  }

  /** The adoption could not be recorded after all. */
  void adoptionUnrecorded() {
    adoptionRecorded.set(false);
  }

  /** The newest reading if it is young enough, else a new one. */
  KeyEntry current(CallTrace trace, Duration within) {
    KeyEntry seen = newest;
    if (seen != null && age(seen.readAtNanos()).compareTo(maximumAge()) < 0) {
      return seen;
    }
    reading.lock();
    try {
      KeyEntry meanwhile = newest;
      if (meanwhile != null && meanwhile != seen) {
        return meanwhile;
      }
      return read(trace, within);
    } finally {
      reading.unlock();
    }
  }

  /** A new reading. */
  KeyEntry fresh(CallTrace trace, Duration within) {
    reading.lock();
    try {
      return read(trace, within);
    } finally {
      reading.unlock();
    }
  }

  private KeyEntry read(CallTrace trace, Duration within) {
    KeyEntry before = newest;
    if (before != null && settling()) {
      // The backend may show an older state than the answer to our own write did.
      return before;
    }
    Plan plan = new Plan("read key " + name, trace, within, false, settling());
    KeySnapshot snapshot = backend.caller().call(plan, this::load);
    return accept(snapshot);
  }

  private KeySnapshot load(CallContext call) throws BackendFailure {
    return adoptedUri.isPresent()
        ? backend.capability(KeyAdopter.class, "adopt keys").adopt(name, adoptedUri.get(), call)
        : backend.backend().load(name, call);
  }

  /** Takes the answer to our own write as the newest reading. */
  KeyEntry written(KeySnapshot snapshot) {
    KeyEntry entry = accept(snapshot);
    writtenAtNanos = time.nanoTime();
    if (backend.description().has(BackendTrait.EVENTUALLY_CONSISTENT)) {
      awaitVisible(snapshot);
    }
    return entry;
  }

  /** Waits until reads show the write, so that what is handed out can be used. */
  private void awaitVisible(KeySnapshot written) {
    Plan plan =
        new Plan("read back key " + name, new CallTrace("read-back"), VISIBLE_WITHIN, false, true);
    try {
      backend.caller().call(plan, call -> visible(load(call), written));
    } catch (EnclaveException e) {
      // The write itself succeeded; calls that still do not see it are repeated while it settles.
      LOG.log(
          System.Logger.Level.WARNING,
          "Backend {0} does not show the change of key {1} yet: {2}",
          backend.id(),
          name,
          e.getMessage());
    }
  }

  private static KeySnapshot visible(KeySnapshot seen, KeySnapshot written) throws BackendFailure {
    boolean all = written.versions().stream().allMatch(v -> seen.version(v.id()).isPresent());
    boolean sameActive =
        seen.active().map(KeyVersion::id).equals(written.active().map(KeyVersion::id));
    boolean newer = seen.versions().size() > written.versions().size();
    if (!all || !(sameActive || newer)) {
      throw BackendFailure.transientFailure(
          FailureCode.NOT_FOUND, "A read shows the state before the write. Read again.");
    }
    return seen;
  }

  /** Notes that somebody else's write is known to be there, though reads may not show it yet. */
  void expectVisible() {
    writtenAtNanos = time.nanoTime();
  }

  /** Whether NOT_FOUND may only mean that our own write is not visible everywhere yet. */
  boolean settling() {
    Long written = writtenAtNanos;
    return written != null
        && backend.description().has(BackendTrait.EVENTUALLY_CONSISTENT)
        && age(written).compareTo(SETTLING) < 0;
  }

  private KeyEntry accept(KeySnapshot snapshot) {
    if (!snapshot.name().equals(name)) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + backend.id()
              + " was asked for key "
              + name
              + " and answered for "
              + snapshot.name()
              + ". Do not use it until that is understood.");
    }
    KeyEntry entry =
        new KeyEntry(
            snapshot,
            backend.id(),
            backend.description().authority(),
            adopted(),
            objection(snapshot),
            time.nanoTime());
    requireSameIdentity(entry);
    newest = entry;
    return entry;
  }

  private Optional<EnclaveException> objection(KeySnapshot snapshot) {
    try {
      policy.requireUsable(backend.id(), snapshot, adopted());
      return Optional.empty();
    } catch (EnclaveException e) {
      return Optional.of(e);
    }
  }

  private void requireSameIdentity(KeyEntry entry) {
    KeyEntry before = newest;
    if (before != null
        && before.fingerprint().isPresent()
        && entry.fingerprint().isPresent()
        && !before.fingerprint().equals(entry.fingerprint())) {
      throw identityChanged(
          name, before.fingerprint().get().toString(), entry.fingerprint().get().toString());
    }
  }

  static IntegrityException identityChanged(KeyName name, String expected, String found) {
    return new IntegrityException(
        ErrorCode.KEY_IDENTITY_CHANGED,
        "Key "
            + name
            + " had the public key "
            + expected
            + " and now has "
            + found
            + ". Somebody replaced it; do not use it until that is understood.");
  }

  private Duration maximumAge() {
    return backend.remote() ? REMOTE_AGE : LOCAL_AGE;
  }

  private Duration age(long sinceNanos) {
    return Duration.ofNanos(time.nanoTime() - sinceNanos);
  }
}
