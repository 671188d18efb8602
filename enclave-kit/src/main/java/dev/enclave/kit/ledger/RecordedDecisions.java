package dev.enclave.kit.ledger;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.kit.key.Settling;
import dev.enclave.kit.ledger.RecordService.Beginnings;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.kit.ledger.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import dev.enclave.spi.backend.RestoreRequest;
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
final class RecordedDecisions implements Decisions {

  private static final int MOST_MADE = 1_000;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** Longer than a decision takes from its look at a version to its record. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final RecordService service;
  private final Refusals refusals;
  private final LeftOvers leftOvers;
  // What this process made, so that no two of its operations take one version for theirs.
  private final Map<String, String> made = BoundedMap.of(MOST_MADE);

  public RecordedDecisions(RecordService service) {
    this.service = service;
    this.refusals = service.refusals();
    this.leftOvers = new LeftOvers(service);
  }

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    return service.read(name, call);
  }

  @Override
  public LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    return service.explained(key, call);
  }

  private LedgerKey existing(KeyName name, CallContext call) throws BackendFailure {
    return service.read(name, call).orElseThrow(() -> service.noKey(name));
  }

  @Override
  public LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    Optional<LedgerKey> created = service.create(wanted, call);
    LedgerKey key = created.isPresent() ? created.get() : there(wanted.name(), call);
    if (!key.metadata().operationId().equals(wanted.operationId())) {
      return key;
    }
    return BackendFailure.afterChange(
        "Key " + wanted.name() + " was created.",
        () -> {
          if (key.versions().isEmpty()) {
            throw refusals.notSeenYet("The first version of " + wanted.name());
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

  private synchronized Optional<ServiceKey> known(LedgerKey key, String operationId) {
    return Optional.ofNullable(made.get(key.name() + "/" + operationId)).flatMap(key::version);
  }

  private synchronized boolean anothers(KeyName name, String operationId, ServiceKey version) {
    return made.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(name + "/"))
        .filter(entry -> !entry.getKey().equals(name + "/" + operationId))
        .anyMatch(entry -> entry.getValue().equals(version.id()));
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
    synchronized (this) {
      made.put(key.name() + "/" + operationId, earlier.get().id());
    }
    return service.made(earlier.get(), call);
  }

  private static int last(LedgerKey key) {
    return key.versions().stream().mapToInt(RecordedDecisions::number).max().orElse(0);
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
      if (holds(change, key)) {
        return Optional.of(key);
      }
      Decision next = next(change, key, call);
      Optional<LedgerKey> recorded = service.record(key, next, call);
      if (recorded.isPresent()) {
        return recorded;
      }
      // Another decision came first, perhaps about something else; or the reading was late.
      LedgerKey now = existing(key.name(), call);
      if (now.decision().decidesAs(next)) {
        return Optional.of(now);
      }
      if (now.decision().number() <= key.decision().number()) {
        Settling.await(pause, "see who decided before", call);
        pause = pause.multipliedBy(2);
      }
      key = now;
    }
  }

  private static boolean holds(Change change, LedgerKey key) {
    Decision last = key.decision();
    if (change instanceof Change.Activate activate) {
      return last.active().filter(activate.version().id()::equals).isPresent()
          && last.movedTo().isEmpty();
    }
    if (change instanceof Change.Retire retire) {
      String version = retire.version().id();
      return last.used().contains(version)
          && last.active().filter(version::equals).isEmpty()
          && !last.off().contains(version);
    }
    if (change instanceof Change.Interval interval) {
      return key.rotation().equals(interval.interval());
    }
    return last.movedTo().equals(Optional.of(((Change.Move) change).to()));
  }

  private static Decision next(Change change, LedgerKey key, CallContext call) {
    Decision last = key.decision();
    String operationId = call.operationId();
    if (change instanceof Change.Activate activate) {
      return last.activating(
          activate.version().id(), activate.left(), activate.operationId(), call.time().now());
    }
    if (change instanceof Change.Retire retire) {
      return last.retiring(retire.version().id(), operationId);
    }
    return change instanceof Change.Interval interval
        ? last.withRotation(interval.interval(), operationId)
        : last.withMovedTo(((Change.Move) change).to(), operationId);
  }

  @Override
  public LedgerKey remove(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    return key.with(service.remove(version, call));
  }

  @Override
  public BackendFailure absent(KeyName name, boolean destroyed) {
    return service.noKey(name);
  }

  // Leftovers

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    return leftOvers.ofNames(from, this::read, RecordedDecisions::isLeft, call);
  }

  private static boolean isLeft(ServiceKey version) {
    return version.material() == Material.ON || version.material() == Material.OFF;
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    KeyName name = orphan.meantFor();
    Optional<LedgerKey> key = service.read(name, call);
    Optional<ServiceKey> found = key.flatMap(k -> LeftOvers.find(k, orphan));
    if (key.isEmpty() || found.isEmpty() || found.get().material() == Material.GONE) {
      return true;
    }
    ServiceKey version = found.get();
    if (!leftOvers.isOrphan(key.get(), version, RecordedDecisions::isLeft, call)) {
      return false;
    }
    if (!key.get().leftOver().contains(version)) {
      service.requireNeverNamed(key.get(), version, call);
    }
    if (version.material() != Material.ON) {
      service.remove(version, call);
      return true;
    }
    return leftOvers.discard(
        name,
        version,
        SETTLING,
        () -> read(name, call),
        (now, still) -> now.decision().used().contains(still.id()),
        (now, still) -> service.remove(still, call),
        call);
  }

  // Restoration

  @Override
  public LedgerKey restore(
      RestoreRequest request, List<Version> versions, KeyTaker taker, CallContext call)
      throws BackendFailure {
    LedgerKey key = claimed(request, taker, call);
    if (!key.unfinished()) {
      if (service.restoredBy(key, call).equals(request.operationId())) {
        return key;
      }
      throw refusals.alreadyExists(request.name());
    }
    List<ServiceKey> brought = brought(request, key, versions, taker, call);
    Set<String> counted = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    Optional<String> active = Optional.empty();
    for (int i = 0; i < brought.size(); i++) {
      KeyState state = versions.get(i).state();
      ServiceKey version = inState(state, brought.get(i), call);
      brought.set(i, version);
      counted.add(version.id());
      if (state != KeyState.PENDING) {
        used.add(version.id());
      }
      active = state == KeyState.ACTIVE ? Optional.of(version.id()) : active;
    }
    Decision whole =
        new Decision(
            key.decision().number() + 1,
            active,
            used,
            Set.of(),
            counted,
            request.operationId(),
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty());
    LedgerKey recorded =
        service.record(key, whole, call).orElseThrow(() -> refusals.alreadyExists(request.name()));
    return LedgerKey.of(key.metadata(), brought, recorded.decision(), recorded.revision());
  }

  /** The key of the name: a new one, or one whose restoration went no further. */
  private LedgerKey claimed(RestoreRequest request, KeyTaker taker, CallContext call)
      throws BackendFailure {
    KeyMetadata wanted = KeyMetadata.of(request);
    Optional<LedgerKey> there = service.read(request.name(), call);
    if (there.isEmpty()) {
      // What is not allowed shows before a name is taken that may never be given back.
      taker.requireReady(call);
      there = service.create(wanted, call);
    }
    LedgerKey key =
        there.isPresent()
            ? there.get()
            : service.read(request.name(), call).orElseThrow(() -> service.taken(request.name()));
    if (!key.metadata().restoresAs(wanted)) {
      throw refusals.alreadyExists(request.name());
    }
    return key;
  }

  /** Versions with the private halves, in order; what earlier attempts brought among them. */
  private List<ServiceKey> brought(
      RestoreRequest request,
      LedgerKey key,
      List<Version> versions,
      KeyTaker taker,
      CallContext call)
      throws BackendFailure {
    List<ServiceKey> brought = earlier(key, versions, call);
    int earlier = brought.size();
    try {
      for (int i = earlier; i < versions.size(); i++) {
        Making into =
            new Making(
                request.name(),
                key.metadata().algorithm(),
                Map.of(),
                request.operationId() + "/" + (i + 1));
        brought.add(taker.bring(into, versions.get(i), call));
      }
      // All are sent before any is waited for.
      for (int i = 0; i < brought.size(); i++) {
        ServiceKey version = service.made(brought.get(i), call);
        brought.set(i, version);
        if (!matches(key, version, versions.get(i), call)) {
          throw refusals
              .wrongAnswer(
                  version.uri() + " has another public key than the key that was sent for it")
              .naming(version.uri());
        }
      }
      return brought;
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT) {
        giveUp(request.name(), brought.subList(earlier, brought.size()), call);
      }
      throw e;
    }
  }

  /** As many of the first versions as are there, in their order. */
  private List<ServiceKey> earlier(LedgerKey key, List<Version> versions, CallContext call)
      throws BackendFailure {
    List<ServiceKey> found = new ArrayList<>();
    for (ServiceKey listed : key.leftOver()) {
      if (found.size() < versions.size() && listed.material() != Material.GONE) {
        Optional<ServiceKey> version = settled(listed, call);
        if (version.isPresent() && matches(key, version.get(), versions.get(found.size()), call)) {
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

  private boolean matches(LedgerKey key, ServiceKey there, Version version, CallContext call)
      throws BackendFailure {
    return service.publicKey(there, key.metadata().algorithm(), call).equals(version.publicKey());
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

  /** Switched off if it is to be; its public key is known by now. */
  private ServiceKey inState(KeyState state, ServiceKey version, CallContext call)
      throws BackendFailure {
    boolean on = state != KeyState.DISABLED;
    return (version.material() == Material.ON) == on ? version : service.turn(version, on, call);
  }
}
