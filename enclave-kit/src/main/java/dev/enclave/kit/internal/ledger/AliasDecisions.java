package dev.enclave.kit.internal.ledger;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.internal.ledger.VersionRule.Standing;
import dev.enclave.kit.internal.ledger.VersionTags.Activated;
import dev.enclave.kit.internal.ledger.VersionTags.Claim;
import dev.enclave.kit.internal.ledger.VersionTags.First;
import dev.enclave.kit.internal.ledger.VersionTags.Made;
import dev.enclave.kit.internal.ledger.VersionTags.Mark;
import dev.enclave.kit.internal.ledger.VersionTags.Purpose;
import dev.enclave.kit.internal.ledger.VersionTags.Replacement;
import dev.enclave.kit.internal.ledger.VersionTags.Rotation;
import dev.enclave.kit.key.Backups;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.ledger.AliasService;
import dev.enclave.kit.ledger.AliasService.Kind;
import dev.enclave.kit.ledger.AliasService.Name;
import dev.enclave.kit.ledger.AliasService.Tagged;
import dev.enclave.kit.ledger.Decision;
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
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import dev.enclave.spi.backend.RestoreRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whoever gives a version the next numbered name has decided. The {@code n}th version has the name
 * VERSION {@code n}, the {@code n}th one to become active the name ACTIVATION {@code n}; the first
 * to become active is the first version, and needs no name for that.
 *
 * <p>The rule: the version of the last activation is the head. It is active if nothing says that it
 * was retired or replaced. Names and tags vanish with the private key that they are of; whoever is
 * the head then has been marked as replaced before, so that no older version comes back to life,
 * whoever removes what and wherever a process dies. How far to look is told by the tags of the
 * versions that are left: they bound a search, and the names are the truth.
 */
public final class AliasDecisions extends TaggedDecisions {

  /** How many of a key's first versions may be gone before its name is free. */
  private static final int GONE = 3;

  /** From here on versions are read beside each other; few keys have so many. */
  private static final int MANY = 4;

  /** A service waits for days before a key is gone, so a younger absence is a late reading. */
  private static final Duration STALE = Duration.ofDays(1);

  private static final int MOST_KNOWN = 1_000;

  private final AliasService service;
  // What failed after it was made, by operation: a new key may get its name only seconds later.
  private final Map<String, ServiceKey> unfinished = BoundedMap.of(MOST_KNOWN);
  // What this process activated, by version: reads may not show it yet.
  private final Map<String, Activated> activated = BoundedMap.of(MOST_KNOWN);

  public AliasDecisions(AliasService service) {
    super(service);
    this.service = service;
  }

  // Reading

  /** Versions by number, from 1, and the versions of activations, from 1; those gone are missing. */
  private record Chain(
      NavigableMap<Integer, ServiceKey> versions, NavigableMap<Integer, String> activations) {}

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Chain chain = chain(name, call);
    return chain.versions().isEmpty() ? Optional.empty() : Optional.of(key(name, chain, call));
  }

  private Chain chain(KeyName name, CallContext call) throws BackendFailure {
    NavigableMap<Integer, ServiceKey> versions = versions(name, call);
    return new Chain(
        versions,
        versions.isEmpty() ? new TreeMap<>() : activations(name, versions, call));
  }

  private NavigableMap<Integer, ServiceKey> versions(KeyName name, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, ServiceKey> versions = new TreeMap<>();
    int highest = 1;
    boolean hintAsked = false;
    Map<Integer, Optional<ServiceKey>> ahead = Map.of();
    for (int n = 1; ; n++) {
      if (n == MANY && highest >= MANY && !hintAsked) {
        hintAsked = true;
        highest = Math.max(highest, hinted(name, call));
      }
      if (!ahead.containsKey(n) && highest - n >= MANY - 2) {
        ahead = range(name, n, highest, call);
      }
      Optional<ServiceKey> read = ahead.get(n);
      Optional<ServiceKey> key =
          read != null ? read : service.find(new Name(name, Kind.VERSION, n), call);
      if (key.isPresent()) {
        versions.put(n, key.get());
        highest = Math.max(highest, Math.max(n, highestNumber(key.get())));
      } else if (n > highest) {
        return versions;
      } else if (!hintAsked) {
        hintAsked = true;
        int known = hinted(name, call);
        highest = Math.max(highest, known > 0 || !versions.isEmpty() ? known : GONE);
      }
    }
  }

  private int hinted(KeyName name, CallContext call) throws BackendFailure {
    return service.hinted(name, call).map(this::highestNumber).orElse(0);
  }

  private Map<Integer, Optional<ServiceKey>> range(
      KeyName name, int from, int to, CallContext call) throws BackendFailure {
    List<Read<Optional<ServiceKey>>> reads = new ArrayList<>();
    for (int n = from; n <= to; n++) {
      Name version = new Name(name, Kind.VERSION, n);
      reads.add(c -> service.find(version, c));
    }
    List<Optional<ServiceKey>> keys = service.parallel().all(reads, call);
    Map<Integer, Optional<ServiceKey>> range = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      range.put(from + i, keys.get(i));
    }
    return range;
  }

  private NavigableMap<Integer, String> activations(
      KeyName name, NavigableMap<Integer, ServiceKey> versions, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, String> activations = new TreeMap<>();
    ServiceKey first = versions.get(1);
    if (first != null) {
      activations.put(1, first.id());
    }
    int highest = versions.values().stream().mapToInt(this::highestActivation).max().orElse(1);
    if (versions.size() < 2 && highest < 2) {
      return activations;
    }
    List<Read<Optional<String>>> reads = new ArrayList<>();
    for (int n = 2; n <= highest; n++) {
      Name activation = new Name(name, Kind.ACTIVATION, n);
      reads.add(c -> service.named(activation, c));
    }
    List<Optional<String>> ids = service.parallel().all(reads, call);
    for (int i = 0; i < ids.size(); i++) {
      int number = i + 2;
      ids.get(i).ifPresent(id -> activations.put(number, id));
    }
    for (int n = Math.max(highest, 1) + 1; ; n++) {
      Optional<String> id = service.named(new Name(name, Kind.ACTIVATION, n), call);
      if (id.isEmpty()) {
        return activations;
      }
      activations.put(n, id.get());
    }
  }

  private int highestNumber(ServiceKey key) {
    VersionTags tags = tags(key);
    return Math.max(
        tags.made().map(Made::number).orElse(0),
        tags.replacement().map(Replacement::number).orElse(0));
  }

  private int highestActivation(ServiceKey key) {
    VersionTags tags = tags(key);
    int claimed = tags.claims().stream().mapToInt(Claim::number).max().orElse(1);
    return Math.max(
        Math.max(claimed, tags.replacement().map(Replacement::activation).orElse(1)),
        tags.mark().map(Mark::number).orElse(1));
  }

  /** What a chain says, by the rule. */
  private LedgerKey key(KeyName name, Chain chain, CallContext call) {
    NavigableMap<Integer, ServiceKey> versions = chain.versions();
    NavigableMap<Integer, String> activations = chain.activations();
    ServiceKey oldest = versions.firstEntry().getValue();
    SortedMap<String, Instant> times = new TreeMap<>();
    for (ServiceKey version : versions.values()) {
      activatedAt(version, chain).ifPresent(at -> times.put(version.id(), at));
    }
    boolean replaced =
        version(versions, last(activations))
            .filter(head -> isReplaced(head, chain, call.time().now()))
            .isPresent();
    Optional<First> first =
        versions.values().stream()
            .flatMap(v -> tags(v).first().stream())
            .filter(f -> service.uri(f.id(), oldest).isPresent())
            .findFirst();
    Optional<ServiceKey> beginning = Optional.ofNullable(versions.get(1));
    ServiceKey named =
        beginning
            .or(() -> first.flatMap(f -> gone(f.id(), f.createdAt(), oldest)))
            .orElse(oldest);
    return inferred(
        metadata(
            name,
            oldest,
            beginning.map(v -> tags(v).operationId()).orElse(""),
            rotation(versions.values()).interval(),
            named.uri(),
            named.createdAt()),
        whole(versions, first),
        List.of(),
        Set.of(),
        activations,
        activations.isEmpty() ? highestActivation(versions.values()) : activations.lastKey(),
        replaced,
        times);
  }

  private static Optional<ServiceKey> version(
      NavigableMap<Integer, ServiceKey> versions, String id) {
    return versions.values().stream().filter(version -> version.id().equals(id)).findFirst();
  }

  private int highestActivation(Iterable<ServiceKey> versions) {
    int highest = 1;
    for (ServiceKey version : versions) {
      highest = Math.max(highest, highestActivation(version));
    }
    return highest;
  }

  private Rotation rotation(Iterable<ServiceKey> versions) {
    Optional<Rotation> last = Optional.empty();
    for (ServiceKey version : versions) {
      Rotation told = tags(version).rotation();
      // Of two changes at once the one on the older version holds, which everybody writes first.
      if (last.isEmpty() || told.change() > last.get().change()) {
        last = Optional.of(told);
      }
    }
    return last.orElseThrow();
  }

  /**
   * Whether an intention to replace the head was carried out. As long as its activation is there it
   * makes another version the head anyway; this is for the time after the successor is gone.
   */
  private boolean isReplaced(ServiceKey head, Chain chain, Instant now) {
    int activation = activationOf(head.id(), chain.activations());
    return tags(head)
        .replacement()
        .filter(by -> by.activation() > activation)
        .filter(by -> version(chain.versions(), by.id()).isEmpty())
        .filter(by -> by.at().plus(STALE).isBefore(now))
        .isPresent();
  }

  /** As the version that it replaced was told shortly before, or, once that is gone, it itself. */
  private Optional<Instant> activatedAt(ServiceKey version, Chain chain) {
    if (version.origin() == KeyOrigin.IMPORTED) {
      // When it was active is what its own backend knew.
      return Optional.empty();
    }
    int activation = activationOf(version.id(), chain.activations());
    Optional<Activated> here = Optional.ofNullable(activated.get(version.id()));
    if (here.filter(h -> h.activation() > activation).isPresent()) {
      return here.map(Activated::at);
    }
    if (activation == 0 || (activation == 1 && chain.versions().get(1) == version)) {
      return Optional.empty();
    }
    return chain.versions().values().stream()
        .flatMap(other -> tags(other).replacement().stream())
        .filter(by -> by.activation() == activation)
        .map(Replacement::at)
        .max(Instant::compareTo)
        .or(
            () ->
                tags(version)
                    .activated()
                    .filter(by -> by.activation() == activation)
                    .or(() -> here)
                    .map(Activated::at));
  }

  /** Those that are there, and in their places those that are gone and that others still know. */
  private List<ServiceKey> whole(
      NavigableMap<Integer, ServiceKey> versions, Optional<First> first) {
    Map<String, ServiceKey> whole = new HashMap<>();
    LinkedHashSet<String> order = new LinkedHashSet<>();
    for (int n = 1; n <= versions.lastKey(); n++) {
      int number = n;
      ServiceKey there = versions.get(n);
      if (there != null) {
        order.add(there.id());
        whole.put(there.id(), there);
        continue;
      }
      ServiceKey next = versions.higherEntry(n).getValue();
      Optional<String> id =
          n == 1
              ? first.map(First::id)
              : versions.values().stream()
                  .flatMap(version -> tags(version).replacement().stream())
                  .filter(by -> by.number() == number)
                  .map(Replacement::id)
                  .findFirst();
      Instant createdAt =
          first.filter(f -> number == 1).map(First::createdAt).orElse(next.createdAt());
      id.filter(i -> version(versions, i).isEmpty())
          .flatMap(i -> gone(i, createdAt, next))
          .filter(version -> order.add(version.id()))
          .ifPresent(version -> whole.put(version.id(), version));
    }
    return order.stream().map(whole::get).toList();
  }

  private Optional<ServiceKey> gone(String id, Instant createdAt, ServiceKey like) {
    return service
        .uri(id, like)
        .map(
            uri ->
                new ServiceKey(
                    id,
                    uri,
                    createdAt,
                    createdAt,
                    Material.GONE,
                    KeyOrigin.UNKNOWN,
                    Map.of(),
                    like.detail()));
  }

  /** Versions that are there for who writes to them: a key that waits for its end takes no tags. */
  private static List<ServiceKey> alive(LedgerKey key) {
    return key.versions().stream().filter(v -> v.material() != Material.GONE).toList();
  }

  // Creation

  @Override
  public LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    Optional<LedgerKey> before = read(wanted.name(), call);
    if (before.isPresent()) {
      return before.get();
    }
    Made purpose = Made.of(Purpose.CREATION, wanted.operationId(), 1);
    Making making =
        new Making(
            wanted.name(),
            wanted.algorithm(),
            tags(wanted, new Rotation(wanted.rotation(), 0), purpose),
            wanted.operationId());
    return entered(
        making,
        made -> {
          if (service.claim(new Name(wanted.name(), Kind.VERSION, 1), made, call)) {
            return alone(wanted.name(), made, call);
          }
          LedgerKey there = read(wanted.name(), call).orElseThrow(() -> late(wanted.name(), 1));
          if (there.version(made.id()).isEmpty()) {
            giveUp(made, call);
          }
          return there;
        },
        call);
  }

  private LedgerKey alone(KeyName name, ServiceKey made, CallContext call) {
    Chain chain = new Chain(new TreeMap<>(Map.of(1, made)), new TreeMap<>(Map.of(1, made.id())));
    return key(name, chain, call);
  }

  private BackendFailure late(KeyName name, int number) {
    return refusals.notSeenYet("Version " + number + " of key " + name);
  }

  /** What becomes of a private key that was made. */
  @FunctionalInterface
  private interface Entering<T> {
    T of(ServiceKey made) throws BackendFailure;
  }

  private <T> T entered(Making making, Entering<T> entering, CallContext call)
      throws BackendFailure {
    Optional<ServiceKey> earlier = Optional.ofNullable(unfinished.remove(making.unit()));
    ServiceKey made = earlier.isPresent() ? earlier.get() : service.make(making, call);
    try {
      return entering.of(made);
    } catch (BackendFailure e) {
      unfinished.put(making.unit(), made);
      throw refusals.unlessNew(e);
    }
  }

  private void giveUp(ServiceKey lost, CallContext call) {
    LeftOver.giveUp("Private key " + lost.uri(), () -> service.remove(lost, false, call));
  }

  // Rotation

  @Override
  public ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure {
    Optional<ServiceKey> earlier = prepared(key, request.operationId(), call);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    guard.check(key);
    int number =
        Math.max(
                key.versions().size(),
                alive(key).stream().mapToInt(this::highestNumber).max().orElse(0))
            + 1;
    Made purpose = Made.of(Purpose.ROTATION, request.operationId(), number);
    Map<String, String> tags = tags(key.metadata(), rotation(alive(key)), purpose);
    tags.put(prefix + VersionTags.FIRST, firstOf(key).text());
    tags.put(
        prefix + VersionTags.CLAIMS,
        VersionTags.text(List.of(claim(key.decision().number() + 1, request.retiredState()))));
    Making making =
        new Making(key.name(), key.metadata().algorithm(), tags, request.operationId());
    return entered(making, made -> enter(key.name(), number, made, call), call);
  }

  private static Claim claim(int number, KeyState left) {
    return new Claim(number, Optional.empty(), left);
  }

  /** What later versions are told of the first one, which may be gone one day. */
  private First firstOf(LedgerKey key) {
    return alive(key).stream()
        .flatMap(version -> tags(version).first().stream())
        .findFirst()
        .orElseGet(
            () -> new First(key.versions().get(0).id(), key.versions().get(0).createdAt()));
  }

  private ServiceKey enter(KeyName name, int from, ServiceKey made, CallContext call)
      throws BackendFailure {
    for (int number = from; ; number++) {
      Name place = new Name(name, Kind.VERSION, number);
      if (service.claim(place, made, call)) {
        Made meant = tags(made).made().orElseThrow();
        return number == meant.number()
            ? made
            : tagged(
                made,
                VersionTags.MADE,
                Made.of(meant.purpose(), meant.operationId(), number).text(),
                call);
      }
      int taken = number;
      ServiceKey there = service.find(place, call).orElseThrow(() -> late(name, taken));
      if (there.id().equals(made.id())) {
        return made;
      }
      if (tags(there).operationId().equals(tags(made).operationId())) {
        giveUp(made, call);
        return there;
      }
    }
  }

  private ServiceKey tagged(ServiceKey key, String tag, String value, CallContext call)
      throws BackendFailure {
    return service.tag(key, TagChange.of(Map.of(prefix + tag, value)), call);
  }

  // Decisions

  @Override
  public Optional<LedgerKey> decide(LedgerKey key, Change change, Guard guard, CallContext call)
      throws BackendFailure {
    guard.check(key);
    Decision last = key.decision();
    if (change instanceof Change.Activate activate) {
      return activate.version().id().equals(last(key.activations()))
          ? Optional.of(reactivated(key, activate.version(), call))
          : succeeded(key, activate, call);
    }
    if (change instanceof Change.Retire retire) {
      String id = retire.version().id();
      ServiceKey marked =
          tagged(retire.version(), VersionTags.MARK, Mark.retired(last.number()).text(), call);
      return Optional.of(same(key.with(marked), last.retiring(id, ""), last.activatedAt()));
    }
    if (change instanceof Change.Move move) {
      Optional<KeyHandle> to = Optional.of(move.to());
      ServiceKey moved =
          tags(move.version()).moved().equals(to)
              ? move.version()
              : service.tag(
                  move.version(),
                  TagChange.of(MovedTags.of(prefix + VersionTags.MOVED, move.to()).orElseThrow()),
                  call);
      return Optional.of(same(key.with(moved), last.withMovedTo(move.to(), ""), last.activatedAt()));
    }
    return Optional.of(interval(key, ((Change.Interval) change).interval(), call));
  }

  /** One tag, on every version that takes one; the oldest first, by which it is decided. */
  private LedgerKey interval(LedgerKey key, RotationInterval interval, CallContext call)
      throws BackendFailure {
    List<ServiceKey> alive = alive(key);
    if (alive.isEmpty()) {
      throw refusals.invalidState(
          key.name(), key.versions().get(0).version(), KeyState.DESTROYED);
    }
    Rotation rotation = rotation(alive).changedTo(interval);
    // With the same interval an earlier attempt may have ended between two versions.
    LedgerKey first = key.with(told(alive.get(0), rotation, call));
    return BackendFailure.afterChange(
        "Key " + key.name() + " has the rotation interval " + interval + ".",
        () -> {
          LedgerKey changed = first;
          for (ServiceKey version : alive.subList(1, alive.size())) {
            changed = changed.with(told(version, rotation, call));
          }
          Decision last = key.decision();
          return same(changed, last.withRotation(interval, ""), last.activatedAt());
        });
  }

  private ServiceKey told(ServiceKey version, Rotation rotation, CallContext call)
      throws BackendFailure {
    return tags(version).rotation().equals(rotation)
        ? version
        : tagged(version, KeyMetadata.ROTATION, rotation.text(), call);
  }

  /** The head is active again: nothing says any more that it was retired or replaced. */
  private LedgerKey reactivated(LedgerKey key, ServiceKey head, CallContext call)
      throws BackendFailure {
    Decision last = key.decision();
    Decision again = last.activating(head.id(), KeyState.VERIFY_ONLY, "", Instant.EPOCH);
    return same(
        key.with(unmarked(head, last.number(), call)), again, last.activatedAt());
  }

  /** The key after what was decided by tags, in the decision that is the last one. */
  private static LedgerKey same(
      LedgerKey key, Decision changed, SortedMap<String, Instant> activatedAt) {
    return key.after(Decisions.inferred(changed, key.decision().number(), activatedAt), "");
  }

  /** Without what says that it is not active, nor where the key went. */
  private ServiceKey unmarked(ServiceKey version, int activation, CallContext call)
      throws BackendFailure {
    VersionTags tags = tags(version);
    Set<String> marks = new TreeSet<>(MovedTags.names(prefix + VersionTags.MOVED));
    if (tags.mark().filter(mark -> mark.holdsSince(activation)).isPresent()) {
      marks.add(prefix + VersionTags.MARK);
    }
    if (tags.replacement().filter(by -> by.activation() > activation).isPresent()) {
      marks.add(prefix + VersionTags.REPLACEMENT);
    }
    marks.retainAll(version.tags().keySet());
    return marks.isEmpty()
        ? version
        : service.tag(version, new TagChange(Map.of(), marks, Optional.empty()), call);
  }

  private Optional<LedgerKey> succeeded(LedgerKey key, Change.Activate change, CallContext call)
      throws BackendFailure {
    // Everybody who sees this head tries for the same number; tags alone would not be so sure.
    int number = key.decision().number() + 1;
    ServiceKey next = change.version();
    Claim claim = claim(number, change.left());
    LedgerKey claiming = key;
    if (!tags(next).claim(number).equals(Optional.of(claim))) {
      List<Claim> claims = new ArrayList<>(tags(next).claims());
      claims.removeIf(c -> c.number() >= number || c.left() == KeyState.VERIFY_ONLY);
      claims.add(claim);
      next = tagged(next, VersionTags.CLAIMS, VersionTags.text(claims), call);
      claiming = claiming.with(next);
    }
    Optional<ServiceKey> replaced =
        key.version(last(key.activations())).filter(head -> head.material() != Material.GONE);
    // As the tag tells it.
    Instant at = call.time().now().truncatedTo(ChronoUnit.MILLIS);
    if (replaced.isPresent()) {
      // Before the claim, so that who is replaced says so even if nobody gets any further.
      int ofNext = tags(next).made().map(Made::number).orElse(1);
      Replacement intention = new Replacement(number, ofNext, next.id(), at);
      replaced =
          Optional.of(
              tagged(replaced.get(), VersionTags.REPLACEMENT, intention.text(), call));
    }
    Name activation = new Name(key.name(), Kind.ACTIVATION, number);
    if (!service.claim(activation, next, call)) {
      ServiceKey winner =
          service
              .find(activation, call)
              .orElseThrow(
                  () ->
                      refusals.notSeenYet(
                          "The activation of another version of key " + key.name()));
      if (!winner.id().equals(next.id())) {
        if (replaced.isPresent()) {
          confirm(replaced.get(), number, winner, call);
        }
        return Optional.empty();
      }
    }
    activated.put(next.id(), new Activated(number, at));
    ServiceKey winner = next;
    LedgerKey decided = claiming;
    Optional<ServiceKey> head = replaced;
    return BackendFailure.afterChange(
        "Version " + winner.id() + " of key " + key.name() + " is active.",
        () -> {
          LedgerKey after = decided;
          if (head.isPresent()) {
            after = after.with(confirm(head.get(), number, winner, call));
          }
          after = after.with(unmarked(winner, number, call));
          Decision since = key.decision().activating(winner.id(), change.left(), "", at);
          SortedMap<String, Instant> times = new TreeMap<>(key.decision().activatedAt());
          if (winner.origin() != KeyOrigin.IMPORTED) {
            times.put(winner.id(), at);
          }
          return Optional.of(after.after(Decisions.inferred(since, number, times), ""));
        });
  }

  /** Notes on a version which activation replaced it, and what it is since. */
  private ServiceKey confirm(
      ServiceKey replaced, int activation, ServiceKey successor, CallContext call)
      throws BackendFailure {
    KeyState left =
        tags(successor).claim(activation).map(Claim::left).orElse(KeyState.VERIFY_ONLY);
    Mark mark = new Mark(Mark.Kind.REPLACED, activation, left);
    return tagged(replaced, VersionTags.MARK, mark.text(), call);
  }

  @Override
  public void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {
    Map.Entry<Integer, String> before =
        key.activations().lowerEntry(key.decision().number());
    Optional<ServiceKey> replaced =
        before == null
            ? Optional.empty()
            : key.version(before.getValue())
                .filter(v -> v.material() != Material.GONE && !v.id().equals(active.id()));
    if (replaced.isPresent()
        && tags(replaced.get()).mark().filter(m -> m.holdsSince(before.getKey())).isEmpty()) {
      confirm(replaced.get(), key.decision().number(), active, call);
    }
    service.hint(key, active, Optional.empty(), call);
  }

  // Destroying

  @Override
  public LedgerKey remove(LedgerKey key, ServiceKey leaving, CallContext call)
      throws BackendFailure {
    LedgerKey told = key;
    Optional<ServiceKey> best = Optional.empty();
    for (ServiceKey other : alive(key)) {
      if (!other.id().equals(leaving.id())) {
        ServiceKey after = keepActivation(settled(key, other, leaving, call), key, leaving, call);
        // One that was made while the interval was changed may not have been told.
        after = told(after, rotation(alive(key)), call);
        told = told.with(after);
        boolean active = key.decision().active().filter(other.id()::equals).isPresent();
        best = active || best.filter(b -> isActive(key, b)).isEmpty() ? Optional.of(other) : best;
      }
    }
    if (best.isPresent()) {
      // The name for people would vanish with the key, and with it the shortest way to the others.
      service.hint(key, best.get(), Optional.of(leaving), call);
    }
    // Last: what fails before it leaves the version as it was.
    return told.with(service.remove(leaving, key.state(leaving) != KeyState.PENDING, call));
  }

  private static boolean isActive(LedgerKey key, ServiceKey version) {
    return key.decision().active().filter(version.id()::equals).isPresent();
  }

  /**
   * Whether {@code other} was replaced is to be certain before {@code leaving} is gone, since then
   * nobody can tell an intention from what was carried out.
   */
  private ServiceKey settled(
      LedgerKey key, ServiceKey other, ServiceKey leaving, CallContext call)
      throws BackendFailure {
    int activation = activationOf(other.id(), key.activations());
    Optional<Replacement> intention =
        tags(other).replacement().filter(by -> by.activation() > activation);
    if (intention.isEmpty()) {
      return other;
    }
    int number = intention.get().activation();
    Optional<ServiceKey> successor =
        Optional.ofNullable(key.activations().get(number)).flatMap(key::version);
    if (successor.isPresent()) {
      boolean marked = tags(other).mark().filter(m -> m.holdsSince(activation)).isPresent();
      return marked ? other : confirm(other, number, successor.get(), call);
    }
    return intention.get().id().equals(leaving.id())
        ? service.tag(
            other,
            new TagChange(
                Map.of(), Set.of(prefix + VersionTags.REPLACEMENT), Optional.empty()),
            call)
        : other;
  }

  /** When another became active only {@code leaving} tells, if it is the one that was replaced. */
  private ServiceKey keepActivation(
      ServiceKey other, LedgerKey key, ServiceKey leaving, CallContext call)
      throws BackendFailure {
    int activation = activationOf(other.id(), key.activations());
    Optional<Replacement> by =
        tags(leaving)
            .replacement()
            .filter(r -> r.activation() == activation && activation > 0)
            .filter(r -> tags(other).activated().isEmpty());
    return by.isEmpty()
        ? other
        : tagged(
            other, VersionTags.ACTIVATED, new Activated(activation, by.get().at()).text(), call);
  }

  /** A version of Enclave's that was retired signs nothing under another name either. */
  @Override
  public Standing adopted(ServiceKey key) {
    return tags(key).mark().isPresent() ? Standing.RETIRED : Standing.ACTIVE;
  }

  @Override
  public BackendFailure absent(KeyName name, boolean destroyed) {
    return service.noKey(name);
  }

  // Leftovers

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    AliasService.Made page = service.made(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (Tagged tagged : page.keys()) {
      left(tagged, call)
          .map(
              left ->
                  Orphan.of(left.version().uri(), left.name(), left.version().createdAt()))
          .ifPresent(orphans::add);
    }
    return Page.of(orphans, page.next());
  }

  /** What was left behind; of that key, if it is a version that was never activated. */
  private record Left(ServiceKey version, KeyName name, Optional<LedgerKey> key) {}

  private Optional<Left> left(Tagged tagged, CallContext call) throws BackendFailure {
    VersionTags tags = VersionTags.parse(prefix, tagged.tags());
    if (tags.name().isEmpty() || tags.operationId().isEmpty()) {
      return Optional.empty();
    }
    KeyName name = tags.name().get();
    List<Optional<KeyName>> names = service.namesOf(tagged.id(), call);
    if (names.isEmpty()) {
      return service
          .find(tagged, call)
          .filter(key -> key.material() != Material.GONE)
          .filter(key -> LeftOver.isOld(key.createdAt(), call))
          .map(key -> new Left(key, name, Optional.empty()));
    }
    if (tags.restoring().isPresent()) {
      readable(name, call).ifPresent(key -> service.noted(key, call));
    }
    boolean maybePrepared =
        tags.made().filter(made -> made.number() > 1).isPresent()
            && tags.mark().isEmpty()
            && tags.replacement().isEmpty()
            && names.stream().allMatch(Optional.of(name)::equals);
    if (!maybePrepared) {
      return Optional.empty();
    }
    return readable(name, call)
        .flatMap(
            key ->
                key.version(tagged.id())
                    .filter(version -> isPrepared(key, version, call))
                    .map(version -> new Left(version, name, Optional.of(key))));
  }

  private boolean isPrepared(LedgerKey key, ServiceKey version, CallContext call) {
    return leftOvers.isOrphan(key, version, v -> false, call)
        && version.origin() == KeyOrigin.GENERATED
        && !isBeingActivated(key, version, call);
  }

  /** A rotation notes its intention at the version that it replaces, before it claims. */
  private boolean isBeingActivated(LedgerKey key, ServiceKey version, CallContext call) {
    return key.versions().stream()
        .flatMap(other -> tags(other).replacement().stream())
        .anyMatch(by -> by.id().equals(version.id()) && !LeftOver.isOld(by.at(), call));
  }

  /** Of a key that is damaged nothing is certain; the others are looked at. */
  private Optional<LedgerKey> readable(KeyName name, CallContext call) throws BackendFailure {
    try {
      return read(name, call);
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT && e.code() == FailureCode.CORRUPT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<Tagged> tagged = service.tagged(orphan.providerUri(), call);
    if (tagged.isEmpty()) {
      return true;
    }
    Optional<Left> left = left(tagged.get(), call);
    if (left.isEmpty()) {
      return false;
    }
    ServiceKey version = left.get().version();
    KeyName name = left.get().name();
    if (left.get().key().isEmpty()) {
      service.remove(version, false, call);
      return true;
    }
    return leftOvers.discard(
        name,
        version,
        service.settling(),
        () -> read(name, call),
        (now, still) ->
            activationOf(still.id(), now.activations()) > 0 || isBeingActivated(now, still, call),
        (now, still) -> remove(now, still, call),
        call);
  }

  // Restoration

  /**
   * Every version is brought into a private key of its own and compared with its public key before
   * any name names it; then whoever makes the first version's name has restored the key, as at a
   * creation. The active version becomes the head last, so that a key whose restoration was cut
   * short after the claim signs nothing. Until all is done the first version says so, and whoever
   * restores the same versions goes on with what is there.
   */
  @Override
  public LedgerKey restore(
      RestoreRequest request, List<Version> versions, KeyTaker taker, CallContext call)
      throws BackendFailure {
    Backups.requireBegun(request, versions);
    Restoration restoration = new Restoration(request, versions);
    Chain before = chain(request.name(), call);
    ServiceKey first = before.versions().get(1);
    boolean began =
        first != null
            && restoration.mark().isPresent()
            && tags(first).restoring().equals(restoration.mark());
    if (!before.versions().isEmpty()
        && (first == null || !tags(first).operationId().equals(request.operationId()))) {
      requireSame(restoration, before, began, call);
    } else if (first != null && !began && restoration.complete(before)) {
      giveUpUnused(restoration, before.versions(), call);
      return key(request.name(), before, call);
    }
    NavigableMap<Integer, ServiceKey> brought = brought(restoration, before, taker, call);
    try {
      enter(restoration, before, brought, call);
      return BackendFailure.afterChange(
          "Key " + request.name() + " has begun to be restored.",
          () -> completed(restoration, before, brought, call));
    } catch (BackendFailure e) {
      throw refusals.unlessNew(e);
    }
  }

  /** What is to be restored; versions with a private half, oldest first. */
  private record Restoration(RestoreRequest request, List<Version> versions) {

    /** The activation after the first version's, which a name needs none for. */
    static final int SECOND = 2;

    private static final int MARK_BYTES = 16;

    Version version(int number) {
      return versions.get(number - 1);
    }

    String unit(int number) {
      return request.operationId() + "/" + number;
    }

    /** The number that the active version gets; 0 if there is none. */
    int active() {
      for (int n = 1; n <= versions.size(); n++) {
        if (version(n).state() == KeyState.ACTIVE) {
          return n;
        }
      }
      return 0;
    }

    /** The state and public key of every version, as a tag's value; none where one name is all. */
    Optional<String> mark() {
      if (versions.size() < 2) {
        return Optional.empty();
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (Version version : versions) {
        all.writeBytes(version.state().name().getBytes(StandardCharsets.UTF_8));
        all.writeBytes(version.publicKey().map(k -> k.spki().toByteArray()).orElse(new byte[1]));
      }
      byte[] digest =
          Hashing.digest(DigestAlgorithm.SHA_256, Message.of(all.toByteArray()))
              .value()
              .toByteArray();
      return Optional.of(versions.size() + "/" + HexFormat.of().formatHex(digest, 0, MARK_BYTES));
    }

    /** Whether all versions have their names, and the active one is the head. */
    boolean complete(Chain chain) {
      return chain.versions().size() >= versions.size()
          && (active() <= 1 || chain.activations().containsKey(SECOND));
    }

    /** Whether a version that is there is in the state that it is to have. */
    boolean has(int number, ServiceKey there) {
      return number <= versions.size()
          && (there.material() == Material.ON || there.material() == Material.OFF)
          && (there.material() == Material.OFF) == (version(number).state() == KeyState.DISABLED);
    }
  }

  /** What another operation left has to be what this one would make. */
  private void requireSame(
      Restoration restoration, Chain before, boolean began, CallContext call)
      throws BackendFailure {
    boolean same = began && highestActivation(before.versions().values()) <= Restoration.SECOND;
    for (Map.Entry<Integer, ServiceKey> there : before.versions().entrySet()) {
      same =
          same
              && highestNumber(there.getValue()) <= restoration.versions().size()
              && restoration.has(there.getKey(), there.getValue())
              && matches(restoration, there.getKey(), there.getValue(), call);
    }
    if (!same) {
      throw refusals.alreadyExists(restoration.request().name());
    }
  }

  private boolean matches(
      Restoration restoration, int number, ServiceKey there, CallContext call)
      throws BackendFailure {
    Optional<PublicKeyInfo> expected = restoration.version(number).publicKey();
    if (there.material() == Material.OFF && expected.isPresent()) {
      // Whoever switched it off has compared it.
      service.learn(there, expected.get(), call);
      return true;
    }
    return service
        .publicKey(there, restoration.request().key().algorithm(), call)
        .equals(expected);
  }

  /** Private keys for every version, of which nothing names the new ones yet. */
  private NavigableMap<Integer, ServiceKey> brought(
      Restoration restoration, Chain before, KeyTaker taker, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, ServiceKey> brought = new TreeMap<>(before.versions());
    for (int n = 1; n <= restoration.versions().size(); n++) {
      if (brought.containsKey(n)) {
        continue;
      }
      Version version = restoration.version(n);
      RestoreRequest request = restoration.request();
      Making into =
          new Making(
              request.name(),
              request.key().algorithm(),
              tags(restoration, n, Optional.ofNullable(brought.get(1))),
              restoration.unit(n));
      boolean matches;
      try {
        ServiceKey earlier = unfinished.get(restoration.unit(n));
        ServiceKey key = earlier != null ? earlier : taker.bring(into, version, call);
        unfinished.put(restoration.unit(n), key);
        matches = matches(restoration, n, key, call);
        boolean on = version.state() != KeyState.DISABLED;
        brought.put(
            n, matches && !on && key.material() == Material.ON
                ? service.turn(key, false, call)
                : key);
      } catch (BackendFailure e) {
        throw refusals.unlessNew(e);
      }
      if (!matches) {
        giveUp(restoration, 1, n, call);
        throw refusals.notItsPublicKey(
            version.id(), "The private keys that were made for it wait for their deletion.");
      }
    }
    return brought;
  }

  private Map<String, String> tags(
      Restoration restoration, int number, Optional<ServiceKey> first) {
    RestoreRequest request = restoration.request();
    KeyState state = restoration.version(number).state();
    Map<String, String> tags = tags(request, restoration.versions(), number);
    if (first.isPresent()) {
      First known = new First(first.get().id(), first.get().createdAt());
      tags.put(prefix + VersionTags.FIRST, known.text());
      if (state == KeyState.ACTIVE) {
        Claim claim = claim(Restoration.SECOND, KeyState.VERIFY_ONLY);
        tags.put(prefix + VersionTags.CLAIMS, VersionTags.text(List.of(claim)));
      }
    } else {
      restoration.mark().ifPresent(mark -> tags.put(prefix + VersionTags.RESTORING, mark));
    }
    if (state != KeyState.ACTIVE && state != KeyState.PENDING) {
      tags.put(prefix + VersionTags.MARK, Mark.retired(0).text());
    }
    return tags;
  }

  /** Those of this operation that nothing names. */
  private void giveUp(Restoration restoration, int from, int upTo, CallContext call) {
    for (int n = from; n <= upTo; n++) {
      Optional.ofNullable(unfinished.remove(restoration.unit(n)))
          .ifPresent(key -> giveUp(key, call));
    }
  }

  /** What this operation made before somebody else was faster; what is in use is forgotten. */
  private void giveUpUnused(
      Restoration restoration, NavigableMap<Integer, ServiceKey> used, CallContext call) {
    for (int n = 1; n <= restoration.versions().size(); n++) {
      Optional.ofNullable(unfinished.remove(restoration.unit(n)))
          .filter(key -> version(used, key.id()).isEmpty())
          .ifPresent(key -> giveUp(key, call));
    }
  }

  private void enter(
      Restoration restoration,
      Chain before,
      NavigableMap<Integer, ServiceKey> brought,
      CallContext call)
      throws BackendFailure {
    KeyName name = restoration.request().name();
    for (int n : List.copyOf(brought.keySet())) {
      ServiceKey key = brought.get(n);
      Name place = new Name(name, Kind.VERSION, n);
      if (key == null
          || before.versions().containsKey(n)
          || service.claim(place, key, call)) {
        continue;
      }
      ServiceKey there = service.find(place, call).orElseThrow(() -> late(name, n));
      if (there.id().equals(key.id())) {
        continue;
      }
      if (n == 1 || !matches(restoration, n, there, call)) {
        giveUp(restoration, n, restoration.versions().size(), call);
        throw refusals.alreadyExists(name);
      }
      // Somebody finishes the same restoration at this moment.
      giveUp(restoration, n, n, call);
      brought.put(n, there);
    }
  }

  private LedgerKey completed(
      Restoration restoration,
      Chain before,
      NavigableMap<Integer, ServiceKey> brought,
      CallContext call)
      throws BackendFailure {
    KeyName name = restoration.request().name();
    NavigableMap<Integer, String> activations = new TreeMap<>(before.activations());
    brought.computeIfPresent(
        1,
        (n, first) -> {
          activations.put(n, first.id());
          return first;
        });
    LedgerKey key = key(name, new Chain(brought, activations), call);
    try {
      int active = restoration.active();
      if (active > 1 && !activations.containsKey(Restoration.SECOND)) {
        ServiceKey head = brought.get(active);
        if (head == null) {
          throw late(name, active);
        }
        Change change =
            new Change.Activate(
                head, KeyState.VERIFY_ONLY, restoration.request().operationId());
        key =
            decide(key, change, now -> {}, call)
                .orElseThrow(() -> refusals.otherActive(name, head.version()));
      }
      if (restoration.mark().isPresent()) {
        ServiceKey first = key.versions().get(0);
        service.hint(key, key.active().orElse(first), Optional.empty(), call);
        Set<String> said = Set.of(prefix + VersionTags.RESTORING);
        key = key.with(service.tag(first, new TagChange(Map.of(), said, Optional.empty()), call));
      }
      giveUpUnused(restoration, brought, call);
      return key;
    } catch (BackendFailure e) {
      throw refusals.unlessNew(e);
    }
  }
}
