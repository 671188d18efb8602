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
import dev.enclave.spi.audit.AuditEvent.Operation;
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

  /** What is done to a key. */
  @FunctionalInterface
  private interface Step {
    void on(Enclave enclave, Subject key);
  }

  /** What has to hold of a key. */
  @FunctionalInterface
  private interface Check {
    void of(Enclave enclave, KeyInfo found, Subject key);
  }

  /** What is done to a key, and what whoever finds it afterwards does. */
  enum Change {
    CREATE(
        Operation.CREATE,
        (calm, key) -> {},
        (enclave, key) -> enclave.createKey(spec(key.name())),
        (enclave, key) -> enclave.ensureKey(spec(key.name())),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(found.versions()).hasSize(1)),
    ROTATE(
        Operation.ROTATE,
        CrashCampaign::create,
        (enclave, key) -> key.in(enclave).rotate(key.rotation()),
        (enclave, key) -> key.in(enclave).rotate(RotationRequest.now()),
        CrashCampaign::requireActiveOrReplaced,
        CrashCampaign::requireReplaced),
    ROTATE_BY_OPERATION_ID(
        Operation.ROTATE,
        CrashCampaign::create,
        (enclave, key) -> key.in(enclave).rotate(key.rotation().operationId(key.name())),
        CrashCampaign::requireActiveOrReplaced,
        (enclave, found, key) -> {
          assertThat(found.versions()).hasSize(2);
          requireReplaced(enclave, found, key);
        }),
    PUBLISH(
        Operation.PUBLISH,
        CrashCampaign::create,
        (enclave, key) -> key.in(enclave).publishNext(),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> {
          assertThat(key.oldIn(found)).isEqualTo(KeyState.ACTIVE);
          assertThat(in(KeyState.PENDING, found)).hasSize(1);
        }),
    ROTATE_TO_PUBLISHED(
        Operation.ROTATE,
        CrashCampaign::publish,
        (enclave, key) -> key.in(enclave).rotate(key.rotation()),
        (enclave, key) -> unlessReplaced(enclave, key, key.rotation()),
        CrashCampaign::requireActiveOrReplaced,
        (enclave, found, key) -> {
          assertThat(found.versions()).hasSize(2);
          assertThat(state(found, key.published().orElseThrow())).isEqualTo(KeyState.ACTIVE);
          requireReplaced(enclave, found, key);
        }),
    ROTATE_COMPROMISED(
        Operation.ROTATE,
        CrashCampaign::create,
        CrashCampaign::compromise,
        (enclave, key) -> key.in(enclave).rotate(compromised(RotationRequest.now())),
        CrashCampaign::requireActiveOrDisabled,
        CrashCampaign::requireDisabled),
    ROTATE_COMPROMISED_BY_OPERATION_ID(
        Operation.ROTATE,
        CrashCampaign::create,
        (enclave, key) ->
            key.in(enclave).rotate(compromised(key.rotation().operationId(key.name()))),
        CrashCampaign::requireActiveOrDisabled,
        (enclave, found, key) -> {
          assertThat(found.versions()).hasSize(2);
          requireDisabled(enclave, found, key);
        }),
    /** The administrator switches it off by its id, as the guide says. */
    ROTATE_COMPROMISED_THEN_DISABLE(
        Operation.ROTATE,
        CrashCampaign::create,
        CrashCampaign::compromise,
        (enclave, key) -> {
          unlessReplaced(enclave, key, key.rotation());
          key.in(enclave).disable(key.oldId());
        },
        CrashCampaign::requireActiveOrDisabled,
        CrashCampaign::requireDisabled),
    /** Nobody knows of the compromise any more: the next rotation is one as any other. */
    ROTATE_COMPROMISED_THEN_SCHEDULED(
        Operation.ROTATE,
        CrashCampaign::create,
        CrashCampaign::compromise,
        (enclave, key) -> {
          unlessReplaced(enclave, key, compromised(key.rotation()));
          key.in(enclave).rotate(RotationRequest.now().reason(RotationReason.SCHEDULED));
        },
        CrashCampaign::requireActiveOrDisabled,
        CrashCampaign::requireDisabled),
    /** Whoever has the old private key may have the published one as well. */
    ROTATE_COMPROMISED_WITH_PUBLISHED(
        Operation.ROTATE,
        CrashCampaign::publish,
        CrashCampaign::compromise,
        (enclave, key) -> key.in(enclave).rotate(compromised(RotationRequest.now())),
        CrashCampaign::requireActiveOrDisabled,
        (enclave, found, key) -> {
          requireDisabled(enclave, found, key);
          // To destroy it is the last act of a rotation, which is not held against it.
          assertThat(state(found, key.published().orElseThrow()))
              .isIn(KeyState.PENDING, KeyState.DESTROYED);
        }),
    DISABLE(
        Operation.CHANGE_STATE,
        CrashCampaign::create,
        (enclave, key) -> key.in(enclave).disable(key.oldId()),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(key.oldIn(found)).isEqualTo(KeyState.DISABLED)),
    ENABLE(
        Operation.CHANGE_STATE,
        CrashCampaign::disable,
        (enclave, key) -> key.in(enclave).enable(key.oldId()),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(key.oldIn(found)).isEqualTo(KeyState.ACTIVE)),
    ENABLE_COMPROMISED(
        Operation.CHANGE_STATE,
        (calm, key) -> {
          create(calm, key);
          key.in(calm).rotate(compromised(RotationRequest.now()));
        },
        (enclave, key) -> key.in(enclave).enable(key.oldId()),
        (enclave, found, key) ->
            assertThat(key.oldIn(found)).isIn(KeyState.DISABLED, KeyState.VERIFY_ONLY),
        (enclave, found, key) -> assertThat(key.oldIn(found)).isEqualTo(KeyState.VERIFY_ONLY)),
    /** The last version. */
    DESTROY(
        Operation.CHANGE_STATE,
        CrashCampaign::disable,
        (enclave, key) -> key.in(enclave).destroy(key.oldId()),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(key.oldIn(found)).isEqualTo(KeyState.DESTROYED)),
    DESTROY_REPLACED(
        Operation.CHANGE_STATE,
        CrashCampaign::rotate,
        (enclave, key) -> key.in(enclave).destroy(key.oldId()),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(key.oldIn(found)).isEqualTo(KeyState.DESTROYED)),
    CHANGE_INTERVAL(
        Operation.CHANGE_INTERVAL,
        CrashCampaign::rotate,
        (enclave, key) -> key.in(enclave).changeRotation(OTHER_INTERVAL),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> assertThat(found.rotation()).isEqualTo(OTHER_INTERVAL)),
    RESTORE(
        Operation.RESTORE,
        (calm, key) -> {},
        (enclave, key) -> backup().restore(enclave, key.name()),
        (enclave, key) -> backup().ensure(enclave, key.name()),
        CrashCampaign::requireNothing,
        (enclave, found, key) -> backup().requireSame(enclave.signingKeys().key(key.name()))),
    RESTORE_A_ROTATED_KEY(
        Operation.RESTORE,
        (calm, key) -> {},
        (enclave, key) -> Backups.ofTwoVersions().restore(enclave, key.name()),
        (enclave, key) -> Backups.ofTwoVersions().ensure(enclave, key.name()),
        CrashCampaign::requireNothing,
        (enclave, found, key) ->
            Backups.ofTwoVersions().requireSame(enclave.signingKeys().key(key.name())));

    private final Operation operation;

    @SuppressWarnings("ImmutableEnumChecker") // they keep nothing
    private final Step prepare;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Step act;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Step finish;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Check found;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Check finished;

    /** One that is repeated by whoever finds the key. */
    Change(Operation operation, Step prepare, Step act, Check found, Check finished) {
      this(operation, prepare, act, act, found, finished);
    }

    /**
     * One as the audit log calls it.
     *
     * @param prepare on a good day
     * @param act what the process does that crashes
     * @param finish what another process does that finds the key
     * @param found what holds after the crash, before anybody does anything
     * @param finished what holds at the end
     */
    Change(Operation operation, Step prepare, Step act, Step finish, Check found, Check finished) {
      this.operation = operation;
      this.prepare = prepare;
      this.act = act;
      this.finish = finish;
      this.found = found;
      this.finished = finished;
    }

    boolean restores() {
      return operation == Operation.RESTORE;
    }

    boolean makes() {
      return operation == Operation.CREATE || restores();
    }
  }

  private static void create(Enclave calm, Subject key) {
    calm.createKey(spec(key.name()));
  }

  private static void publish(Enclave calm, Subject key) {
    create(calm, key);
    key.in(calm).publishNext();
  }

  private static void disable(Enclave calm, Subject key) {
    create(calm, key);
    key.in(calm).disable(calm.signingKeys().key(key.name()).activeVersion().id());
  }

  private static void rotate(Enclave calm, Subject key) {
    create(calm, key);
    key.in(calm).rotate(RotationRequest.now());
  }

  private static Backups backup() {
    return Backups.once("crash", Backups::ofOneVersion);
  }

  private static RotationRequest compromised(RotationRequest request) {
    return request.reason(RotationReason.COMPROMISE);
  }

  private static void compromise(Enclave enclave, Subject key) {
    key.in(enclave).rotate(compromised(key.rotation()));
  }

  private static void unlessReplaced(Enclave enclave, Subject key, RotationRequest request) {
    if (key.oldIn(key.in(enclave).info()) == KeyState.ACTIVE) {
      key.in(enclave).rotate(request);
    }
  }

  private static void requireNothing(Enclave enclave, KeyInfo found, Subject key) {}

  private static void requireActiveOrReplaced(Enclave enclave, KeyInfo found, Subject key) {
    assertThat(in(KeyState.ACTIVE, found)).hasSize(1);
    assertThat(key.oldIn(found)).isIn(KeyState.ACTIVE, KeyState.VERIFY_ONLY);
  }

  private static void requireReplaced(Enclave enclave, KeyInfo found, Subject key) {
    assertThat(key.oldIn(found)).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(
            enclave
                .signingKeys()
                .key(key.name())
                .verify(Claims.MESSAGE, key.signed().orElseThrow()))
        .isTrue();
  }

  private static void requireActiveOrDisabled(Enclave enclave, KeyInfo found, Subject key) {
    assertThat(in(KeyState.ACTIVE, found)).hasSize(1);
    assertThat(key.oldIn(found)).isIn(KeyState.ACTIVE, KeyState.DISABLED);
  }

  private static void requireDisabled(Enclave enclave, KeyInfo found, Subject key) {
    assertThat(key.oldIn(found)).isEqualTo(KeyState.DISABLED);
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private static void requireSigns(Enclave enclave, Subject key) {
    SigningKey found = enclave.signingKeys().key(key.name());
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
      change.act.on(enclave, key);
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
    Subject fresh = new Subject(name, Optional.empty(), Optional.empty(), Optional.empty());
    change.prepare.on(calm, fresh);
    if (change.makes()) {
      return fresh;
    }
    KeyInfo key = calm.admin().key(name).info();
    Optional<SignatureValue> signed =
        key.active().filter(active -> active.id().equals(key.versions().get(0).id())).isPresent()
            ? Optional.of(calm.signingKeys().key(name).sign(Claims.MESSAGE))
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
        change.finished.of(second, found.orElseThrow(), key);
      } else {
        found.ifPresent(info -> assertThat(in(KeyState.ACTIVE, info)).hasSizeLessThan(2));
      }
      if (!change.makes()) {
        change.found.of(second, found.orElseThrow(), key);
      }
      change.finish.on(second, key);
    }
    KeyInfo finished = key.in(party.onlooker()).info();
    change.finished.of(party.onlooker(), finished, key);
    if (!in(KeyState.ACTIVE, finished).isEmpty()) {
      requireSigns(party.onlooker(), key);
    }
    assertThat(in(KeyState.ACTIVE, finished)).hasSizeLessThan(2);
  }

  /** Whether the audit log of the process that crashed says that the change was made. */
  private static boolean crashed(Change change, Crash crash, Subject key, Bench bench) {
    RecordingAuditSink audit = bench.audit();
    Enclave first = bench.open(bench.time(), audit);
    long faults = bench.faults.total();
    try {
      crash.arm(bench.faults);
      change.act.on(first, key);
    } catch (EnclaveException gone) {
      // Nobody is there to be told.
    } finally {
      first.close();
      assertThat(bench.faults.total()).as("requests that failed").isGreaterThan(faults);
      Crash.disarm(bench.faults);
    }
    return audit.events(change.operation).stream()
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
