package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.observation.CallObserver;
import dev.enclave.spi.observation.ObservedCall;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all views and keys of one opened Enclave share. Thread-safe. */
public final class SharedParts {

  public static final Duration SIGN_WITHIN = Duration.ofSeconds(5);
  public static final Duration CHANGE_WITHIN = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final Backends backends;
  private final KeyPolicy keyPolicy;
  private final VersionLife life;
  private final Resolution resolution;
  private final Map<KeyName, Adoption> adoptedKeys;
  private final AuditTrail audit;
  private final TimeSource time;
  private final CertainTime certainTime;
  private final ReappearedVersions putBack = new ReappearedVersions();
  private final VersionLookUps.RateLimit lookUps;
  private final SecureRandom random;
  private final ReadingAge remoteAge;
  private final List<CallObserver> observers;
  private final AtomicBoolean complained = new AtomicBoolean();
  private final Set<BackendId> providerIds;
  private final AsyncExecutor asyncExecutor = new AsyncExecutor();
  private final BackgroundReads backgroundReads =
      new BackgroundReads(task -> asyncExecutor.get().execute(task));
  private final String idPrefix;
  private final AtomicLong operations = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final KeyFinder keys = new KeyFinder(this);
  private volatile MigrationTerms migration = MigrationTerms.NONE;
  private volatile LentKeys lent = LentKeys.none();
  private volatile @Nullable DeferralQueue queue;
  private volatile @Nullable SigningFallback fallback;

  /**
   * Joins the parts of one start.
   *
   * @param life how long versions are in which state
   * @param remoteAge for readings of keys in remote backends
   * @param observers told of operations
   */
  public SharedParts(
      Backends backends,
      KeyPolicy keyPolicy,
      VersionLife life,
      Resolution resolution,
      Map<KeyName, Adoption> adoptedKeys,
      Set<BackendId> providerIds,
      AuditTrail audit,
      TimeSource time,
      SecureRandom random,
      ReadingAge remoteAge,
      List<CallObserver> observers) {
    this.backends = backends;
    this.keyPolicy = keyPolicy;
    this.life = life;
    this.resolution = resolution;
    this.adoptedKeys = Map.copyOf(adoptedKeys);
    this.providerIds = Set.copyOf(providerIds);
    this.audit = audit;
    this.time = time;
    this.lookUps = VersionLookUps.ofAllKeys(time);
    this.certainTime = new CertainTime(time, audit);
    this.random = random;
    this.remoteAge = remoteAge;
    this.observers = List.copyOf(observers);
    byte[] prefix = new byte[12];
    random.nextBytes(prefix);
    this.idPrefix = HexFormat.of().formatHex(prefix);
  }

  /** From names and handles to keys. */
  public KeyFinder keys() {
    return keys;
  }

  public Backends backends() {
    return backends;
  }

  public SecurityPolicy policy() {
    return keyPolicy.policy();
  }

  public KeyPolicy keyPolicy() {
    return keyPolicy;
  }

  /** How long versions are in which state. */
  public VersionLife life() {
    return life;
  }

  /** Takes what a migration of a key needs. */
  public void keep(MigrationTerms configured) {
    migration = configured;
  }

  /** What a migration of a key needs. */
  public MigrationTerms migration() {
    return migration;
  }

  /** Takes which keys are lent. */
  public void keep(LentKeys configured) {
    lent = configured;
  }

  /** Which keys are lent, and so not for callers. */
  public LentKeys lent() {
    return lent;
  }

  public Resolution resolution() {
    return resolution;
  }

  public Map<KeyName, Adoption> adoptedKeys() {
    return adoptedKeys;
  }

  Set<BackendId> providerIds() {
    return providerIds;
  }

  public Executor asyncExecutor() {
    return asyncExecutor.get();
  }

  ReadingAge remoteAge() {
    return remoteAge;
  }

  /** In which keys are read beside their use. */
  BackgroundReads backgroundReads() {
    return backgroundReads;
  }

  /** How often all keys together are read for versions that nobody knows. */
  VersionLookUps.RateLimit lookUps() {
    return lookUps;
  }

  /** Takes what keeps deferred operations. */
  public void keep(DeferralQueue opened) {
    queue = opened;
  }

  /** What keeps deferred operations, if anything does. */
  public Optional<DeferralQueue> queue() {
    return Optional.ofNullable(queue);
  }

  /** Takes what signs while the backend does not answer. */
  public void keep(SigningFallback opened) {
    fallback = opened;
  }

  /** What signs while the backend does not answer, if anything does. */
  public Optional<SigningFallback> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** The last reading of a key that something stands in for, while its backend cannot be read. */
  public Optional<KeyReading> readInOutage(CachedKey slot) {
    return fallback().filter(standing -> standing.status(slot).ready()).flatMap(s -> slot.newest());
  }

  public AuditTrail audit() {
    return audit;
  }

  /** Tells those who observe, whatever they do with it. */
  public void ended(ObservedCall call) {
    for (CallObserver observer : observers) {
      try {
        observer.ended(call);
      } catch (Exception | Error e) {
        Unexpected.rethrowFatal(e);
        if (!complained.getAndSet(true)) {
          LOG.log(
              System.Logger.Level.WARNING,
              Texts.OBSERVER_THREW.with(observer.getClass().getName(), e.getClass().getName()));
        }
      }
    }
  }

  public TimeSource time() {
    return time;
  }

  /** By which is done what cannot be undone. */
  public CertainTime certainTime() {
    return certainTime;
  }

  /** Which versions were destroyed and are there again. */
  public ReappearedVersions putBack() {
    return putBack;
  }

  public SecureRandom random() {
    return random;
  }

  /** A fresh operation: unique by a random prefix per engine and a counter. */
  public CallTrace newTrace() {
    return traceOf(idPrefix + "-" + operations.incrementAndGet());
  }

  /** An operation whose id is known to others. */
  public CallTrace traceOf(String operationId) {
    return new CallTrace(operationId, observers.isEmpty() ? null : time);
  }

  /** The end of an operation that begins now. */
  public Deadline within(Duration duration) {
    return Deadline.in(duration, time);
  }

  public void requireOpen() {
    if (closed.get()) {
      throw Texts.CLOSED.as(ErrorCode.CLOSED);
    }
  }

  /** Takes no operations any more; false if it took none before. */
  public boolean end() {
    return closed.compareAndSet(false, true);
  }

  /** Reads no keys beside their use any more, and runs no calls in threads of its own. */
  public void endThreads() {
    Closing.inOrder(List.of(backgroundReads::close, asyncExecutor::close));
  }

  /** Closes log and backends, where nothing else was opened beside them. Idempotent. */
  public void close() {
    if (end()) {
      // The last checkpoint may be signed by a backend, so that closes last.
      Closing.inOrder(List.of(this::endThreads, audit::close, backends::close));
    }
  }
}
