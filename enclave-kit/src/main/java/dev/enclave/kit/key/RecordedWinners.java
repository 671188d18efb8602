package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.kit.key.RecordService.Beginnings;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whoever records the next decision has decided, whole. Everything that is decided is one write;
 * who comes second reads again and decides anew.
 */
final class RecordedWinners extends Winners<RecordService> {

  private static final int MOST_MADE = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** Longer than a decision takes from its look at a version to its record. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  // By what, of what this process made, so that no two of its operations take one version for
  // theirs.
  private final Map<String, String> made = BoundedMap.of(MOST_MADE);

  public RecordedWinners(RecordService service) {
    super(service);
  }

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    return service.read(name, call);
  }

  @Override
  public LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    return service.explained(key, call);
  }

  @Override
  public LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    Optional<LedgerKey> created = service.create(wanted, call);
    LedgerKey key = created.isPresent() ? created.get() : there(wanted.name(), call);
    if (!key.metadata().operationId().equals(wanted.operationId())) {
      return key;
    }
    return BackendFailure.afterChange(
        Texts.CREATED.with(wanted.name()),
        () -> {
          if (key.versions().isEmpty()) {
            throw refusals.notSeenYet(Texts.FIRST_VERSION.with(wanted.name()));
          }
          return key.with(service.made(key.versions().get(0), call));
        });
  }

  /** What is somebody else's, or not whole, takes the name all the same. */
  private LedgerKey there(KeyName name, CallContext call) throws BackendFailure {
    try {
      LedgerKey key = service.read(name, call).orElseThrow(() -> service.taken(name));
      if (key.unfinished()) {
        throw service.unfinished(name);
      }
      return key;
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND && e.failureClass() == FailureClass.PERMANENT
          ? BackendFailure.permanent(FailureCode.ALREADY_EXISTS, String.valueOf(e.getMessage()))
              .naming(e.names())
          : e;
    }
  }

  // Which version an operation made

  @Override
  public Optional<ServiceKey> prepared(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    Optional<ServiceKey> version = madeBy(key, operationId, call);
    return version.isEmpty() ? version : Optional.of(service.made(version.get(), call));
  }

  private Optional<ServiceKey> madeBy(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Beginnings> beginnings = service.beginnings();
    if (beginnings.isEmpty()) {
      String tag = service.tagPrefix() + KeyMetadata.OPERATION;
      return key.versions().stream()
          .skip(1)
          .filter(version -> operationId.equals(version.tags().get(tag)))
          .findFirst();
    }
    Optional<ServiceKey> known = known(key, operationId);
    return known.isPresent() ? known : since(beginnings.get(), key, operationId, call);
  }

  /** The version that the operation activated, else one that came since it began and waits. */
  private Optional<ServiceKey> since(
      Beginnings beginnings, LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Integer> before = beginnings.began(key.name(), operationId, call);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    List<ServiceKey> since = new ArrayList<>(key.versions());
    since.removeIf(v -> number(v) <= before.get() || anothers(key.name(), operationId, v));
    for (ServiceKey version : since) {
      if (key.used(version) && activated(key, version, operationId, call)) {
        return Optional.of(version);
      }
    }
    return since.stream().filter(v -> key.state(v) == KeyState.PENDING).findFirst();
  }

  private static int number(ServiceKey version) {
    return Integer.parseInt(version.id());
  }

  private Optional<ServiceKey> known(LedgerKey key, String operationId) {
    return key.versions().stream()
        .filter(version -> operationId.equals(made.get(key.name() + "/" + version.id())))
        .findFirst();
  }

  private boolean anothers(KeyName name, String operationId, ServiceKey version) {
    return !operationId.equals(made.getOrDefault(name + "/" + version.id(), operationId));
  }

  @Override
  public ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure {
    String operationId = request.operationId();
    Optional<Beginnings> beginnings = service.beginnings();
    boolean active =
        key.active().filter(v -> v.version().equals(request.expectedActive())).isPresent();
    boolean begins =
        active
            && beginnings.isPresent()
            && known(key, operationId).isEmpty()
            && beginnings.get().begin(key.name(), operationId, last(key), call);
    Optional<ServiceKey> earlier = begins ? Optional.empty() : madeBy(key, operationId, call);
    if (earlier.isEmpty()) {
      guard.check(key);
      earlier = Optional.of(service.addVersion(key, operationId, call));
    }
    made.put(key.name() + "/" + earlier.get().id(), operationId);
    return service.made(earlier.get(), call);
  }

  private static int last(LedgerKey key) {
    return key.versions().stream().mapToInt(RecordedWinners::number).max().orElse(0);
  }

  @Override
  public boolean activated(LedgerKey key, ServiceKey version, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Beginnings> beginnings = service.beginnings();
    return beginnings.isEmpty() || beginnings.get().activated(key, version.id(), operationId, call);
  }

  // Decisions

  @Override
  public Optional<LedgerKey> decide(LedgerKey before, Change change, Guard guard, CallContext call)
      throws BackendFailure {
    LedgerKey key = before;
    Duration pause = FIRST_PAUSE;
    while (true) {
      // First: what somebody decided alike may have been for another operation.
      guard.check(key);
      Decision next = Winners.next(change, key, call);
      if (next.leaves(key.decision())) {
        return Optional.of(key);
      }
      Optional<LedgerKey> recorded = service.record(key, next, call);
      if (recorded.isPresent()) {
        return recorded;
      }
      // Another decision came first, perhaps about something else; or the reading was late.
      KeyName name = key.name();
      LedgerKey now = service.read(name, call).orElseThrow(() -> service.noKey(name));
      if (now.decision().decidesAs(next)) {
        return Optional.of(now);
      }
      if (now.decision().number() <= key.decision().number()) {
        Pending.settle(pause, "see who decided before", call);
        pause = pause.multipliedBy(2);
      }
      key = now;
    }
  }

  @Override
  public LedgerKey remove(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    return key.with(service.remove(version, call));
  }

  // Leftovers

  @Override
  Optional<LedgerKey> readSettled(KeyName name, CallContext call) throws BackendFailure {
    return service.readWithLeftOver(name, call);
  }

  @Override
  Duration settling() {
    return SETTLING;
  }

  @Override
  boolean isLeft(ServiceKey lost) {
    return lost.material() == Material.ON || lost.material() == Material.OFF;
  }

  @Override
  boolean isWanted(LedgerKey now, ServiceKey still, ServiceKey before, CallContext call) {
    return now.used(still);
  }

  @Override
  boolean discard(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure {
    if (!key.leftOver().contains(version)) {
      service.requireNeverNamed(key, version, call);
    }
    if (version.material() == Material.ON) {
      return super.discard(key, version, call);
    }
    service.remove(version, call);
    return true;
  }

  // Restoration

  @Override
  public LedgerKey restore(Restoration restoration, CallContext call) throws BackendFailure {
    KeyName name = restoration.name();
    LedgerKey key = claimed(restoration, call);
    if (!key.unfinished()) {
      if (service.restoredBy(key, call).equals(restoration.operationId())) {
        return key;
      }
      throw refusals.alreadyExists(name);
    }
    List<ServiceKey> brought = brought(restoration, key, call);
    Set<String> counted = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    for (int place = 1; place <= restoration.places(); place++) {
      // Its public key is known by now: some services tell none of what is off.
      ServiceKey version = restoration.inState(place, brought.get(place - 1), call);
      brought.set(place - 1, version);
      counted.add(version.id());
      if (restoration.state(place) != KeyState.PENDING) {
        used.add(version.id());
      }
    }
    int active = restoration.active();
    Decision whole =
        new Decision(
            key.decision().number() + 1,
            active == 0 ? Optional.empty() : Optional.of(brought.get(active - 1).id()),
            used,
            Set.of(),
            counted,
            restoration.operationId(),
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty());
    LedgerKey recorded =
        service.record(key, whole, call).orElseThrow(() -> refusals.alreadyExists(name));
    return LedgerKey.of(key.metadata(), brought, recorded.decision(), recorded.revision());
  }

  /** The key of the name: a new one, or one whose restoration went no further. */
  private LedgerKey claimed(Restoration restoration, CallContext call) throws BackendFailure {
    KeyName name = restoration.name();
    KeyMetadata wanted = KeyMetadata.of(restoration.request());
    Optional<LedgerKey> key = service.read(name, call);
    if (key.isEmpty()) {
      // What is not allowed shows before a name is taken that may never be given back.
      restoration.taker().requireReady(call);
      key = service.create(wanted, call);
    }
    if (key.isEmpty()) {
      key = Optional.of(service.read(name, call).orElseThrow(() -> service.taken(name)));
    }
    return key.filter(there -> there.metadata().restoresAs(wanted))
        .orElseThrow(() -> refusals.alreadyExists(name));
  }

  /** Versions with the private halves, in order; what earlier attempts brought among them. */
  private List<ServiceKey> brought(Restoration restoration, LedgerKey key, CallContext call)
      throws BackendFailure {
    List<ServiceKey> brought = earlier(restoration, key, call);
    int earlier = brought.size();
    try {
      for (int place = earlier + 1; place <= restoration.places(); place++) {
        brought.add(restoration.bring(place, Map.of(), call));
      }
      requireInOrder(restoration.name(), brought);
      // All are sent before any is waited for.
      for (int place = 1; place <= restoration.places(); place++) {
        ServiceKey version = service.made(brought.get(place - 1), call);
        brought.set(place - 1, version);
        if (!restoration.matches(place, version, call)) {
          throw restoration.notItsPublicKey(version);
        }
      }
      return brought;
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT) {
        giveUp(restoration.name(), brought.subList(earlier, brought.size()), call);
      }
      throw e;
    }
  }

  /** The first version names the key: one that was destroyed meanwhile came again as the last. */
  private static void requireInOrder(KeyName name, List<ServiceKey> brought) throws BackendFailure {
    for (int next = 1; next < brought.size(); next++) {
      if (number(brought.get(next - 1)) >= number(brought.get(next))) {
        throw Texts.BROUGHT_AND_DESTROYED.permanent(FailureCode.CONFLICT, name);
      }
    }
  }

  /** As many of the first versions as are there, in their order. */
  private List<ServiceKey> earlier(Restoration restoration, LedgerKey key, CallContext call)
      throws BackendFailure {
    List<ServiceKey> found = new ArrayList<>();
    for (ServiceKey listed : key.leftOver()) {
      int place = found.size() + 1;
      if (place <= restoration.places() && listed.material() != Material.GONE) {
        Optional<ServiceKey> version = settled(listed, call);
        if (version.isPresent() && restoration.matches(place, version.get(), call)) {
          found.add(version.get());
        }
      }
    }
    return found;
  }

  /** Nothing where it was pending and came to nothing. */
  private Optional<ServiceKey> settled(ServiceKey listed, CallContext call) throws BackendFailure {
    try {
      return Optional.of(
          listed.material() == Material.PENDING ? service.made(listed, call) : listed);
    } catch (BackendFailure e) {
      if (e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /**
   * Destroys what this attempt brought, unless somebody who restores the same has counted it. What
   * others brought may be used by them; what is left, reconcile finds.
   */
  private void giveUp(KeyName name, List<ServiceKey> versions, CallContext call) {
    try {
      if (service.read(name, call).filter(LedgerKey::unfinished).isPresent()) {
        for (ServiceKey version : versions) {
          service.remove(version, call);
        }
      }
    } catch (BackendFailure e) {
      // The failure that led here is the one to tell.
    }
  }
}
