package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyListing;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.Orphans;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.Scenarios;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Backups;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudAccount.State;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that changes a key crashes at one of its requests, and sends no more of them; another
 * process finds the key, repeats the change and looks for what is left over. After every crash the
 * key has one active version at most, no version is in a state that the change does not lead to,
 * and nothing that can be used is left that nobody finds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CrashCampaign {

  /** Longer than a service may show what was there before, shorter than anything is given up. */
  private static final Duration UNTIL_SOMEBODY_LOOKS = Duration.ofMinutes(1);

  /** What is prepared for longer is given up by everybody. */
  private static final Duration UNTIL_NOTHING_IS_UNDER_WAY = Duration.ofHours(2);

  private static final boolean LONG = Boolean.getBoolean("enclave.campaign.long");

  private static final RotationInterval OTHER_INTERVAL =
      RotationInterval.every(Duration.ofDays(17));

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected CrashCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  /**
   * A key that is changed.
   *
   * @param name the key
   * @param old its first version; none if it is to be made
   * @param signed a signature by it
   * @param published the version that is published, if one is
   */
  private record Subject(
      String name,
      Optional<KeyVersion> old,
      Optional<SignatureValue> signed,
      Optional<KeyVersionId> published) {

    KeyVersionId oldId() {
      return old.orElseThrow().id();
    }

    RotationRequest rotation() {
      return RotationRequest.ifActive(oldId());
    }

    ManagedKey in(Enclave enclave) {
      return enclave.admin().key(name);
    }

    KeyState oldIn(KeyInfo key) {
      return state(key, oldId());
    }
  }

  private static KeyState state(KeyInfo key, KeyVersionId id) {
    return key.versions().stream()
        .filter(version -> version.id().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private static List<KeyVersion> in(KeyState state, KeyInfo key) {
    return key.versions().stream().filter(version -> version.state() == state).toList();
  }

  /** What is done to a key, and what whoever finds it afterwards does. */
  enum Change {
    CREATE {
      @Override
      void prepare(Enclave calm, String name) {}

      @Override
      void act(Enclave enclave, Subject key) {
        enclave.createKey(spec(key.name()));
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        enclave.ensureKey(spec(key.name()));
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(found.versions()).hasSize(1);
        requireSigns(enclave, key);
      }
    },
    ROTATE {
      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).rotate(key.rotation());
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        key.in(enclave).rotate(RotationRequest.now());
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        assertThat(in(KeyState.ACTIVE, found)).hasSize(1);
        assertThat(key.oldIn(found)).isIn(KeyState.ACTIVE, KeyState.VERIFY_ONLY);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.VERIFY_ONLY);
        assertThat(enclave.key(key.name()).verify(Claims.MESSAGE, key.signed().orElseThrow()))
            .isTrue();
        requireSigns(enclave, key);
      }
    },
    ROTATE_BY_OPERATION_ID {
      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).rotate(key.rotation().operationId(key.name()));
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(found.versions()).hasSize(2);
        ROTATE.requireFinished(enclave, found, key);
      }
    },
    PUBLISH {
      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).publishNext();
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.ACTIVE);
        assertThat(in(KeyState.PENDING, found)).hasSize(1);
      }
    },
    ROTATE_TO_PUBLISHED {
      @Override
      void prepare(Enclave calm, String name) {
        PUBLISH.prepare(calm, name);
        calm.admin().key(name).publishNext();
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).rotate(key.rotation());
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        if (key.oldIn(key.in(enclave).info()) == KeyState.ACTIVE) {
          act(enclave, key);
        }
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(found.versions()).hasSize(2);
        assertThat(state(found, key.published().orElseThrow())).isEqualTo(KeyState.ACTIVE);
        ROTATE.requireFinished(enclave, found, key);
      }
    },
    ROTATE_COMPROMISED {
      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).rotate(key.rotation().reason(RotationReason.COMPROMISE));
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        key.in(enclave).rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        assertThat(in(KeyState.ACTIVE, found)).hasSize(1);
        assertThat(key.oldIn(found)).isIn(KeyState.ACTIVE, KeyState.DISABLED);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.DISABLED);
        requireSigns(enclave, key);
      }
    },
    ROTATE_COMPROMISED_BY_OPERATION_ID {
      @Override
      void act(Enclave enclave, Subject key) {
        RotationRequest request = key.rotation().operationId(key.name());
        key.in(enclave).rotate(request.reason(RotationReason.COMPROMISE));
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(found.versions()).hasSize(2);
        ROTATE_COMPROMISED.requireFinished(enclave, found, key);
      }
    },
    /** The administrator switches it off by its id, as the guide says. */
    ROTATE_COMPROMISED_THEN_DISABLE {
      @Override
      void act(Enclave enclave, Subject key) {
        ROTATE_COMPROMISED.act(enclave, key);
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        if (key.oldIn(key.in(enclave).info()) == KeyState.ACTIVE) {
          key.in(enclave).rotate(key.rotation());
        }
        key.in(enclave).disable(key.oldId());
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFinished(enclave, found, key);
      }
    },
    /** Nobody knows of the compromise any more: the next rotation is one as any other. */
    ROTATE_COMPROMISED_THEN_SCHEDULED {
      @Override
      void act(Enclave enclave, Subject key) {
        ROTATE_COMPROMISED.act(enclave, key);
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        if (key.oldIn(key.in(enclave).info()) == KeyState.ACTIVE) {
          act(enclave, key);
        }
        key.in(enclave).rotate(RotationRequest.now().reason(RotationReason.SCHEDULED));
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFinished(enclave, found, key);
      }
    },
    /** Whoever has the old private key may have the published one as well. */
    ROTATE_COMPROMISED_WITH_PUBLISHED {
      @Override
      void prepare(Enclave calm, String name) {
        ROTATE_TO_PUBLISHED.prepare(calm, name);
      }

      @Override
      void act(Enclave enclave, Subject key) {
        ROTATE_COMPROMISED.act(enclave, key);
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        ROTATE_COMPROMISED.finish(enclave, key);
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFound(found, key);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        ROTATE_COMPROMISED.requireFinished(enclave, found, key);
        // The last act of a rotation, which is not held against it.
        assertThat(state(found, key.published().orElseThrow()))
            .isIn(KeyState.PENDING, KeyState.DESTROYED);
      }
    },
    DISABLE {
      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).disable(key.oldId());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.DISABLED);
      }
    },
    ENABLE {
      @Override
      void prepare(Enclave calm, String name) {
        DISABLE.prepare(calm, name);
        calm.admin().key(name).disable(calm.key(name).activeVersion().id());
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).enable(key.oldId());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.ACTIVE);
        requireSigns(enclave, key);
      }
    },
    /** The version that came last is off, and the one before is to verify and to sign again. */
    ENABLE_COMPROMISED {
      @Override
      void prepare(Enclave calm, String name) {
        DISABLE.prepare(calm, name);
        RotationRequest compromise = RotationRequest.now().reason(RotationReason.COMPROMISE);
        calm.admin().key(name).rotate(compromise);
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).enable(key.oldId());
      }

      @Override
      void requireFound(KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isIn(KeyState.DISABLED, KeyState.VERIFY_ONLY);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.VERIFY_ONLY);
        requireSigns(enclave, key);
      }
    },
    /** The last version. */
    DESTROY {
      @Override
      void prepare(Enclave calm, String name) {
        ENABLE.prepare(calm, name);
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).destroy(key.oldId());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.DESTROYED);
      }
    },
    DESTROY_REPLACED {
      @Override
      void prepare(Enclave calm, String name) {
        ROTATE.prepare(calm, name);
        calm.admin().key(name).rotate(RotationRequest.now());
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).destroy(key.oldId());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(key.oldIn(found)).isEqualTo(KeyState.DESTROYED);
        requireSigns(enclave, key);
      }
    },
    CHANGE_INTERVAL {
      @Override
      void prepare(Enclave calm, String name) {
        ROTATE.prepare(calm, name);
        calm.admin().key(name).rotate(RotationRequest.now());
      }

      @Override
      void act(Enclave enclave, Subject key) {
        key.in(enclave).changeRotation(OTHER_INTERVAL);
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        assertThat(found.rotation()).isEqualTo(OTHER_INTERVAL);
        requireSigns(enclave, key);
      }
    },
    RESTORE {
      private Backups backup() {
        return Backups.once(name(), Backups::ofOneVersion);
      }

      @Override
      void prepare(Enclave calm, String name) {}

      @Override
      void act(Enclave enclave, Subject key) {
        backup().restore(enclave, key.name());
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        backup().ensure(enclave, key.name());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        backup().requireSame(enclave.key(key.name()));
        requireSigns(enclave, key);
      }
    },
    RESTORE_A_ROTATED_KEY {
      @Override
      void prepare(Enclave calm, String name) {}

      @Override
      void act(Enclave enclave, Subject key) {
        Backups.ofTwoVersions().restore(enclave, key.name());
      }

      @Override
      void finish(Enclave enclave, Subject key) {
        Backups.ofTwoVersions().ensure(enclave, key.name());
      }

      @Override
      void requireFinished(Enclave enclave, KeyInfo found, Subject key) {
        Backups.ofTwoVersions().requireSame(enclave.key(key.name()));
        requireSigns(enclave, key);
      }
    };

    /** On a good day. */
    void prepare(Enclave calm, String name) {
      calm.createKey(spec(name));
    }

    /** What the process does that crashes. */
    abstract void act(Enclave enclave, Subject key);

    /** What another process does that finds the key. */
    void finish(Enclave enclave, Subject key) {
      act(enclave, key);
    }

    /** After the crash, before anybody does anything. */
    void requireFound(KeyInfo found, Subject key) {}

    /** At the end. */
    abstract void requireFinished(Enclave enclave, KeyInfo found, Subject key);

    boolean restores() {
      return this == RESTORE || this == RESTORE_A_ROTATED_KEY;
    }

    boolean makes() {
      return this == CREATE || restores();
    }

    AuditEvent.Operation operation() {
      return switch (this) {
        case CREATE -> AuditEvent.Operation.CREATE;
        case PUBLISH -> AuditEvent.Operation.PUBLISH;
        case DISABLE, ENABLE, ENABLE_COMPROMISED, DESTROY, DESTROY_REPLACED ->
            AuditEvent.Operation.CHANGE_STATE;
        case CHANGE_INTERVAL -> AuditEvent.Operation.CHANGE_INTERVAL;
        case RESTORE, RESTORE_A_ROTATED_KEY -> AuditEvent.Operation.RESTORE;
        default -> AuditEvent.Operation.ROTATE;
      };
    }
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private static void requireSigns(Enclave enclave, Subject key) {
    SigningKey found = enclave.key(key.name());
    new Claims().released(found, found.sign(Claims.MESSAGE));
  }

  /**
   * Where a process crashes.
   *
   * @param operation at a request of this operation
   * @param number which of them, from 1
   * @param carriedOut whether the service carries that one out
   */
  private record Crash(String operation, int number, boolean carriedOut) {

    /** From this request on nothing reaches the service, and no answer the client. */
    void arm(FaultInjector faults) {
      int[] seen = new int[1];
      faults.follow(
          carriedOut ? FaultPlan.NONE.on(operation, number, Fault.resetAfter()) : FaultPlan.NONE);
      faults.watch(
          arrived -> {
            synchronized (seen) {
              if (seen[0] == number) {
                faults.beginOutage(Fault.Outage.RESET);
              } else if (arrived.equals(operation) && ++seen[0] == number && !carriedOut) {
                faults.beginOutage(Fault.Outage.RESET);
              }
            }
          });
    }

    static void disarm(FaultInjector faults) {
      faults.watch(arrived -> {});
      faults.follow(FaultPlan.NONE);
      faults.endOutage();
    }

    @Override
    public String toString() {
      return (carriedOut ? "after " : "before ") + operation + " " + number;
    }
  }

  /** What the other changes are made of. */
  Set<Change> simple() {
    return played(
        EnumSet.of(
            Change.CREATE, Change.ROTATE_COMPROMISED, Change.DESTROY_REPLACED, Change.RESTORE));
  }

  Set<Change> others() {
    Set<Change> others = played(EnumSet.allOf(Change.class));
    others.removeAll(simple());
    return others;
  }

  private Set<Change> played(Set<Change> changes) {
    if (!Scenarios.imports(cloud)) {
      changes.removeIf(Change::restores);
    }
    return changes;
  }

  @ParameterizedTest
  @MethodSource("simple")
  void anotherProcessFinishes_whatOneThatCrashedBegan(Change change) {
    play(change, LONG);
  }

  @ParameterizedTest
  @MethodSource("others")
  @Tag("full")
  void anotherProcessFinishes_whatOneThatCrashedBegan_ofEachChange(Change change) {
    play(change, LONG);
  }

  private void play(Change change, boolean all) {
    try (Bench bench = new Bench(cloud);
        Enclave calm = bench.openCalm();
        Enclave onlooker = bench.openOnlooker()) {
      if (change.restores()) {
        bench.warmImports(calm);
      }
      Set<String> notOurs = afterStatementKey(bench, calm);
      List<Crash> crashes = crashes(rehearse(change, bench, calm), all);
      assertThat(crashes).isNotEmpty();
      int number = 0;
      for (Crash crash : crashes) {
        String name = name(change, ++number);
        try {
          suffer(change, crash, name, new Party(bench, calm, onlooker));
        } catch (EnclaveException | AssertionError e) {
          throw new AssertionError(change + ", crash " + crash + " (" + name + "): " + e, e);
        }
      }
      requireNothingLeft(bench, notOurs);
      System.out.println(change + ": " + crashes.size() + " crashes");
    }
  }

  /** What signs statements is made once for all keys of the place, and is not listed. */
  private static Set<String> afterStatementKey(Bench bench, Enclave calm) {
    calm.admin().statementKey();
    try (CloudAccount account = bench.account()) {
      return live(account);
    }
  }

  private static Set<String> live(CloudAccount account) {
    return account.keys().entrySet().stream()
        .filter(entry -> entry.getValue() == State.LIVE)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String name(Change change, int number) {
    return change.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
  }

  /** The requests that it sends on a good day. */
  private List<String> rehearse(Change change, Bench bench, Enclave calm) {
    Subject key = prepared(change, calm, name(change, 0));
    List<String> requests = Collections.synchronizedList(new ArrayList<>());
    try (Enclave enclave = bench.open()) {
      bench.faults.watch(requests::add);
      change.act(enclave, key);
    } finally {
      Crash.disarm(bench.faults);
    }
    return List.copyOf(requests);
  }

  /**
   * One before the first request with an effect, and one after each: what only reads changes
   * nothing, and a crash there leaves what the request before it left.
   *
   * @param all at the requests that only read too, and before each request as well as after it
   */
  private List<Crash> crashes(List<String> requests, boolean all) {
    List<Crash> crashes = new ArrayList<>();
    Map<String, Integer> seen = new TreeMap<>();
    boolean changed = false;
    for (String request : requests) {
      int number = seen.merge(request, 1, Integer::sum);
      boolean effect = !cloud.requests().changesNothing(request);
      if (all || (effect && !changed)) {
        crashes.add(new Crash(request, number, false));
      }
      if (all || effect) {
        crashes.add(new Crash(request, number, true));
      }
      changed |= effect;
    }
    return crashes;
  }

  private static Subject prepared(Change change, Enclave calm, String name) {
    change.prepare(calm, name);
    if (change.makes()) {
      return new Subject(name, Optional.empty(), Optional.empty(), Optional.empty());
    }
    KeyInfo key = calm.admin().key(name).info();
    Optional<SignatureValue> signed =
        key.active().filter(active -> active.id().equals(key.versions().get(0).id())).isPresent()
            ? Optional.of(calm.key(name).sign(Claims.MESSAGE))
            : Optional.empty();
    return new Subject(
        name,
        Optional.of(key.versions().get(0)),
        signed,
        in(KeyState.PENDING, key).stream().map(KeyVersion::id).findFirst());
  }

  /**
   * Who crashes not.
   *
   * @param calm prepares keys
   * @param onlooker sees them afterwards for the first time
   */
  private record Party(Bench bench, Enclave calm, Enclave onlooker) {}

  private static void suffer(Change change, Crash crash, String name, Party party) {
    Bench bench = party.bench();
    Subject key = prepared(change, party.calm(), name);
    boolean said = crashed(change, crash, key, bench);
    SkippingTime later = bench.time();
    later.skip(UNTIL_SOMEBODY_LOOKS);
    try (Enclave second = bench.open(later, bench.audit())) {
      Optional<KeyInfo> found = found(second, key);
      if (said) {
        // Whoever was told so may rely on it, whatever was left to do.
        change.requireFinished(second, found.orElseThrow(), key);
      } else {
        found.ifPresent(info -> assertThat(in(KeyState.ACTIVE, info)).hasSizeLessThan(2));
      }
      if (!change.makes()) {
        change.requireFound(found.orElseThrow(), key);
      }
      change.finish(second, key);
    }
    KeyInfo finished = key.in(party.onlooker()).info();
    change.requireFinished(party.onlooker(), finished, key);
    assertThat(in(KeyState.ACTIVE, finished)).hasSizeLessThan(2);
  }

  /** Whether the audit log of the process that crashed says that the change was made. */
  private static boolean crashed(Change change, Crash crash, Subject key, Bench bench) {
    RecordingAuditSink audit = bench.audit();
    Enclave first = bench.open(bench.time(), audit);
    long faults = bench.faults.total();
    try {
      crash.arm(bench.faults);
      change.act(first, key);
    } catch (EnclaveException gone) {
      // Nobody is there to be told.
    } finally {
      first.close();
      assertThat(bench.faults.total()).as("requests that failed").isGreaterThan(faults);
      Crash.disarm(bench.faults);
    }
    return audit.events(change.operation()).stream()
        .anyMatch(event -> event.result() == AuditEvent.Result.SUCCESS);
  }

  private static Optional<KeyInfo> found(Enclave enclave, Subject key) {
    try {
      return Optional.of(key.in(enclave).info());
    } catch (EnclaveException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.KEY_NOT_FOUND);
      return Optional.empty();
    }
  }

  /** Every private key is a version's, and can be used exactly if the version may be. */
  private void requireNothingLeft(Bench bench, Set<String> notOurs) {
    SkippingTime time = bench.time();
    time.skip(UNTIL_NOTHING_IS_UNDER_WAY);
    try (Enclave later = bench.open(time, bench.audit());
        CloudAccount account = bench.account()) {
      Optional<Orphans> orphans = later.admin().orphans();
      if (orphans.isPresent()) {
        orphans.get().discard();
        assertThat(orphans.get().find()).isEmpty();
      }
      Set<String> usable = new TreeSet<>(notOurs);
      Set<String> versions = new HashSet<>(notOurs);
      for (KeyInfo key : all(later)) {
        for (KeyVersion version : key.versions()) {
          versions.add(version.providerUri());
          if (isUsable(version.state())) {
            usable.add(version.providerUri());
          }
        }
      }
      Set<String> live = live(account);
      assertThat(live).as("private keys of no version").isSubsetOf(versions);
      assertThat(live).as("private keys that can be used").isEqualTo(usable);
    }
  }

  /** Keys that are used in this process's memory are sealed as long as they are not destroyed. */
  private boolean isUsable(KeyState state) {
    return state == KeyState.ACTIVE
        || state == KeyState.VERIFY_ONLY
        || (cloud.requests().signsInMemory() && state != KeyState.DESTROYED);
  }

  /** Where nobody looks for orphans, the next rotation gives up what no rotation activates. */
  private static List<KeyInfo> all(Enclave later) {
    KeyListing listing = later.admin().listKeys();
    assertThat(listing.unreadable()).isEmpty();
    List<KeyInfo> keys = new ArrayList<>();
    for (KeyInfo key : listing.keys()) {
      boolean pending = !in(KeyState.PENDING, key).isEmpty();
      if (pending && later.admin().orphans().isEmpty()) {
        later.admin().key(key.handle()).rotate(RotationRequest.now());
      }
      KeyInfo now = pending ? later.admin().key(key.handle()).info() : key;
      assertThat(in(KeyState.PENDING, now)).as(key.name().value()).isEmpty();
      keys.add(now);
    }
    return keys;
  }
}
