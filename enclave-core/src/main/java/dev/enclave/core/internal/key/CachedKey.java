package dev.enclave.core.internal.key;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Attempt;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyAdopter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of one key: the newest reading, renewed as it ages, read by one thread at a time.
 * Thread-safe.
 *
 * <p>What another process changes is seen when the reading is renewed, which its {@link ReadingAge}
 * decides, or when the backend refuses what the reading promised.
 */
public final class CachedKey {

  /** How long a stale backend may still show what was before our own write. */
  static final Duration SETTLING = Duration.ofMinutes(2);

  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final OpenBackend backend;
  private final KeyName name;
  private final Optional<AdoptedStamp> adopted;
  private final KeyPolicy policy;
  private final TimeSource time;
  private final Consumer<KeyVersion> foreignVersions;
  private final Set<KeyVersionId> foreignTold = ConcurrentHashMap.newKeySet();
  private final ReadingAge ages;
  private final long aheadNanos;
  private final ReadingAhead ahead;
  private final VersionLookUps unknownVersions;
  private final String toDo;
  private final boolean signsForEnclave;
  private final KeyLock reading;
  private final KeyLock rotating;
  // Numbers readings as they begin and writes as they end, which says what is newer than what.
  private final AtomicLong numbers = new AtomicLong();
  private volatile @Nullable KeyReading newest;
  private volatile long newestNumber;
  private volatile long distrustedUntil;
  private volatile @Nullable KeySnapshot overwritten;
  private volatile @Nullable Long writtenAtNanos;

  /**
   * @param foreignVersions is told once of each that nobody of Enclave's made; again if it throws
   */
  CachedKey(
      OpenBackend backend,
      KeyName name,
      Optional<Adoption> adoption,
      Readings readings,
      Consumer<KeyVersion> foreignVersions) {
    this.backend = backend;
    this.name = name;
    this.adopted = adoption.map(a -> new AdoptedStamp(name, a));
    this.policy = readings.policy();
    this.time = readings.time();
    this.unknownVersions = new VersionLookUps(time, readings.lookUps());
    this.foreignVersions = foreignVersions;
    this.ages = backend.remote() ? readings.remoteAge() : ReadingAge.LOCAL;
    this.aheadNanos = ages.ahead().toNanos();
    this.ahead = new ReadingAhead(time, readings.background(), this::readAhead, this::distrust);
    this.toDo = "sign with key " + name;
    this.signsForEnclave = ReservedNames.isSigner(name);
    this.reading = new KeyLock("reading", name, backend.id());
    this.rotating = new KeyLock("rotating", name, backend.id());
  }

  public OpenBackend backend() {
    return backend;
  }

  public KeyName name() {
    return name;
  }

  /** What signing with the key is called in messages; made once, not for every signature. */
  public String toSign() {
    return toDo;
  }

  /** Whether the key signs what Enclave itself says, and nothing else. */
  public boolean signsForEnclave() {
    return signsForEnclave;
  }

  public boolean adopted() {
    return adopted.isPresent();
  }

  /** What was said of the key's stamp, if the key is adopted. */
  Optional<AdoptedStamp> adoptedStamp() {
    return adopted;
  }

  /** If there is one. */
  public Optional<KeyReading> newest() {
    return Optional.ofNullable(newest);
  }

  /**
   * The newest reading, of any age, which is renewed as it ages: for whoever can wait for none,
   * such as who signs while the audit log is being written.
   */
  public Optional<KeyReading> atHand() {
    KeyReading seen = newest;
    if (seen != null && backend.remote() && time.nanoTime() - seen.readAtNanos() >= aheadNanos) {
      ahead.begin();
    }
    return newest();
  }

  /** The newest reading if its age allows it, else a new one. */
  public KeyReading current(CallTrace trace, Deadline deadline) {
    KeyReading seen = newest;
    if (seen != null && !distrusted() && seen.usableVersion()) {
      if (time.nanoTime() - seen.readAtNanos() < aheadNanos) {
        return seen;
      }
      Optional<KeyReading> aged = aged(seen, deadline);
      if (aged.isPresent()) {
        return aged.get();
      }
    }
    return read(seen, trace, deadline);
  }

  /** As {@link #renewed}, if the newest reading is older than this. */
  public KeyReading young(Duration age, CallTrace trace, Deadline deadline) {
    KeyReading seen = current(trace, deadline);
    return age(seen.readAtNanos()).compareTo(age) < 0 ? seen : renewed(trace, deadline);
  }

  /**
   * A reading that began after this was asked; where a remote backend does not answer in a second,
   * or failed to a moment ago, the newest there is: for what must not hang in an outage.
   */
  public KeyReading renewed(CallTrace trace, Deadline deadline) {
    if (!backend.remote()) {
      return fresh(trace, deadline);
    }
    long asked = numbers.get();
    Deadline patience = Deadline.in(ReadingAhead.PATIENCE, time);
    // One that is under way may have begun before.
    for (int i = 0; i < 2 && newestNumber <= asked; i++) {
      ahead.begin();
      ahead.awaitUntil(patience);
    }
    return current(trace, deadline);
  }

  /** For which versions that it does not have the key may be read. */
  public VersionLookUps unknownVersions() {
    return unknownVersions;
  }

  /** A reading that is to be renewed, or what it was renewed by; none if neither may serve. */
  private Optional<KeyReading> aged(KeyReading seen, Deadline deadline) {
    Duration age = age(seen.readAtNanos());
    if (age.compareTo(ages.maximum()) >= 0) {
      return Optional.empty();
    }
    ahead.begin();
    if (age.compareTo(ages.old()) >= 0) {
      ahead.await(deadline);
    }
    return distrusted() ? Optional.empty() : newest();
  }

  /** Runs beside the key's use, when {@link #ahead} says so. */
  private void readAhead() {
    fresh(new CallTrace("read-ahead"), Deadline.in(RetryingCaller.SIGN_WITHIN, time));
  }

  /** A newer reading than one that was seen, by whichever thread. */
  private KeyReading read(@Nullable KeyReading seen, CallTrace trace, Deadline deadline) {
    long asked = numbers.get();
    reading.take(deadline);
    try {
      KeyReading meanwhile = newest;
      boolean young = meanwhile != seen && !distrusted();
      return meanwhile != null && (young || newestNumber > asked)
          ? meanwhile
          : read(trace, deadline);
    } finally {
      reading.end();
    }
  }

  /** A reading that began after this was asked, by whichever thread. */
  public KeyReading fresh(CallTrace trace, Deadline deadline) {
    long asked = numbers.get();
    reading.take(deadline);
    try {
      KeyReading meanwhile = newest;
      // One reading for all who waited: a reading each would take so long as they are many.
      return meanwhile != null && newestNumber > asked ? meanwhile : read(trace, deadline);
    } finally {
      reading.end();
    }
  }

  /**
   * Runs a rotation, or another change of the whole key, when no other thread of this process is at
   * one: each rotation that began would make a version, and all but one for nothing.
   */
  public <T> T inTurn(Deadline deadline, Supplier<T> rotation) {
    rotating.take(deadline);
    try {
      return rotation.get();
    } finally {
      rotating.end();
    }
  }

  /** Whether a change whose answer was lost makes it doubtful. */
  public boolean distrusted() {
    return newestNumber <= distrustedUntil;
  }

  private KeyReading read(CallTrace trace, Deadline deadline) {
    Attempt<KeySnapshot> load = loading();
    while (true) {
      KeyReading before = newest;
      boolean settling = settling();
      long number = numbers.incrementAndGet();
      long began = time.nanoTime();
      Plan plan =
          new Plan(
              "read key " + name, trace, deadline.remaining(), false, settling && before == null);
      KeySnapshot snapshot;
      try {
        snapshot = backend.caller().call(plan, load);
      } catch (UsageException e) {
        if (before != null && settling && e.code() == ErrorCode.KEY_NOT_FOUND) {
          return before;
        }
        throw e;
      }
      synchronized (numbers) {
        KeyReading meanwhile = newest;
        if (meanwhile == null || number > newestNumber) {
          if (meanwhile != null
              && settling
              && StaleRead.of(snapshot, meanwhile.snapshot(), overwritten)) {
            return meanwhile;
          }
          return accept(snapshot, number, began);
        }
        // What was read may be older than the write that came meanwhile.
        if (!distrusted()) {
          return meanwhile;
        }
      }
    }
  }

  private Attempt<KeySnapshot> loading() {
    if (adopted.isEmpty()) {
      return call -> backend.backend().load(name, call);
    }
    KeyAdopter adopter = backend.capability(KeyAdopter.class, "adopt keys");
    String uri = adopted.get().adoption().uri();
    return call -> adopter.adopt(name, uri, call);
  }

  /**
   * Notes that a change may have been carried out although it failed: nothing is answered from the
   * newest reading any more, the key is read again first.
   */
  public void distrust() {
    synchronized (numbers) {
      distrustedUntil = numbers.get();
    }
  }

  /** Takes the answer to our own write as the newest reading. */
  public KeyReading written(KeySnapshot snapshot) {
    KeyReading entry;
    synchronized (numbers) {
      KeyReading before = newest;
      entry = accept(snapshot, numbers.incrementAndGet(), time.nanoTime());
      boolean nothingChanged =
          before != null
              && before.snapshot().versions().equals(snapshot.versions())
              && before.snapshot().rotation().equals(snapshot.rotation());
      // What a read shows again after a write that changed nothing is not what the write replaced.
      overwritten = before == null || nothingChanged ? null : before.snapshot();
      writtenAtNanos = time.nanoTime();
    }
    if (backend.description().has(BackendTrait.EVENTUALLY_CONSISTENT)) {
      awaitVisible(snapshot);
    }
    return entry;
  }

  /** Waits until reads show the write, so that what is handed out can be used. */
  private void awaitVisible(KeySnapshot written) {
    Plan plan =
        new Plan("read back key " + name, new CallTrace("read-back"), VISIBLE_WITHIN, false, true);
    Attempt<KeySnapshot> load = loading();
    KeySnapshot before = overwritten;
    try {
      backend.caller().call(plan, call -> StaleRead.refuse(load.run(call), written, before));
    } catch (EnclaveException e) {
      // The write itself succeeded; calls that still do not see it are repeated while it settles.
      LOG.log(
          System.Logger.Level.WARNING,
          Texts.CHANGE_NOT_VISIBLE.with(backend.id(), name, e.getMessage()));
    }
  }

  /** Notes that somebody else's write is known to be there, though reads may not show it yet. */
  public void expectVisible() {
    writtenAtNanos = time.nanoTime();
  }

  /** Whether NOT_FOUND may only mean that our own write is not visible everywhere yet. */
  public boolean settling() {
    Long written = writtenAtNanos;
    return written != null
        && backend.description().has(BackendTrait.EVENTUALLY_CONSISTENT)
        && age(written).compareTo(SETTLING) < 0;
  }

  private KeyReading accept(KeySnapshot snapshot, long number, long atNanos) {
    if (!snapshot.name().equals(name)) {
      throw Texts.OTHER_KEY_ANSWERED.as(
          ErrorCode.WRONG_ANSWER, backend.id(), name, snapshot.name());
    }
    KeyReading entry =
        new KeyReading(
            plausible(snapshot),
            backend.id(),
            backend.description().authority(),
            adopted(),
            objection(snapshot),
            atNanos);
    KeyReading before = newest;
    if (before != null) {
      KeyIdentity.requireSame(name, before, entry);
    }
    if (!adopted()) {
      // A key that something else made has no others.
      snapshot.versions().forEach(this::tellIfForeign);
    }
    adopted.ifPresent(stamp -> stamp.note(snapshot.stamp()));
    newest = entry;
    newestNumber = number;
    return entry;
  }

  /**
   * Without activations in the future: somebody's clock was ahead, and by that time the key would
   * not be due for long.
   */
  private KeySnapshot plausible(KeySnapshot snapshot) {
    Instant latest = time.now().plus(VersionLife.CLOCKS_APART);
    Predicate<KeyVersion> ahead = v -> v.activatedAt().filter(at -> at.isAfter(latest)).isPresent();
    return snapshot.versions().stream().noneMatch(ahead)
        ? snapshot
        : snapshot.withVersions(
            snapshot.versions().stream()
                .map(v -> ahead.test(v) ? v.withActivatedAt(Optional.empty()) : v)
                .toList());
  }

  /** Of a version that nobody of Enclave's made it is told once, and again if that throws. */
  private void tellIfForeign(KeyVersion version) {
    if (version.state() == KeyState.PENDING
        && version.origin() == KeyOrigin.UNKNOWN
        && foreignTold.add(version.id())) {
      boolean heard = false;
      try {
        foreignVersions.accept(version);
        heard = true;
      } finally {
        if (!heard) {
          foreignTold.remove(version.id());
        }
      }
    }
  }

  private Optional<EnclaveException> objection(KeySnapshot snapshot) {
    try {
      policy.requireUsable(backend.id(), snapshot, adopted.map(AdoptedStamp::adoption));
      return Optional.empty();
    } catch (EnclaveException e) {
      return Optional.of(e);
    }
  }

  private Duration age(long sinceNanos) {
    return Duration.ofNanos(time.nanoTime() - sinceNanos);
  }

  /**
   * How the keys of one engine are read.
   *
   * @param policy what each reading is held against
   * @param remoteAge counts if the backend is remote
   * @param background in which a reading is renewed beside the key's use
   * @param lookUps for unknown versions, of all keys together
   */
  public record Readings(
      KeyPolicy policy,
      TimeSource time,
      ReadingAge remoteAge,
      BackgroundReads background,
      VersionLookUps.RateLimit lookUps) {

    public Readings(
        KeyPolicy policy, TimeSource time, ReadingAge remoteAge, BackgroundReads background) {
      this(policy, time, remoteAge, background, VersionLookUps.ofAllKeys(time));
    }
  }

  /** Whether a read of a key shows the state before our own write. */
  static final class StaleRead {

    private StaleRead() {}

    /**
     * Whether a read shows less than is known; if not, it shows what others wrote since. Versions
     * only ever go on in their states, unless one is enabled, which equality with what the write
     * replaced finds.
     */
    static boolean of(KeySnapshot seen, KeySnapshot known, @Nullable KeySnapshot replaced) {
      boolean behind =
          known.versions().stream()
              .anyMatch(
                  v ->
                      seen.version(v.id())
                          .filter(s -> s.state().compareTo(v.state()) >= 0)
                          .isEmpty());
      return behind
          || (replaced != null
              && replaced.versions().equals(seen.versions())
              && replaced.rotation().equals(seen.rotation()));
    }

    /**
     * What was read, if it shows the write.
     *
     * @throws BackendFailure NOT_FOUND, transient, if it does not
     */
    static KeySnapshot refuse(KeySnapshot seen, KeySnapshot written, @Nullable KeySnapshot replaced)
        throws BackendFailure {
      boolean all = written.versions().stream().allMatch(v -> seen.version(v.id()).isPresent());
      boolean sameActive =
          seen.active().map(KeyVersion::id).equals(written.active().map(KeyVersion::id));
      boolean newer = seen.versions().size() > written.versions().size();
      boolean oldInterval =
          replaced != null
              && seen.rotation().equals(replaced.rotation())
              && !seen.rotation().equals(written.rotation());
      if (!all || !(sameActive || newer) || oldInterval) {
        throw Texts.READ_BEFORE_WRITE.transientFailure(FailureCode.NOT_FOUND);
      }
      return seen;
    }
  }

  /** What was said of the stamp of one adopted key, which is said again of another. Thread-safe. */
  static final class AdoptedStamp {

    private final KeyName name;
    private final Adoption adoption;
    private final AtomicReference<@Nullable StampReading> recorded = new AtomicReference<>();
    private final AtomicReference<@Nullable StampReading> read = new AtomicReference<>();

    AdoptedStamp(KeyName name, Adoption adoption) {
      this.name = name;
      this.adoption = adoption;
    }

    Adoption adoption() {
      return adoption;
    }

    /**
     * Whether an adoption is to be recorded: at the first reading, and whenever another stamp is
     * read.
     */
    boolean toRecord(StampReading stamp) {
      return !stamp.equals(recorded.getAndSet(stamp));
    }

    /** The adoption could not be recorded after all. */
    void unrecorded() {
      recorded.set(null);
    }

    /** Warns if the stamp ceased to be readable and a setting accepts that. */
    void note(StampReading stamp) {
      boolean another = !stamp.equals(read.getAndSet(stamp));
      if (another
          && adoption.acceptsUnreadableStamp()
          && stamp instanceof StampReading.Unreadable) {
        LOG.log(
            System.Logger.Level.WARNING,
            Texts.STAMP_ACCEPTED.with(
                name, ForeignText.of(stamp), Settings.acceptUnreadableStamp(name)));
      }
    }
  }
}
