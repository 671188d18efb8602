package dev.enclave.kit.internal.ledger;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.internal.ledger.VersionTags.Claim;
import dev.enclave.kit.internal.ledger.VersionTags.Made;
import dev.enclave.kit.internal.ledger.VersionTags.Mark;
import dev.enclave.kit.internal.ledger.VersionTags.Purpose;
import dev.enclave.kit.internal.ledger.VersionTags.Rotation;
import dev.enclave.kit.key.Backups;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.kit.key.Settling;
import dev.enclave.kit.ledger.Decision;
import dev.enclave.kit.ledger.ElectionService;
import dev.enclave.kit.ledger.ElectionService.Listing;
import dev.enclave.kit.ledger.KeyMetadata;
import dev.enclave.kit.ledger.KeyTaker;
import dev.enclave.kit.ledger.LedgerKey;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.kit.ledger.TaggedService.Making;
import dev.enclave.kit.ledger.TaggedService.TagChange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Everybody writes to a version of its own, waits until all writes of that time can be seen, and
 * goes by one rule over what is listed, the same for every reader:
 *
 * <ul>
 *   <li>The first version is, of those that were made to be one, that of the smallest (second of
 *       creation, id). The others lost and are no versions of the key.
 *   <li>A restored key has its versions brought one after the other, each with its place among
 *       them. It counts as made in the second of the last of them, and before not at all.
 *   <li>A version claims to be the second, third, … to become active. Of several claims to one
 *       number that of the smallest (second of the claim, id) counts.
 *   <li>The head is whoever has the highest number; without claims, the first version, or the one
 *       that came active. It is active if it was not retired.
 *   <li>What nobody of Enclave's made signs nothing.
 *   <li>What was written less than the settling time ago readers do not look at, since others of
 *       the same second may not be seen yet.
 * </ul>
 *
 * <p>Only the service's own times decide. A claim that comes late comes with a later second, and so
 * changes nothing that was settled.
 */
public final class ElectedDecisions extends TaggedDecisions {

  /** Everything counts, also what was written just now: for who has waited. */
  public static final long EVERYTHING = Long.MAX_VALUE;

  /** A tag with the version's own id: without it, tags were copied from another version. */
  static final String OWN = "version";

  /** Longer than the attempts of one operation may be apart, clocks that differ included. */
  private static final Duration ONE_OPERATION = Duration.ofMinutes(15);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int LOOKS = 10;

  /** How often a change of tags is written before somebody else's is left to be looked at. */
  private static final int WRITES = 3;

  private static final Comparator<ServiceKey> BY_AGE =
      Comparator.comparingLong((ServiceKey key) -> key.createdAt().getEpochSecond())
          .thenComparing(ServiceKey::id);

  private final ElectionService service;

  public ElectedDecisions(ElectionService service) {
    super(service);
    this.service = service;
  }

  // The rule

  @Override
  VersionTags tags(ServiceKey version) {
    VersionTags tags = super.tags(version);
    return isOwn(version) ? tags : tags.asMade();
  }

  /** Whether its tags were written on this very version. */
  private boolean isOwn(ServiceKey version) {
    return version.id().equals(version.tags().get(prefix + OWN));
  }

  /** What a key can begin with: its versions in order, and the second from which on it is there. */
  private record Beginning(List<ServiceKey> versions, long second) {}

  /**
   * The key, by the rule.
   *
   * @param lastSecond what was made or claimed after it does not count yet; {@link #EVERYTHING} for
   *     who has waited
   * @return nothing if nothing is listed
   */
  public Optional<LedgerKey> key(KeyName name, List<ServiceKey> listed, long lastSecond) {
    if (listed.isEmpty()) {
      return Optional.empty();
    }
    List<ServiceKey> byAge = listed.stream().sorted(BY_AGE).toList();
    List<ServiceKey> named = byAge.stream().filter(version -> isNamed(name, version)).toList();
    Optional<Beginning> beginning =
        beginnings(named).stream()
            .filter(b -> b.second() <= lastSecond)
            .min(
                Comparator.comparingLong(Beginning::second)
                    .thenComparing(b -> b.versions().get(0).id()));
    List<ServiceKey> begun = beginning.map(Beginning::versions).orElse(List.of());
    List<ServiceKey> versions = new ArrayList<>(begun);
    List<ServiceKey> lost = new ArrayList<>();
    Set<String> foreign = new HashSet<>();
    Map<String, ServiceKey> made = new HashMap<>();
    begun.forEach(version -> made.put(task(version), version));
    for (ServiceKey version : byAge) {
      if (begun.contains(version)) {
        continue;
      }
      ServiceKey earlier = named.contains(version) ? made.putIfAbsent(task(version), version) : null;
      boolean copied =
          earlier != null
              && version.createdAt().isAfter(earlier.createdAt().plus(ONE_OPERATION));
      if (!named.contains(version) || copied) {
        // Somebody made it, or the service's own rotation, which copies tags.
        foreign.add(version.id());
        versions.add(version);
      } else if (earlier == null && tags(version).madeFor(Purpose.ROTATION)) {
        versions.add(version);
      } else {
        lost.add(version);
      }
    }
    return Optional.of(
        beginning.isPresent()
            ? decided(name, versions, lost, foreign, lastSecond)
            : nothing(name, byAge, lost, foreign));
  }

  private boolean isNamed(KeyName name, ServiceKey version) {
    VersionTags tags = tags(version);
    return tags.ofEnclave() && tags.name().filter(name::equals).isPresent();
  }

  private List<Beginning> beginnings(List<ServiceKey> byAge) {
    List<Beginning> beginnings = new ArrayList<>();
    Set<String> restorations = new TreeSet<>();
    for (ServiceKey version : byAge) {
      VersionTags tags = tags(version);
      if (tags.madeFor(Purpose.CREATION)) {
        beginnings.add(new Beginning(List.of(version), version.createdAt().getEpochSecond()));
      } else if (tags.madeFor(Purpose.RESTORATION)) {
        restorations.add(tags.operationId());
      }
    }
    for (String operation : restorations) {
      NavigableMap<Integer, ServiceKey> parts = parts(byAge, operation);
      if (made(parts.firstEntry().getValue()).of() == parts.size()) {
        long second =
            parts.values().stream().mapToLong(v -> v.createdAt().getEpochSecond()).max().orElse(0);
        beginnings.add(new Beginning(List.copyOf(parts.values()), second));
      }
    }
    return beginnings;
  }

  private Made made(ServiceKey version) {
    return tags(version).made().orElseThrow();
  }

  /** What one operation brought, by their places: the oldest of each. */
  private NavigableMap<Integer, ServiceKey> parts(List<ServiceKey> byAge, String operationId) {
    NavigableMap<Integer, ServiceKey> parts = new TreeMap<>();
    for (ServiceKey version : byAge) {
      tags(version)
          .made()
          .filter(made -> made.restored() && made.operationId().equals(operationId))
          .ifPresent(made -> parts.putIfAbsent(made.number(), version));
    }
    return parts;
  }

  /** What a version was made for, so that what was made twice is known. */
  private String task(ServiceKey version) {
    Made made = made(version);
    return made.operationId() + (made.restored() ? "/" + made.number() : "");
  }

  /** There is no key: only parts of one, or something else than Enclave's. */
  private LedgerKey nothing(
      KeyName name, List<ServiceKey> byAge, List<ServiceKey> lost, Set<String> foreign) {
    boolean parts = byAge.stream().allMatch(v -> isNamed(name, v) && made(v).restored());
    KeyMetadata none =
        new KeyMetadata(
            name,
            tags(byAge.get(0)).algorithm().orElse(SigningAlgorithm.ED25519),
            tags(byAge.get(0)).stamp(),
            RotationInterval.NEVER,
            "",
            parts,
            service.uri(name),
            byAge.get(0).createdAt());
    return new LedgerKey(
        none, List.of(), lost, foreign, Decision.none(""), new TreeMap<>(), "", true);
  }

  private LedgerKey decided(
      KeyName name,
      List<ServiceKey> listed,
      List<ServiceKey> lost,
      Set<String> foreign,
      long lastSecond) {
    ServiceKey first = listed.get(0);
    NavigableMap<Integer, String> activations = new TreeMap<>();
    Map<Integer, Long> seconds = new HashMap<>();
    activations.put(1, begunActive(listed).id());
    for (ServiceKey version : listed) {
      for (Claim claim : foreign.contains(version.id()) ? List.<Claim>of() : tags(version).claims()) {
        long second = second(version, claim);
        Long best = seconds.get(claim.number());
        boolean wins =
            best == null
                || second < best
                || (second == best
                    && version.id().compareTo(activations.get(claim.number())) < 0);
        if (second <= lastSecond && wins) {
          seconds.put(claim.number(), second);
          activations.put(claim.number(), version.id());
        }
      }
    }
    SortedMap<String, Instant> times = new TreeMap<>();
    // In their order, so that of the activations of one version the last is kept.
    activations.tailMap(1, false)
        .forEach(
            (number, id) ->
                times.put(id, Instant.ofEpochSecond(seconds.getOrDefault(number, 0L))));
    List<ServiceKey> versions =
        listed.stream().map(version -> version(version, foreign.contains(version.id()))).toList();
    VersionTags beginning = tags(first);
    return inferred(
        metadata(
            name,
            first,
            beginning.operationId(),
            beginning.rotation().interval(),
            service.uri(name),
            first.createdAt()),
        versions,
        lost,
        foreign,
        activations,
        activations.lastKey(),
        false,
        times);
  }

  private ServiceKey version(ServiceKey listed, boolean foreign) {
    VersionTags tags = tags(listed);
    KeyOrigin made = tags.restored() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED;
    boolean destroyed = tags.mark().filter(m -> m.kind() == Mark.Kind.DESTROYED).isPresent();
    return (destroyed && !foreign ? listed.with(Material.GONE) : listed)
        .with(foreign ? KeyOrigin.UNKNOWN : made);
  }

  /** The version that is active until another one claims to be: if none came so, the first. */
  private ServiceKey begunActive(List<ServiceKey> listed) {
    return listed.stream()
        .filter(v -> tags(v).made().isPresent())
        .filter(v -> made(v).restored() && made(v).state() == KeyState.ACTIVE)
        .findFirst()
        .orElse(listed.get(0));
  }

  private static long second(ServiceKey version, Claim claim) {
    return claim.second().orElse(version.changedAt().getEpochSecond());
  }

  // Reading

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    return read(name, service.list(name, call));
  }

  private Optional<LedgerKey> read(KeyName name, Listing listing) throws BackendFailure {
    Optional<LedgerKey> settled =
        key(name, listing.versions(), listing.at().minus(service.settling()).getEpochSecond());
    if (settled.filter(LedgerKey::unfinished).isEmpty()) {
      return settled;
    }
    LedgerKey everything = everything(name, listing).orElseThrow();
    if (!everything.unfinished()) {
      throw refusals.notSeenYet("Key " + name);
    }
    if (!everything.metadata().restored()) {
      throw service.foreign(name);
    }
    return settled;
  }

  /** By the rule, for who has waited. */
  private Optional<LedgerKey> everything(KeyName name, Listing listing) {
    return key(name, listing.versions(), EVERYTHING);
  }

  /** Also one that was made just now. */
  @Override
  public boolean isThere(KeyName name, CallContext call) throws BackendFailure {
    return everything(name, service.list(name, call)).filter(k -> !k.unfinished()).isPresent();
  }

  @Override
  public Optional<LedgerKey> read(KeyName name, String version, CallContext call)
      throws BackendFailure {
    Optional<LedgerKey> key = read(name, call);
    if (key.filter(k -> k.foreign().contains(version) || k.version(version).isEmpty()).isEmpty()) {
      return key;
    }
    Settling.await(service.settling(), "see version " + version, call);
    return read(name, call);
  }

  /** The key after everybody's writes can be seen, so that everybody reads the same. */
  private LedgerKey afterSettling(KeyName name, CallContext call) throws BackendFailure {
    return settled(name, call).orElseThrow(() -> service.noKey(name));
  }

  private Optional<LedgerKey> settled(KeyName name, CallContext call) throws BackendFailure {
    Settling.await(service.settling(), "see who was first", call);
    return everything(name, service.list(name, call));
  }

  /** The same for a key that was made just now; transient where reads are that far behind. */
  private LedgerKey made(KeyName name, Optional<LedgerKey> settled) throws BackendFailure {
    return settled
        .filter(key -> !key.unfinished())
        .orElseThrow(() -> refusals.notSeenYet("Key " + name));
  }

  // Writing

  /** The tags that are written after a version was made: all of them, or none. */
  private record Own(
      RotationInterval rotation,
      List<Claim> claims,
      Optional<Mark> mark,
      Optional<KeyHandle> moved) {

    Own with(List<Claim> other) {
      return new Own(rotation, other, mark, moved);
    }

    Own with(Optional<Mark> other) {
      return new Own(rotation, claims, other, moved);
    }

    Own movedTo(Optional<KeyHandle> other) {
      return new Own(rotation, claims, mark, other);
    }

    Own with(RotationInterval other) {
      return new Own(other, claims, mark, moved);
    }
  }

  private Own own(ServiceKey version) {
    VersionTags tags = tags(version);
    // With the second of each claim, which is not to move when it is written once more.
    List<Claim> dated =
        tags.claims().stream()
            .map(c -> new Claim(c.number(), Optional.of(second(version, c)), c.left()))
            .toList();
    return new Own(tags.rotation().interval(), dated, tags.mark(), tags.moved());
  }

  private ServiceKey write(ServiceKey version, Own own, Optional<Boolean> on, CallContext call)
      throws BackendFailure {
    Map<String, String> set = new TreeMap<>();
    set.put(prefix + OWN, version.id());
    set.put(prefix + KeyMetadata.ROTATION, own.rotation().toString());
    if (!own.claims().isEmpty()) {
      set.put(prefix + VersionTags.CLAIMS, VersionTags.text(own.claims()));
    }
    own.mark().ifPresent(mark -> set.put(prefix + VersionTags.MARK, mark.text()));
    own.moved()
        .flatMap(to -> MovedTags.of(prefix + VersionTags.MOVED, to))
        .ifPresent(set::putAll);
    Set<String> unset = new TreeSet<>(MovedTags.names(prefix + VersionTags.MOVED));
    unset.add(prefix + VersionTags.CLAIMS);
    unset.add(prefix + VersionTags.MARK);
    unset.removeAll(set.keySet());
    return service.tag(version, new TagChange(set, unset, on), call);
  }

  /**
   * Changes tags of a version, and makes sure that the change stays: the service takes all tags or
   * none and knows no condition, so that whoever read the version before may write them back as
   * they were.
   *
   * @param done whether tags that are read afterwards have the change
   */
  private LedgerKey change(
      LedgerKey key,
      ServiceKey version,
      UnaryOperator<Own> change,
      Optional<Boolean> on,
      Predicate<VersionTags> done,
      CallContext call)
      throws BackendFailure {
    KeyName name = key.name();
    write(version, change.apply(own(version)), on, call);
    return BackendFailure.afterChange(
        "Tags of version " + version.id() + " of key " + name + " were written.",
        () -> {
          for (int written = 1; ; written++) {
            LedgerKey after = afterSettling(name, call);
            ServiceKey now = version(after, version.id());
            if (done.test(tags(now))) {
              return after;
            }
            if (written == WRITES) {
              throw refusals.overwritten(name, version.version());
            }
            write(now, change.apply(own(now)), on, call);
          }
        });
  }

  private ServiceKey version(LedgerKey key, String id) throws BackendFailure {
    return key.version(id)
        .orElseThrow(() -> refusals.noVersion(key.name(), KeyVersionId.of(id)));
  }

  private static Optional<Boolean> on(ServiceKey version) {
    return version.material() == Material.OFF ? Optional.of(true) : Optional.empty();
  }

  /** Switches off what lost a race. */
  private void giveUp(ServiceKey lost, CallContext call) {
    if (lost.material() == Material.ON) {
      LeftOver.giveUp("Version " + lost.uri(), () -> service.turn(lost, false, call));
    }
  }

  // Creation

  @Override
  public LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    KeyName name = wanted.name();
    service.requireElection("Creating key " + name);
    Listing listing = service.list(name, call);
    Optional<LedgerKey> now = everything(name, listing);
    if (now.filter(key -> !key.unfinished()).isPresent()) {
      boolean own = now.get().metadata().operationId().equals(wanted.operationId());
      ServiceKey first = now.get().versions().get(0);
      return own && isYoung(name, listing, first)
          ? elected(made(name, settled(name, call)), first, call)
          : now.get();
    }
    if (now.filter(key -> !key.metadata().restored()).isPresent()) {
      throw service.foreign(name);
    }
    Made purpose = Made.of(Purpose.CREATION, wanted.operationId(), 1);
    Rotation rotation = new Rotation(wanted.rotation(), 0);
    Making making =
        new Making(
            name,
            wanted.algorithm(),
            tags(wanted, rotation, purpose),
            wanted.operationId());
    ServiceKey made = service.make(making, call);
    Optional<LedgerKey> after =
        BackendFailure.afterChange(
            "A first version of key " + name + " was made.", () -> settled(name, call));
    return elected(made(name, after), made, call);
  }

  private boolean isYoung(KeyName name, Listing listing, ServiceKey first) {
    long settled = listing.at().minus(service.settling()).getEpochSecond();
    return key(name, listing.versions(), settled)
        .filter(key -> !key.unfinished() && key.versions().get(0).id().equals(first.id()))
        .isEmpty();
  }

  private LedgerKey elected(LedgerKey after, ServiceKey mine, CallContext call) {
    if (!after.versions().get(0).id().equals(mine.id())) {
      giveUp(mine, call);
    }
    return after;
  }

  // Rotation

  @Override
  public ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure {
    service.requireElection("Rotating key " + key.name());
    Optional<ServiceKey> earlier = prepared(key, request.operationId(), call);
    if (earlier.isEmpty() && call.attempt() > 1) {
      // What an earlier attempt made may not be to be seen yet, and of two the older one counts.
      earlier = prepared(afterSettling(key.name(), call), request.operationId(), call);
    }
    if (earlier.isPresent()) {
      return earlier.get();
    }
    guard.check(key);
    Made purpose =
        Made.of(Purpose.ROTATION, request.operationId(), key.versions().size() + 1);
    Map<String, String> tags =
        tags(key.metadata(), new Rotation(key.rotation(), 0), purpose);
    Optional<ServiceKey> offered = service.offered(key, call);
    if (offered.isEmpty()) {
      return service.make(
          new Making(key.name(), key.metadata().algorithm(), tags, request.operationId()), call);
    }
    tags.put(prefix + OWN, offered.get().id());
    Set<String> copied = new TreeSet<>(MovedTags.names(prefix + VersionTags.MOVED));
    copied.add(prefix + VersionTags.CLAIMS);
    copied.add(prefix + VersionTags.MARK);
    return service.tag(offered.get(), new TagChange(tags, copied, Optional.empty()), call);
  }

  // Decisions

  @Override
  public Optional<LedgerKey> decide(LedgerKey key, Change change, Guard guard, CallContext call)
      throws BackendFailure {
    int number = key.decision().number();
    if (change instanceof Change.Activate activate) {
      return activate(key, activate, guard, call);
    }
    guard.check(key);
    if (change instanceof Change.Retire retire) {
      return Optional.of(
          change(
              key,
              retire.version(),
              own -> own.with(Optional.of(Mark.retired(number))),
              on(retire.version()),
              tags -> tags.mark().isPresent(),
              call));
    }
    if (change instanceof Change.Move move) {
      Optional<KeyHandle> to = Optional.of(move.to());
      return Optional.of(
          tags(move.version()).moved().equals(to)
              ? key
              : change(
                  key,
                  move.version(),
                  own -> own.movedTo(to),
                  Optional.empty(),
                  tags -> tags.moved().equals(to),
                  call));
    }
    RotationInterval before = key.rotation();
    RotationInterval interval = ((Change.Interval) change).interval();
    // Another interval than both is a later change of somebody else's, and is left.
    return Optional.of(
        before.equals(interval)
            ? key
            : change(
                key,
                key.versions().get(0),
                own -> own.with(interval),
                Optional.empty(),
                tags -> !tags.rotation().interval().equals(before),
                call));
  }

  private Optional<LedgerKey> activate(
      LedgerKey key, Change.Activate change, Guard guard, CallContext call)
      throws BackendFailure {
    ServiceKey version = change.version();
    int head = key.decision().number();
    if (version.id().equals(key.activations().get(head))) {
      guard.check(key);
      return Optional.of(
          change(
              key,
              version,
              own -> own.with(Optional.<Mark>empty()).movedTo(Optional.empty()),
              on(version),
              tags -> tags.mark().isEmpty() && tags.moved().isEmpty(),
              call));
    }
    service.requireElection("Making version " + version.id() + " of key " + key.name() + " active");
    Optional<Claim> earlier =
        tags(version).claims().stream().max(Comparator.comparingInt(Claim::number));
    if (earlier.filter(claim -> claim.number() <= head && !key.used(version)).isPresent()) {
      withdraw(version, earlier.get().number(), call);
    }
    guard.check(key);
    int number = head + 1;
    // An earlier attempt, of which nobody knows how it ended, may have claimed already.
    if (earlier.filter(claim -> claim.number() == number).isEmpty()) {
      List<Claim> claims = new ArrayList<>(own(version).claims());
      claims.add(new Claim(number, Optional.empty(), change.left()));
      write(version, own(version).with(claims).movedTo(Optional.empty()), Optional.empty(), call);
    }
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + key.name() + " claims to be the active one.",
        () -> {
          Settling.await(service.settling(), "see who was first", call);
          Listing listing = service.list(key.name(), call);
          LedgerKey after =
              everything(key.name(), listing).orElseThrow(() -> service.noKey(key.name()));
          ServiceKey claiming = version(after, version.id());
          if (!version.id().equals(after.activations().get(number))) {
            withdraw(claiming, number, call);
            return Optional.empty();
          }
          ServiceKey won = writtenDown(claiming, number, call);
          List<ServiceKey> versions = new ArrayList<>(listing.versions());
          versions.replaceAll(v -> v.id().equals(won.id()) ? won : v);
          return key(key.name(), versions, EVERYTHING);
        });
  }

  /** The claim's second, so that no later change of the version moves it; and it is on. */
  private ServiceKey writtenDown(ServiceKey version, int number, CallContext call)
      throws BackendFailure {
    boolean written = tags(version).claim(number).flatMap(Claim::second).isPresent();
    boolean marked = tags(version).mark().isPresent();
    return written && !marked && version.material() == Material.ON
        ? version
        : write(version, own(version).with(Optional.<Mark>empty()), on(version), call);
  }

  @Override
  public void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {
    int number = key.decision().number();
    ServiceKey version = version(key, active.id());
    if (number > 1 && tags(version).claim(number).flatMap(Claim::second).isEmpty()) {
      writtenDown(version, number, call);
    }
  }

  private void withdraw(ServiceKey version, int number, CallContext call) {
    List<Claim> others = new ArrayList<>(own(version).claims());
    others.removeIf(claim -> claim.number() == number);
    LeftOver.giveUp(
        "The claim of version " + version.uri(),
        () -> write(version, own(version).with(others), Optional.empty(), call));
  }

  // Destroying

  @Override
  public LedgerKey remove(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    // Marked already: an earlier attempt came to its end before the key was deleted.
    LedgerKey after =
        key.state(version) == KeyState.DESTROYED
            ? afterSettling(key.name(), call)
            : markDestroyed(key, version, call);
    if (othersAlive(after, version)) {
      return after;
    }
    // With its mark nobody begins to activate another version; who began has claimed by now.
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + key.name() + " is marked as destroyed.",
        () -> {
          service.removeAll(key.name(), call);
          for (int look = 0; look < LOOKS; look++) {
            Optional<LedgerKey> removed = removed(key.name(), call);
            if (removed.isPresent()) {
              return removed.get();
            }
            Settling.await(BETWEEN_LOOKS, "see key " + key.name() + " deleted", call);
          }
          throw service.notSeenRemoved(key.name());
        });
  }

  private LedgerKey markDestroyed(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    Mark destroyed = new Mark(Mark.Kind.DESTROYED, 0, KeyState.VERIFY_ONLY);
    return change(
        key,
        version,
        own -> own.with(Optional.of(destroyed)),
        Optional.of(false),
        tags -> tags.mark().filter(destroyed::equals).isPresent(),
        call);
  }

  private static boolean othersAlive(LedgerKey key, ServiceKey version) {
    return key.versions().stream()
        .anyMatch(v -> !v.id().equals(version.id()) && key.state(v) != KeyState.DESTROYED);
  }

  @Override
  public boolean removesAgain(LedgerKey key, ServiceKey version) {
    return key.state(version) == KeyState.DESTROYED && !othersAlive(key, version);
  }

  @Override
  public BackendFailure absent(KeyName name, boolean destroyed) {
    return destroyed ? service.notSeenRemoved(name) : service.noKey(name);
  }

  /** Of the versions of a deleted key one is shown; if it is not the first, under no public key. */
  @Override
  public Optional<LedgerKey> removed(KeyName name, CallContext call) throws BackendFailure {
    Optional<ServiceKey> shown =
        service.removed(name, call).filter(version -> tags(version).ofEnclave());
    return shown.map(
        version -> {
          VersionTags tags = tags(version);
          boolean first =
              isOwn(version)
                  && (tags.madeFor(Purpose.CREATION)
                      || (tags.restored() && made(version).number() == 1));
          KeyMetadata metadata =
              new KeyMetadata(
                  name,
                  tags.algorithm().orElseThrow(),
                  tags.stamp(),
                  tags.rotation().interval(),
                  tags.operationId(),
                  true,
                  service.uri(name),
                  version.createdAt());
          KeyOrigin origin = tags.restored() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED;
          return new LedgerKey(
              metadata,
              List.of(version.with(Material.GONE).with(origin)),
              List.of(),
              Set.of(),
              Decision.none(""),
              new TreeMap<>(),
              first ? "" : LedgerKey.NOT_FIRST,
              false);
        });
  }

  // Leftovers

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    return leftOvers.ofNames(
        from,
        (name, c) -> everything(name, service.list(name, c)),
        lost -> lost.material() == Material.ON,
        call);
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    KeyName name = orphan.meantFor();
    Optional<LedgerKey> key = everything(name, service.list(name, call));
    Optional<ServiceKey> found = key.flatMap(k -> LeftOvers.find(k, orphan));
    if (found.isEmpty()) {
      return false;
    }
    ServiceKey version = found.get();
    boolean lost = key.get().leftOver().contains(version);
    if (version.material() == Material.GONE || (lost && version.material() == Material.OFF)) {
      return true;
    }
    if (!leftOvers.isOrphan(key.get(), version, l -> true, call)) {
      return false;
    }
    if (lost) {
      service.turn(version, false, call);
      return true;
    }
    // The tags, which hold its claim, stay as they are until the second look.
    List<Claim> claims = tags(version).claims();
    return leftOvers.discard(
        name,
        version,
        service.settling(),
        () -> everything(name, service.list(name, call)),
        (now, still) -> now.used(still) || !tags(still).claims().equals(claims),
        (now, still) -> markDestroyed(now, still, call),
        call);
  }

  // Restoration

  @Override
  public LedgerKey restore(
      RestoreRequest request, List<Version> versions, KeyTaker taker, CallContext call)
      throws BackendFailure {
    Backups.requireBegun(request, versions);
    KeyName name = request.name();
    service.requireElection("Restoring key " + name);
    Listing listing = service.list(name, call);
    Optional<LedgerKey> now = everything(name, listing);
    Optional<LedgerKey> settled = now;
    if (now.filter(key -> !key.unfinished()).isPresent()) {
      if (isYoung(name, listing, now.get().versions().get(0))) {
        settled = settled(name, call);
      }
    } else {
      if (now.filter(key -> !key.metadata().restored()).isPresent()) {
        throw service.foreign(name);
      }
      bring(request, versions, listing, taker, call);
      settled =
          BackendFailure.afterChange(
              "All versions of key " + name + " were brought.", () -> settled(name, call));
    }
    LedgerKey after = made(name, settled);
    for (ServiceKey lost : after.leftOver()) {
      if (tags(lost).operationId().equals(request.operationId())) {
        giveUp(lost, call);
      }
    }
    if (!after.metadata().operationId().equals(request.operationId())) {
      throw refusals.alreadyExists(name);
    }
    return BackendFailure.afterChange(
        "Key " + name + " was restored.",
        () -> {
          for (int i = 0; i < Math.min(versions.size(), after.versions().size()); i++) {
            requireItsPublicKey(request, versions.get(i), after.versions().get(i), call);
          }
          return after;
        });
  }

  /** In their order; the last one makes the key. */
  private void bring(
      RestoreRequest request,
      List<Version> versions,
      Listing listing,
      KeyTaker taker,
      CallContext call)
      throws BackendFailure {
    List<ServiceKey> named =
        listing.versions().stream()
            .filter(version -> isNamed(request.name(), version))
            .sorted(BY_AGE)
            .toList();
    NavigableMap<Integer, ServiceKey> there = parts(named, request.operationId());
    for (int place = 1; place <= versions.size(); place++) {
      Version version = versions.get(place - 1);
      ServiceKey earlier = there.get(place);
      ServiceKey brought;
      if (earlier != null) {
        boolean on = version.state() != KeyState.DISABLED;
        // It may have been taken for something left over.
        brought =
            (earlier.material() == Material.ON) == on ? earlier : service.turn(earlier, on, call);
      } else {
        Map<String, String> tags = tags(request, versions, place);
        String unit = request.operationId() + "/" + place;
        brought =
            taker.bring(new Making(request.name(), request.key().algorithm(), tags, unit), version, call);
      }
      if (place < versions.size()) {
        requireItsPublicKey(request, version, brought, call);
      } else {
        BackendFailure.afterChange(
            "All versions of key " + request.name() + " were brought.",
            () -> requireItsPublicKey(request, version, brought, call));
      }
    }
  }

  private ServiceKey requireItsPublicKey(
      RestoreRequest request, Version version, ServiceKey brought, CallContext call)
      throws BackendFailure {
    boolean same =
        version.state() == KeyState.DISABLED
            || service
                .publicKey(brought, request.key().algorithm(), call)
                .equals(version.publicKey());
    if (!same) {
      giveUp(brought, call);
      throw refusals
          .wrongAnswer(
              brought.uri() + " has another public key than the key that was sent for it")
          .naming(brought.uri());
    }
    return brought;
  }
}
