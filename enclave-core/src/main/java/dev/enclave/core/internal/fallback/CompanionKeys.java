package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.lifecycle.KeyCreation;
import dev.enclave.core.internal.lifecycle.KeyInventory;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.Hashing;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Unexpected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The companions in the software backend. One is for one version of a key in one deployment and for
 * {@link #PERIOD} at most; its name follows from these, so that a start finds it again, and begins
 * with what stands for the deployment and its backend, so that nobody takes another's for its own.
 *
 * @param shared the engine of the software backend
 */
public record CompanionKeys(SharedParts shared) {

  /** On whose behalf, in the audit log. */
  static final String CALLER = "fallback";

  /** How long one companion is used before another takes its place. */
  static final Duration PERIOD = Duration.ofDays(30);

  /** So long after its beginning no companion of a period is used any more. */
  static final Duration OVER = PERIOD.multipliedBy(2).plus(Duration.ofDays(7));

  /**
   * What was destroyed, and what could not be.
   *
   * @param destroyed how many
   * @param left those that are still there, and why
   */
  public record Swept(int destroyed, Map<KeyName, EnclaveException> left) {
    public Swept {
      left = Map.copyOf(left);
    }
  }

  private static final int MOST_TRIES = 99;

  /** In hexadecimal digits; with {@link #REST} and a number as long as the name of a key may be. */
  private static final int SCOPE = 12;

  private static final int REST = 20;

  /** Whether the software backend has keys for it. */
  boolean offers(SigningAlgorithm algorithm) {
    return shared.backends().resolved().description().support(algorithm).isPresent();
  }

  /** The companion of a key's version, made if it is not there. */
  KeyFinder.Found of(
      KeyHandle key, KeyVersionId version, SigningAlgorithm algorithm, String deployment) {
    String base = base(key, version, deployment, period());
    for (int number = 1; number <= MOST_TRIES; number++) {
      KeySpec<?> spec =
          KeySpec.named(base + "-" + number).algorithm(algorithm).rotation(RotationInterval.NEVER);
      KeyFinder.Found found = KeyCreation.ofOwnKeys(shared).ensure(spec, CALLER);
      if (found.entry().snapshot().active().isPresent()) {
        return found;
      }
      // One that was destroyed, when fallback was switched off or its key was gone.
    }
    throw Texts.TOO_MANY_COMPANIONS.as(ErrorCode.KEY_ALREADY_EXISTS, MOST_TRIES);
  }

  /**
   * Those that are there for versions of a key, of this period and the one before: of a version
   * that was replaced, or destroyed, while no process of the deployment was there to see it.
   */
  List<CachedKey> leftOver(KeyHandle key, List<KeyVersionId> versions, String deployment) {
    List<CachedKey> found = new ArrayList<>();
    long now = period();
    for (KeyVersionId version : versions) {
      addAlive(base(key, version, deployment, now - 1), found);
      addAlive(base(key, version, deployment, now), found);
    }
    return found;
  }

  /** Numbers are taken one after the other, so the first that is missing is the end. */
  private void addAlive(String base, List<CachedKey> to) {
    KeyFinder finder = new KeyFinder(shared);
    for (int number = 1; number <= MOST_TRIES; number++) {
      CachedKey slot = finder.slot(KeyName.of(base + "-" + number));
      try {
        if (isAlive(finder.read(slot, shared.newTrace(), CALLER))) {
          to.add(slot);
        }
      } catch (EnclaveException e) {
        return; // It is not there; or what cannot be read, the sweep says.
      }
    }
  }

  private static boolean isAlive(KeyReading entry) {
    return entry.snapshot().versions().stream().anyMatch(v -> v.state() != KeyState.DESTROYED);
  }

  private long period() {
    return shared.time().now().getEpochSecond() / PERIOD.toSeconds();
  }

  /** Without the fingerprint, which some providers forget when they destroy a version. */
  private String base(KeyHandle key, KeyVersionId version, String deployment, long period) {
    String named =
        String.join(
            "\n",
            key.backend().value(),
            key.authority(),
            key.name().value(),
            version.value(),
            deployment,
            Long.toString(period));
    return scope(deployment, key.backend(), key.authority()) + hash(named, REST);
  }

  /** What the names of all companions begin with that a deployment has for keys of one place. */
  private static String scope(String deployment, BackendId backend, String authority) {
    String named = String.join("\n", deployment, backend.value(), authority);
    return ReservedNames.COMPANION + hash(named, SCOPE);
  }

  private static String hash(String text, int length) {
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(text))
        .value()
        .toHex()
        .substring(0, length);
  }

  /** Destroys a companion's private key. */
  void destroy(CachedKey companion) {
    KeyReading entry =
        companion.fresh(shared.newTrace(), shared.within(SharedParts.SIGN_WITHIN)).requireUsable();
    for (KeyVersion version : entry.snapshot().versions()) {
      if (version.state() == KeyState.ACTIVE) {
        change(companion, version.id(), Change.DISABLE);
      }
      if (version.state() != KeyState.DESTROYED) {
        change(companion, version.id(), Change.DESTROY);
      }
    }
  }

  private void change(CachedKey companion, KeyVersionId version, Change change) {
    OperationRun.by(CALLER, shared).on(companion).run(new ChangeStateOperation(version, change));
  }

  /** Destroys all that a deployment has for keys of one place, and lets those of others be. */
  public Swept destroyAllOf(String deployment, BackendId backend, String authority) {
    String scope = scope(deployment, backend, authority);
    return destroyAll(name -> name.value().startsWith(scope), entry -> true);
  }

  /**
   * Destroys what no deployment uses any more, by its age.
   *
   * @param isOver whether a time has passed since
   */
  Swept destroyOld(BiPredicate<Instant, Duration> isOver) {
    return destroyAll(
        ReservedNames::isCompanion, entry -> isOver.test(entry.snapshot().createdAt(), OVER));
  }

  /** One that cannot be read, or destroyed, keeps none of the others. */
  private Swept destroyAll(Predicate<KeyName> ours, Predicate<KeyReading> unwanted) {
    int destroyed = 0;
    Map<KeyName, EnclaveException> left = new TreeMap<>();
    KeyFinder finder = new KeyFinder(shared);
    for (KeyName name : KeyInventory.stored(shared, CALLER)) {
      if (ours.test(name)) {
        try {
          CachedKey slot = finder.slot(name);
          KeyReading entry = finder.read(slot, shared.newTrace(), CALLER);
          if (isAlive(entry) && unwanted.test(entry)) {
            destroy(slot);
            destroyed++;
          }
        } catch (EnclaveException e) {
          left.put(name, e);
        }
      }
    }
    return new Swept(destroyed, left);
  }

  /** Destroys companions that have served. Thread-safe. */
  static final class Disposal {

    private static final System.Logger LOG = System.getLogger("dev.enclave");

    private final CompanionKeys companions;
    private final Queue<CachedKey> doomed = new ConcurrentLinkedQueue<>();

    Disposal(CompanionKeys companions) {
      this.companions = companions;
    }

    /** Notes the slot of a companion that is to be destroyed. */
    void add(CachedKey companion) {
      doomed.add(companion);
    }

    /** One that cannot be destroyed now is tried again at the next step. */
    void destroy() {
      List<CachedKey> later = new ArrayList<>();
      for (CachedKey next = doomed.poll(); next != null; next = doomed.poll()) {
        try {
          companions.destroy(next);
          LOG.log(System.Logger.Level.INFO, Texts.COMPANION_DESTROYED.with(next.name()));
        } catch (RuntimeException e) {
          EnclaveException why = Unexpected.of(e);
          if (why.code() != ErrorCode.KEY_NOT_FOUND) {
            later.add(next);
            LOG.log(
                System.Logger.Level.WARNING,
                Texts.COMPANION_NOT_DESTROYED.with(next.name(), why.getMessage()));
          }
        }
      }
      doomed.addAll(later);
    }

    /** Destroys companions that nobody uses any more; that some cannot be ends nothing. */
    void sweep(BiPredicate<Instant, Duration> isOver) {
      try {
        CompanionKeys.Swept swept = companions.destroyOld(isOver);
        if (swept.destroyed() > 0) {
          LOG.log(System.Logger.Level.INFO, Texts.COMPANIONS_SWEPT.with(swept.destroyed()));
        }
        if (!swept.left().isEmpty()) {
          LOG.log(
              System.Logger.Level.WARNING,
              Texts.UNUSED_COMPANIONS_LEFT.with(swept.left().keySet()));
        }
      } catch (EnclaveException e) {
        LOG.log(System.Logger.Level.WARNING, Texts.UNUSED_COMPANIONS_UNKNOWN.with(e.getMessage()));
      }
    }
  }
}
