package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.key.ElectionService.Listing;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.kit.key.TaggedService.TagChange;
import dev.enclave.kit.key.VersionTags.Claim;
import dev.enclave.kit.key.VersionTags.Made;
import dev.enclave.kit.key.VersionTags.Mark;
import dev.enclave.kit.key.VersionTags.Purpose;
import dev.enclave.kit.key.VersionTags.Rotation;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
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
import java.util.function.Predicate;

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
final class ElectedWinners extends TaggedWinners<ElectionService> {

  /** Everything counts, also what was written just now: for who has waited. */
  static final long EVERYTHING = Long.MAX_VALUE;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int LOOKS = 10;

  /** How often a change of tags is written before somebody else's is left to be looked at. */
  private static final int WRITES = 3;

  private static final Comparator<ServiceKey> BY_AGE =
      Comparator.comparingLong((ServiceKey key) -> key.createdAt().getEpochSecond())
          .thenComparing(ServiceKey::id);

  public ElectedWinners(ElectionService service) {
    super(service);
  }

  // The rule

  @Override
  VersionTags tags(ServiceKey version) {
    VersionTags tags = super.tags(version);
    return isOwn(version) ? tags : tags.asMade();
  }

  /** Whether its tags were written on this very version. */
  private boolean isOwn(ServiceKey version) {
    return version.id().equals(version.tags().get(prefix + VersionTags.OWN));
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
  Optional<LedgerKey> key(KeyName name, List<ServiceKey> listed, long lastSecond) {
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
      ServiceKey earlier =
          named.contains(version) ? made.putIfAbsent(task(version), version) : null;
      boolean copied =
          earlier != null
              && version.createdAt().isAfter(earlier.createdAt().plus(KeyService.UNDER_WAY));
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
    for (ServiceKey version : byAge) {
      Made made = made(version);
      List<ServiceKey> begun =
          made.restored()
              ? List.copyOf(parts(byAge, made.operationId()).values())
              : List.of(version);
      if (made.purpose() != Purpose.ROTATION
          && begun.get(0).equals(version)
          && begun.size() == Math.max(1, made.of())) {
        long second = begun.stream().mapToLong(v -> v.createdAt().getEpochSecond()).max().orElse(0);
        beginnings.add(new Beginning(begun, second));
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
    KeyMetadata none = metadata(name, byAge.get(0), parts);
    return new LedgerKey(
        none, List.of(), lost, foreign, Decision.none(""), new TreeMap<>(), "", true);
  }

  /** What is fixed about a key, as one of its versions tells it. */
  private KeyMetadata metadata(KeyName name, ServiceKey told, boolean restored) {
    VersionTags tags = tags(told);
    return new KeyMetadata(
        name,
        tags.algorithm().orElse(SigningAlgorithm.ED25519),
        tags.stamp(),
        tags.rotation().interval(),
        tags.operationId(),
        restored,
        service.uri(name),
        told.createdAt());
  }

  private LedgerKey decided(
      KeyName name,
      List<ServiceKey> listed,
      List<ServiceKey> lost,
      Set<String> foreign,
      long lastSecond) {
    NavigableMap<Integer, String> activations = new TreeMap<>();
    Map<Integer, Long> seconds = new HashMap<>();
    activations.put(1, begunActive(listed).id());
    for (ServiceKey version : listed) {
      for (Claim claim :
          foreign.contains(version.id()) ? List.<Claim>of() : tags(version).claims()) {
        long second = second(version, claim);
        Long best = seconds.get(claim.number());
        boolean wins =
            best == null
                || second < best
                || (second == best && version.id().compareTo(activations.get(claim.number())) < 0);
        if (second <= lastSecond && wins) {
          seconds.put(claim.number(), second);
          activations.put(claim.number(), version.id());
        }
      }
    }
    SortedMap<String, Instant> times = new TreeMap<>();
    // In their order, so that of the activations of one version the last is kept.
    activations
        .tailMap(1, false)
        .forEach(
            (number, id) -> times.put(id, Instant.ofEpochSecond(seconds.getOrDefault(number, 0L))));
    List<ServiceKey> versions =
        listed.stream().map(version -> version(version, foreign.contains(version.id()))).toList();
    KeyMetadata metadata = metadata(name, listed.get(0), tags(listed.get(0)).restored());
    LedgerKey key =
        new LedgerKey(metadata, versions, lost, foreign, Decision.none(""), activations, "", false);
    return inferred(key, activations.lastKey(), false, times);
  }

  @Override
  Rotation rotation(List<ServiceKey> versions) {
    return tags(versions.get(0)).rotation();
  }

  private ServiceKey version(ServiceKey listed, boolean foreign) {
    VersionTags tags = tags(listed);
    boolean destroyed = tags.mark().filter(m -> m.kind() == Mark.Kind.DESTROYED).isPresent();
    return (destroyed && !foreign ? listed.with(Material.GONE) : listed)
        .with(foreign ? KeyOrigin.UNKNOWN : origin(tags));
  }

  private static KeyOrigin origin(VersionTags tags) {
    return tags.restored() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED;
  }

  /** The version that is active until another one claims to be: if none came so, the first. */
  private ServiceKey begunActive(List<ServiceKey> listed) {
    return listed.stream()
        .filter(v -> tags(v).restored() && made(v).state() == KeyState.ACTIVE)
        .findFirst()
        .orElse(listed.get(0));
  }

  private static long second(ServiceKey version, Claim claim) {
    return claim.second().orElse(version.changedAt().getEpochSecond());
  }

  // Reading

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Listing listing = service.list(name, call);
    Optional<LedgerKey> settled =
        key(name, listing.versions(), listing.at().minus(service.settling()).getEpochSecond());
    if (settled.filter(LedgerKey::unfinished).isEmpty()) {
      return settled;
    }
    LedgerKey everything = everything(name, listing).orElseThrow();
    if (!everything.unfinished()) {
      throw refusals.notSeenYet(Texts.KEY.with(name));
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

  @Override
  Optional<LedgerKey> readSettled(KeyName name, CallContext call) throws BackendFailure {
    return everything(name, service.list(name, call));
  }

  /** Also one that was made just now. */
  @Override
  public boolean isThere(KeyName name, CallContext call) throws BackendFailure {
    return readSettled(name, call).filter(k -> !k.unfinished()).isPresent();
  }

  @Override
  public Optional<LedgerKey> read(KeyName name, String version, CallContext call)
      throws BackendFailure {
    Optional<LedgerKey> key = read(name, call);
    if (key.filter(k -> k.foreign().contains(version) || k.version(version).isEmpty()).isEmpty()) {
      return key;
    }
    Pending.settle(service.settling(), "see version " + version, call);
    return read(name, call);
  }

  /** The key after everybody's writes can be seen, so that everybody reads the same. */
  private LedgerKey afterSettling(KeyName name, CallContext call) throws BackendFailure {
    return settled(name, call).orElseThrow(() -> service.noKey(name));
  }

  private Optional<LedgerKey> settled(KeyName name, CallContext call) throws BackendFailure {
    Pending.settle(service.settling(), "see who was first", call);
    return readSettled(name, call);
  }

  // Writing

  /** Writes what holds of a version and the change: tags that were copied do not hold. */
  private ServiceKey write(ServiceKey version, TagChange change, CallContext call)
      throws BackendFailure {
    VersionTags tags = tags(version);
    Map<String, String> set = new TreeMap<>(claims(version, claim -> true).set());
    set.put(prefix + VersionTags.OWN, version.id());
    tags.mark().ifPresent(mark -> set.put(prefix + VersionTags.MARK, mark.text()));
    tags.moved().flatMap(to -> VersionTags.moved(prefix, to)).ifPresent(set::putAll);
    set.keySet().removeAll(change.unset());
    set.putAll(change.set());
    Set<String> unset = VersionTags.later(prefix);
    unset.removeAll(set.keySet());
    return service.tag(version, new TagChange(set, unset, change.on()), call);
  }

  /**
   * Some claims of a version, and more: with the second of each, which is not to move when it is
   * written once more.
   */
  private TagChange claims(ServiceKey version, Predicate<Claim> kept, Claim... more) {
    List<Claim> claims = new ArrayList<>();
    for (Claim c : tags(version).claims()) {
      if (kept.test(c)) {
        claims.add(new Claim(c.number(), Optional.of(second(version, c)), c.left()));
      }
    }
    claims.addAll(List.of(more));
    String tag = prefix + VersionTags.CLAIMS;
    return claims.isEmpty()
        ? new TagChange(Map.of(), Set.of(tag), Optional.empty())
        : TagChange.of(Map.of(tag, VersionTags.text(claims)));
  }

  /**
   * Changes tags of a version, and makes sure that the change stays: the service takes all tags or
   * none and knows no condition, so that whoever read the version before may write them back as
   * they were.
   */
  @Override
  LedgerKey tagged(
      LedgerKey key,
      ServiceKey version,
      TagChange change,
      Predicate<VersionTags> done,
      CallContext call)
      throws BackendFailure {
    KeyName name = key.name();
    write(version, change, call);
    return BackendFailure.afterChange(
        Texts.TAGS_WRITTEN.with(version.id(), name),
        () -> {
          for (int written = 1; ; written++) {
            LedgerKey after = afterSettling(name, call);
            ServiceKey now = version(after, version.version());
            if (done.test(tags(now))) {
              return after;
            }
            if (written == WRITES) {
              throw refusals.overwritten(name, version.version());
            }
            write(now, change, call);
          }
        });
  }

  /** Switches off what lost a race. */
  private void giveUp(ServiceKey lost, CallContext call) {
    if (lost.material() == Material.ON) {
      giveUp(Texts.VERSION_AT.with(lost.uri()), () -> service.turn(lost, false, call));
    }
  }

  // Creation

  @Override
  public LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    service.requireElection(Texts.CREATING.with(wanted.name()));
    Listing listing = service.list(wanted.name(), call);
    return begun(wanted, listing, () -> service.make(first(wanted), call), call);
  }

  /** The key of a name, whoever began it; where nobody has, this operation does. */
  private LedgerKey begun(
      KeyMetadata wanted, Listing listing, Step<ServiceKey> beginning, CallContext call)
      throws BackendFailure {
    KeyName name = wanted.name();
    String operationId = wanted.operationId();
    Optional<LedgerKey> now = everything(name, listing);
    Optional<LedgerKey> settled = now;
    if (now.filter(key -> !key.unfinished()).isPresent()) {
      boolean own = now.get().metadata().operationId().equals(operationId);
      if ((own || wanted.restored()) && isYoung(name, listing, now.get().versions().get(0))) {
        settled = settled(name, call);
      }
    } else {
      if (now.filter(key -> !key.metadata().restored()).isPresent()) {
        throw service.foreign(name);
      }
      beginning.run();
      settled =
          BackendFailure.afterChange(Texts.FIRST_PARTS_MADE.with(name), () -> settled(name, call));
    }
    LedgerKey key =
        settled
            .filter(there -> !there.unfinished())
            .orElseThrow(() -> refusals.notSeenYet(Texts.KEY.with(name)));
    for (ServiceKey lost : key.leftOver()) {
      if (tags(lost).operationId().equals(operationId)) {
        giveUp(lost, call);
      }
    }
    return key;
  }

  private boolean isYoung(KeyName name, Listing listing, ServiceKey first) {
    long settled = listing.at().minus(service.settling()).getEpochSecond();
    return key(name, listing.versions(), settled)
        .filter(key -> !key.unfinished() && key.versions().get(0).id().equals(first.id()))
        .isEmpty();
  }

  // Rotation

  @Override
  public ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure {
    service.requireElection(Texts.ROTATING.with(key.name()));
    Optional<ServiceKey> earlier = prepared(key, request.operationId(), call);
    if (earlier.isEmpty() && call.attempt() > 1) {
      // What an earlier attempt made may not be to be seen yet, and of two the older one counts.
      earlier = prepared(afterSettling(key.name(), call), request.operationId(), call);
    }
    if (earlier.isPresent()) {
      return earlier.get();
    }
    guard.check(key);
    Made made = Made.of(Purpose.ROTATION, request.operationId(), key.versions().size() + 1);
    Making making = making(key.metadata(), new Rotation(key.rotation(), 0), made, Map.of());
    Optional<ServiceKey> offered = service.offered(key, call);
    if (offered.isEmpty()) {
      return service.make(making, call);
    }
    Map<String, String> tags = new TreeMap<>(making.tags());
    tags.put(prefix + VersionTags.OWN, offered.get().id());
    return service.tag(
        offered.get(), new TagChange(tags, VersionTags.later(prefix), Optional.empty()), call);
  }

  // Decisions

  @Override
  LedgerKey changeInterval(LedgerKey key, RotationInterval interval, CallContext call)
      throws BackendFailure {
    RotationInterval before = key.rotation();
    // Another interval than both is a later change of somebody else's, and is left.
    return before.equals(interval)
        ? key
        : tagged(
            key,
            key.versions().get(0),
            TagChange.of(Map.of(prefix + KeyMetadata.ROTATION, interval.toString())),
            tags -> !tags.rotation().interval().equals(before),
            call);
  }

  @Override
  Optional<LedgerKey> activate(LedgerKey key, Change.Activate change, Guard guard, CallContext call)
      throws BackendFailure {
    ServiceKey version = change.version();
    int head = key.decision().number();
    if (version.id().equals(key.activations().get(head))) {
      guard.check(key);
      Set<String> ended = VersionTags.movedNames(prefix);
      ended.add(prefix + VersionTags.MARK);
      return Optional.of(
          tagged(
              key,
              version,
              new TagChange(Map.of(), ended, on(version)),
              tags -> tags.mark().isEmpty() && tags.moved().isEmpty(),
              call));
    }
    service.requireElection(Texts.ACTIVATING.with(version.id(), key.name()));
    Optional<Claim> earlier =
        tags(version).claims().stream().max(Comparator.comparingInt(Claim::number));
    if (earlier.filter(claim -> claim.number() <= head && !key.used(version)).isPresent()) {
      withdraw(version, earlier.get().number(), call);
    }
    guard.check(key);
    int number = head + 1;
    // An earlier attempt, of which nobody knows how it ended, may have claimed already.
    if (earlier.filter(claim -> claim.number() == number).isEmpty()) {
      Claim claim = new Claim(number, Optional.empty(), change.left());
      Map<String, String> claims = claims(version, c -> true, claim).set();
      write(version, new TagChange(claims, VersionTags.movedNames(prefix), Optional.empty()), call);
    }
    return BackendFailure.afterChange(
        Texts.CLAIMS_ACTIVITY.with(version.id(), key.name()),
        () -> {
          Pending.settle(service.settling(), "see who was first", call);
          Listing listing = service.list(key.name(), call);
          LedgerKey after =
              everything(key.name(), listing).orElseThrow(() -> service.noKey(key.name()));
          ServiceKey claiming = version(after, version.version());
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
        : write(
            version, new TagChange(Map.of(), Set.of(prefix + VersionTags.MARK), on(version)), call);
  }

  @Override
  public void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {
    int number = key.decision().number();
    ServiceKey version = version(key, active.version());
    if (number > 1 && tags(version).claim(number).flatMap(Claim::second).isEmpty()) {
      writtenDown(version, number, call);
    }
  }

  private void withdraw(ServiceKey version, int number, CallContext call) {
    giveUp(
        Texts.CLAIM_OF_VERSION.with(version.uri()),
        () -> write(version, claims(version, claim -> claim.number() != number), call));
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
        Texts.MARKED_DESTROYED.with(version.id(), key.name()),
        () -> {
          service.removeAll(key.name(), call);
          for (int look = 0; look < LOOKS; look++) {
            Optional<LedgerKey> removed = removed(key.name(), call);
            if (removed.isPresent()) {
              return removed.get();
            }
            Pending.settle(BETWEEN_LOOKS, "see key " + key.name() + " deleted", call);
          }
          throw service.notSeenRemoved(key.name());
        });
  }

  private LedgerKey markDestroyed(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    Mark destroyed = new Mark(Mark.Kind.DESTROYED, 0, KeyState.VERIFY_ONLY);
    Map<String, String> mark = Map.of(prefix + VersionTags.MARK, destroyed.text());
    return tagged(
        key,
        version,
        new TagChange(mark, Set.of(), Optional.of(false)),
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
          return new LedgerKey(
              metadata(name, version, true),
              List.of(version.with(Material.GONE).with(origin(tags))),
              List.of(),
              Set.of(),
              Decision.none(""),
              new TreeMap<>(),
              first ? "" : LedgerKey.NOT_FIRST,
              false);
        });
  }

  // Leftovers

  /** The tags, which hold its claim, stay as they are until the second look. */
  @Override
  boolean isWanted(LedgerKey now, ServiceKey still, ServiceKey before, CallContext call) {
    return now.used(still) || !tags(still).claims().equals(tags(before).claims());
  }

  @Override
  void end(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure {
    markDestroyed(key, version, call);
  }

  @Override
  boolean discard(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure {
    if (!key.leftOver().contains(version)) {
      return super.discard(key, version, call);
    }
    service.turn(version, false, call);
    return true;
  }

  // Restoration

  @Override
  public LedgerKey restore(Restoration restoration, CallContext call) throws BackendFailure {
    restoration.requireBegun();
    KeyName name = restoration.name();
    service.requireElection(Texts.RESTORING.with(name));
    Listing listing = service.list(name, call);
    KeyMetadata wanted = KeyMetadata.of(restoration.request());
    LedgerKey key = begun(wanted, listing, () -> brought(restoration, listing, call), call);
    if (!key.metadata().operationId().equals(restoration.operationId())) {
      throw refusals.alreadyExists(name);
    }
    return BackendFailure.afterChange(
        Texts.RESTORED.with(name),
        () -> {
          int places = Math.min(restoration.places(), key.versions().size());
          for (int place = 1; place <= places; place++) {
            requireItsPublicKey(restoration, place, key.versions().get(place - 1), call);
          }
          return key;
        });
  }

  /** In their order; the last one, which this returns, makes the key. */
  private ServiceKey brought(Restoration restoration, Listing listing, CallContext call)
      throws BackendFailure {
    List<ServiceKey> named =
        listing.versions().stream()
            .filter(version -> isNamed(restoration.name(), version))
            .sorted(BY_AGE)
            .toList();
    NavigableMap<Integer, ServiceKey> there = parts(named, restoration.operationId());
    for (int place = 1; ; place++) {
      ServiceKey earlier = there.get(place);
      // What is there may have been taken for something left over, and is off.
      ServiceKey brought =
          earlier != null
              ? restoration.inState(place, earlier, call)
              : restoration.bring(place, tags(restoration, place), call);
      if (place == restoration.places()) {
        return brought;
      }
      requireItsPublicKey(restoration, place, brought, call);
    }
  }

  private void requireItsPublicKey(
      Restoration restoration, int place, ServiceKey brought, CallContext call)
      throws BackendFailure {
    if (restoration.state(place) != KeyState.DISABLED
        && !restoration.matches(place, brought, call)) {
      giveUp(brought, call);
      throw restoration.notItsPublicKey(brought);
    }
  }
}
