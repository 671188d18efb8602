package dev.enclave.kit.key;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.key.AliasService.Kind;
import dev.enclave.kit.key.AliasService.Name;
import dev.enclave.kit.key.AliasService.Tagged;
import dev.enclave.kit.key.Decision.Standing;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.kit.key.TaggedService.TagChange;
import dev.enclave.kit.key.VersionTags.Claim;
import dev.enclave.kit.key.VersionTags.Made;
import dev.enclave.kit.key.VersionTags.Mark;
import dev.enclave.kit.key.VersionTags.Note;
import dev.enclave.kit.key.VersionTags.Purpose;
import dev.enclave.kit.key.VersionTags.Rotation;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
final class AliasWinners extends TaggedWinners<AliasService> {

  /** How many of a key's first versions may be gone before its name is free. */
  private static final int GONE = 3;

  /** A service waits for days before a key is gone, so a younger absence is a late reading. */
  private static final Duration STALE = Duration.ofDays(1);

  private static final int MOST_KNOWN = 1_000;

  /** The activation after the first version's, which needs no name. */
  private static final int SECOND = 2;

  private static final int MARK_DIGITS = 32;

  // What failed after it was made, by operation: a new key may get its name only seconds later.
  private final Map<String, ServiceKey> unfinished = BoundedMap.of(MOST_KNOWN);
  // What this process activated, by version: reads may not show it yet.
  private final Map<String, Note> activated = BoundedMap.of(MOST_KNOWN);

  public AliasWinners(AliasService service) {
    super(service);
  }

  // Reading

  /**
   * Versions by number, from 1, and the versions of activations, from 1; those gone are missing.
   */
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
        versions, versions.isEmpty() ? new TreeMap<>() : activations(name, versions, call));
  }

  private NavigableMap<Integer, ServiceKey> versions(KeyName name, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, ServiceKey> versions = new TreeMap<>();
    int highest = 1;
    boolean hintAsked = false;
    int read = 0;
    for (int n = 1; ; n++) {
      if (n == ParallelReads.MANY && highest >= ParallelReads.MANY && !hintAsked) {
        hintAsked = true;
        highest = Math.max(highest, hinted(name, call));
      }
      if (n > read) {
        read = highest - n >= ParallelReads.MANY - 2 ? highest : n;
        versions.putAll(found(name, Kind.VERSION, n, read, service::find, call));
      }
      ServiceKey key = versions.get(n);
      if (key != null) {
        highest = Math.max(highest, Math.max(n, highestNumber(key)));
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

  /** What names lead to. */
  @FunctionalInterface
  private interface Finding<T> {
    Optional<T> of(Name name, CallContext call) throws BackendFailure;
  }

  private <T> Map<Integer, T> found(
      KeyName key, Kind kind, int from, int to, Finding<T> finding, CallContext call)
      throws BackendFailure {
    List<Read<Optional<T>>> reads = new ArrayList<>();
    for (int n = from; n <= to; n++) {
      Name name = new Name(key, kind, n);
      reads.add(c -> finding.of(name, c));
    }
    Map<Integer, T> found = new HashMap<>();
    int number = from;
    for (Optional<T> read : service.parallel().all(reads, call)) {
      int n = number++;
      read.ifPresent(there -> found.put(n, there));
    }
    return found;
  }

  private NavigableMap<Integer, String> activations(
      KeyName name, NavigableMap<Integer, ServiceKey> versions, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, String> activations = new TreeMap<>();
    ServiceKey first = versions.get(1);
    if (first != null) {
      activations.put(1, first.id());
    }
    int highest = highestActivation(versions.values());
    if (versions.size() < 2 && highest < 2) {
      return activations;
    }
    activations.putAll(found(name, Kind.ACTIVATION, 2, highest, service::named, call));
    for (int n = highest + 1; ; n++) {
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
        tags.made().map(Made::number).orElse(0), tags.replacement().map(Note::number).orElse(0));
  }

  private int highestActivation(ServiceKey key) {
    VersionTags tags = tags(key);
    int claimed = tags.claims().stream().mapToInt(Claim::number).max().orElse(1);
    return Math.max(
        Math.max(claimed, tags.replacement().map(Note::activation).orElse(1)),
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
    Optional<ServiceKey> head = version(versions, last(activations));
    boolean replaced = head.filter(h -> isReplaced(h, chain, call.time().now())).isPresent();
    // Everybody who sees this head tries for the number after its own.
    int number =
        head.isPresent()
            ? activations.lastKey()
            : Math.max(
                activations.isEmpty() ? 1 : activations.lastKey(),
                highestActivation(versions.values()));
    Optional<Note> first =
        versions.values().stream()
            .flatMap(v -> tags(v).first().stream())
            .filter(f -> service.uri(f.id(), oldest).isPresent())
            .findFirst();
    Optional<ServiceKey> beginning = Optional.ofNullable(versions.get(1));
    ServiceKey named =
        beginning.or(() -> first.flatMap(f -> gone(f.id(), f.at(), oldest))).orElse(oldest);
    VersionTags tags = tags(oldest);
    KeyMetadata metadata =
        new KeyMetadata(
            name,
            tags.algorithm().orElseThrow(),
            tags.stamp(),
            tags.rotation().interval(),
            beginning.map(v -> tags(v).operationId()).orElse(""),
            tags.restored(),
            named.uri(),
            named.createdAt());
    List<ServiceKey> whole = whole(versions, first);
    LedgerKey key =
        new LedgerKey(
            metadata, whole, List.of(), Set.of(), Decision.none(""), activations, "", false);
    return inferred(key, number, replaced, times);
  }

  private static Optional<ServiceKey> version(
      NavigableMap<Integer, ServiceKey> versions, String id) {
    return versions.values().stream().filter(version -> version.id().equals(id)).findFirst();
  }

  private int highestActivation(Collection<ServiceKey> versions) {
    return versions.stream().mapToInt(this::highestActivation).max().orElse(1);
  }

  /** Of two changes at once the one on the older version holds, which everybody writes first. */
  @Override
  Rotation rotation(List<ServiceKey> versions) {
    return versions.stream()
        .map(this::tags)
        .filter(tags -> tags.name().isPresent()) // What is gone for good has none.
        .map(VersionTags::rotation)
        .reduce((older, newer) -> newer.change() > older.change() ? newer : older)
        .orElseThrow();
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
    Optional<Note> here = Optional.ofNullable(activated.get(version.id()));
    if (here.filter(h -> h.activation() > activation).isPresent()) {
      return here.map(Note::at);
    }
    if (activation == 0 || (activation == 1 && version.equals(chain.versions().get(1)))) {
      return Optional.empty();
    }
    return chain.versions().values().stream()
        .flatMap(other -> tags(other).replacement().stream())
        .filter(by -> by.activation() == activation)
        .map(Note::at)
        .max(Instant::compareTo)
        .or(
            () ->
                tags(version)
                    .activated()
                    .filter(by -> by.activation() == activation)
                    .or(() -> here)
                    .map(Note::at));
  }

  /** Those that are there, and in their places those that are gone and that others still know. */
  private List<ServiceKey> whole(NavigableMap<Integer, ServiceKey> versions, Optional<Note> first) {
    Map<String, ServiceKey> whole = new LinkedHashMap<>();
    for (int n = 1; n <= versions.lastKey(); n++) {
      int number = n;
      ServiceKey next = versions.ceilingEntry(n).getValue();
      if (versions.containsKey(n)) {
        whole.put(next.id(), next);
        continue;
      }
      Instant createdAt = first.filter(f -> number == 1).map(Note::at).orElse(next.createdAt());
      Stream<String> known =
          versions.values().stream()
              .flatMap(version -> tags(version).replacement().stream())
              .filter(by -> by.number() == number)
              .map(Note::id);
      (n == 1 ? first.map(Note::id) : known.findFirst())
          .filter(id -> version(versions, id).isEmpty())
          .flatMap(id -> gone(id, createdAt, next))
          .ifPresent(version -> whole.putIfAbsent(version.id(), version));
    }
    return List.copyOf(whole.values());
  }

  private Optional<ServiceKey> gone(String id, Instant at, ServiceKey like) {
    KeyOrigin unknown = KeyOrigin.UNKNOWN;
    return service
        .uri(id, like)
        .map(
            uri ->
                new ServiceKey(id, uri, at, at, Material.GONE, unknown, Map.of(), like.detail()));
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
    return entered(
        first(wanted),
        made -> {
          Name first = new Name(wanted.name(), Kind.VERSION, 1);
          if (service.claim(first, made, call)) {
            return alone(wanted.name(), made, call);
          }
          LedgerKey there = read(wanted.name(), call).orElseThrow(() -> late(first));
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
    giveUp(Texts.PRIVATE_KEY.with(lost.uri()), () -> service.remove(lost, false, call));
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
    Claim claim = claim(key.decision().number() + 1, request.retiredState());
    Making making =
        making(
            key.metadata(),
            rotation(alive(key)),
            Made.of(Purpose.ROTATION, request.operationId(), number),
            Map.of(
                prefix + VersionTags.FIRST,
                firstOf(key).text(),
                prefix + VersionTags.CLAIMS,
                VersionTags.text(List.of(claim))));
    return entered(making, made -> enter(key.name(), number, made, call), call);
  }

  private static Claim claim(int number, KeyState left) {
    return new Claim(number, Optional.empty(), left);
  }

  /** What later versions are told of the first one, which may be gone one day. */
  private Note firstOf(LedgerKey key) {
    return alive(key).stream()
        .flatMap(version -> tags(version).first().stream())
        .findFirst()
        .orElseGet(() -> first(key.versions().get(0)));
  }

  private static Note first(ServiceKey version) {
    return new Note(1, 1, version.id(), version.createdAt());
  }

  private ServiceKey enter(KeyName name, int from, ServiceKey made, CallContext call)
      throws BackendFailure {
    Made meant = tags(made).made().orElseThrow();
    for (int number = from; ; number++) {
      ServiceKey there = holder(new Name(name, Kind.VERSION, number), made, call);
      if (there.id().equals(made.id())) {
        String now = Made.of(meant.purpose(), meant.operationId(), number).text();
        return number == meant.number() ? made : tagged(made, VersionTags.MADE, now, call);
      }
      if (tags(there).operationId().equals(meant.operationId())) {
        giveUp(made, call);
        return there;
      }
    }
  }

  /** Whoever has a name, once this private key was to have it. */
  private ServiceKey holder(Name name, ServiceKey key, CallContext call) throws BackendFailure {
    return service.claim(name, key, call)
        ? key
        : service.find(name, call).orElseThrow(() -> late(name));
  }

  private BackendFailure late(Name name) {
    boolean version = name.kind() == Kind.VERSION;
    String what = version ? Texts.VERSION.with(name.number()) : Texts.ANOTHER_ACTIVATION.with();
    return refusals.notSeenYet(Texts.OF_KEY.with(what, name.key()));
  }

  private ServiceKey tagged(ServiceKey key, String tag, String value, CallContext call)
      throws BackendFailure {
    return service.tag(key, TagChange.of(Map.of(prefix + tag, value)), call);
  }

  private ServiceKey untagged(ServiceKey key, Set<String> tags, CallContext call)
      throws BackendFailure {
    return service.tag(key, new TagChange(Map.of(), tags, Optional.empty()), call);
  }

  // Decisions

  @Override
  LedgerKey tagged(
      LedgerKey key,
      ServiceKey version,
      TagChange change,
      Predicate<VersionTags> done,
      CallContext call)
      throws BackendFailure {
    return written(key.with(service.tag(version, TagChange.of(change.set()), call)));
  }

  /** A key of which versions have other tags, none of which makes another one active. */
  private LedgerKey written(LedgerKey key) {
    Decision last = key.decision();
    return inferred(key, last.number(), last.active().isEmpty(), last.activatedAt());
  }

  /** One tag, on every version that takes one; the oldest first, by which it is decided. */
  @Override
  LedgerKey changeInterval(LedgerKey key, RotationInterval interval, CallContext call)
      throws BackendFailure {
    List<ServiceKey> alive = alive(key);
    if (alive.isEmpty()) {
      throw refusals.invalidState(key.name(), key.versions().get(0).version(), KeyState.DESTROYED);
    }
    Rotation rotation = rotation(alive).changedTo(interval);
    // With the same interval an earlier attempt may have ended between two versions.
    LedgerKey first = key.with(told(alive.get(0), rotation, call));
    return BackendFailure.afterChange(
        Texts.INTERVAL_SET.with(key.name(), interval),
        () -> {
          LedgerKey changed = first;
          for (ServiceKey version : alive.subList(1, alive.size())) {
            changed = changed.with(told(version, rotation, call));
          }
          return written(changed);
        });
  }

  private ServiceKey told(ServiceKey version, Rotation rotation, CallContext call)
      throws BackendFailure {
    return tags(version).rotation().equals(rotation)
        ? version
        : tagged(version, KeyMetadata.ROTATION, rotation.text(), call);
  }

  /** Without what says that it is not active, nor where the key went. */
  private ServiceKey unmarked(ServiceKey version, int activation, CallContext call)
      throws BackendFailure {
    VersionTags tags = tags(version);
    Set<String> marks = VersionTags.movedNames(prefix);
    if (tags.mark().filter(mark -> mark.holdsSince(activation)).isPresent()) {
      marks.add(prefix + VersionTags.MARK);
    }
    if (tags.replacement().filter(by -> by.activation() > activation).isPresent()) {
      marks.add(prefix + VersionTags.REPLACEMENT);
    }
    marks.retainAll(version.tags().keySet());
    return marks.isEmpty() ? version : untagged(version, marks, call);
  }

  @Override
  Optional<LedgerKey> activate(LedgerKey key, Change.Activate change, Guard guard, CallContext call)
      throws BackendFailure {
    guard.check(key);
    Decision last = key.decision();
    ServiceKey next = change.version();
    if (next.id().equals(last(key.activations()))) {
      // The head is active again: nothing says any more that it was retired or replaced.
      LedgerKey again = key.with(unmarked(next, last.number(), call));
      return Optional.of(inferred(again, last.number(), false, last.activatedAt()));
    }
    int number = last.number() + 1;
    Claim claim = claim(number, change.left());
    if (!tags(next).claim(number).equals(Optional.of(claim))) {
      List<Claim> claims = new ArrayList<>(tags(next).claims());
      claims.removeIf(c -> c.number() >= number || c.left() == KeyState.VERIFY_ONLY);
      claims.add(claim);
      next = tagged(next, VersionTags.CLAIMS, VersionTags.text(claims), call);
    }
    Optional<ServiceKey> replaced =
        key.version(last(key.activations())).filter(head -> head.material() != Material.GONE);
    int ofNext = tags(next).made().map(Made::number).orElse(1);
    // As the tag tells it.
    Instant at = call.time().now().truncatedTo(ChronoUnit.MILLIS);
    Note intention = new Note(number, ofNext, next.id(), at);
    if (replaced.isPresent()) {
      // Before the claim, so that who is replaced says so even if nobody gets any further.
      replaced =
          Optional.of(tagged(replaced.get(), VersionTags.REPLACEMENT, intention.text(), call));
    }
    ServiceKey mine = next;
    Optional<ServiceKey> head = replaced;
    ServiceKey winner = holder(new Name(key.name(), Kind.ACTIVATION, number), mine, call);
    if (!winner.id().equals(mine.id())) {
      if (head.isPresent()) {
        confirm(head.get(), number, winner, call);
      }
      return Optional.empty();
    }
    activated.put(mine.id(), intention);
    return BackendFailure.afterChange(
        Texts.VERSION_ACTIVE.with(mine.id(), key.name()),
        () -> {
          LedgerKey after = key.with(mine).activated(number, mine.id());
          if (head.isPresent()) {
            after = after.with(confirm(head.get(), number, mine, call));
          }
          after = after.with(unmarked(mine, number, call));
          SortedMap<String, Instant> times = new TreeMap<>(last.activatedAt());
          if (mine.origin() != KeyOrigin.IMPORTED) {
            times.put(mine.id(), at);
          }
          return Optional.of(inferred(after, number, false, times));
        });
  }

  /** Notes on a version which activation replaced it, and what it is since. */
  private ServiceKey confirm(
      ServiceKey replaced, int activation, ServiceKey successor, CallContext call)
      throws BackendFailure {
    KeyState left = tags(successor).claim(activation).map(Claim::left).orElse(KeyState.VERIFY_ONLY);
    Mark mark = new Mark(Mark.Kind.REPLACED, activation, left);
    return tagged(replaced, VersionTags.MARK, mark.text(), call);
  }

  @Override
  public void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {
    Map.Entry<Integer, String> before = key.activations().lowerEntry(key.decision().number());
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
    List<ServiceKey> others = new ArrayList<>(alive(key));
    others.removeIf(other -> other.id().equals(leaving.id()));
    for (ServiceKey other : others) {
      ServiceKey after = keepActivation(settled(key, other, leaving, call), key, leaving, call);
      // One that was made while the interval was changed may not have been told.
      told = told.with(told(after, rotation(alive(key)), call));
    }
    Optional<ServiceKey> best =
        others.stream()
            .filter(other -> key.decision().isActive(other.id()))
            .findFirst()
            .or(() -> others.stream().reduce((older, newer) -> newer));
    if (best.isPresent()) {
      // The name for people would vanish with the key, and with it the shortest way to the others.
      service.hint(key, best.get(), Optional.of(leaving), call);
    }
    // Last: what fails before it leaves the version as it was.
    return told.with(service.remove(leaving, key.state(leaving) != KeyState.PENDING, call));
  }

  /**
   * Whether {@code other} was replaced is to be certain before {@code leaving} is gone, since then
   * nobody can tell an intention from what was carried out.
   */
  private ServiceKey settled(LedgerKey key, ServiceKey other, ServiceKey leaving, CallContext call)
      throws BackendFailure {
    int activation = activationOf(other.id(), key.activations());
    Optional<Note> intention = tags(other).replacement().filter(by -> by.activation() > activation);
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
        ? untagged(other, Set.of(prefix + VersionTags.REPLACEMENT), call)
        : other;
  }

  /** When another became active only {@code leaving} tells, if it is the one that was replaced. */
  private ServiceKey keepActivation(
      ServiceKey other, LedgerKey key, ServiceKey leaving, CallContext call) throws BackendFailure {
    int activation = activationOf(other.id(), key.activations());
    Optional<Note> by =
        tags(leaving)
            .replacement()
            .filter(r -> r.activation() == activation && activation > 0)
            .filter(r -> tags(other).activated().isEmpty());
    return by.isEmpty() ? other : tagged(other, VersionTags.ACTIVATED, by.get().text(), call);
  }

  /** A version of Enclave's that was retired signs nothing under another name either. */
  @Override
  public Standing adopted(ServiceKey key) {
    return tags(key).mark().isPresent() ? Standing.RETIRED : Standing.ACTIVE;
  }

  // Leftovers

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    AliasService.Made page = service.made(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (Tagged tagged : page.keys()) {
      left(tagged, call)
          .map(left -> Orphan.of(left.version().uri(), left.name(), left.version().createdAt()))
          .ifPresent(orphans::add);
    }
    return Page.of(orphans, page.next());
  }

  /** What was left behind; of that key, if it is a version that was never activated. */
  private record Left(ServiceKey version, KeyName name, Optional<LedgerKey> key) {}

  private Optional<Left> left(Tagged tagged, CallContext call) throws BackendFailure {
    VersionTags tags = new VersionTags(prefix, tagged.tags());
    if (tags.name().isEmpty() || tags.operationId().isEmpty()) {
      return Optional.empty();
    }
    KeyName name = tags.name().get();
    List<Optional<KeyName>> names = service.namesOf(tagged.id(), call);
    if (names.isEmpty()) {
      return service
          .find(tagged, call)
          .filter(key -> key.material() != Material.GONE)
          .filter(key -> KeyService.isOld(key.createdAt(), call))
          .map(key -> new Left(key, name, Optional.empty()));
    }
    if (tags.restoring().isPresent()) {
      readable(name, call).ifPresent(key -> service.findings().read(key, prefix, call));
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
    return isOrphan(key, version, call)
        && version.origin() == KeyOrigin.GENERATED
        && !isBeingActivated(key, version, call);
  }

  /** A rotation notes its intention at the version that it replaces, before it claims. */
  private boolean isBeingActivated(LedgerKey key, ServiceKey version, CallContext call) {
    return key.versions().stream()
        .flatMap(other -> tags(other).replacement().stream())
        .anyMatch(by -> by.id().equals(version.id()) && !KeyService.isOld(by.at(), call));
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
    if (left.get().key().isPresent()) {
      return discard(left.get().key().get(), version, call);
    }
    service.remove(version, false, call);
    return true;
  }

  @Override
  boolean isWanted(LedgerKey now, ServiceKey still, ServiceKey before, CallContext call) {
    return activationOf(still.id(), now.activations()) > 0 || isBeingActivated(now, still, call);
  }

  // Restoration

  /**
   * Every version is brought into a private key of its own and compared with its public key before
   * any name names it; then whoever makes the first version's name has restored the key, as at a
   * creation. An active version that is not the first becomes the head last, so that a key whose
   * restoration was cut short after the claim signs nothing. Until all is done the first version
   * says so, and whoever restores the same versions goes on with what is there.
   */
  @Override
  public LedgerKey restore(Restoration restoration, CallContext call) throws BackendFailure {
    restoration.requireBegun();
    Restoring restoring = new Restoring(restoration, chain(restoration.name(), call), call);
    try {
      return restoring.run();
    } catch (BackendFailure e) {
      throw refusals.unlessNew(e);
    }
  }

  /** One restoration: what is to be there, and what was there before. */
  private final class Restoring {

    private final Restoration restoration;
    private final Chain before;
    private final CallContext call;
    private final KeyName name;
    private final Optional<String> mark;

    Restoring(Restoration restoration, Chain before, CallContext call) {
      this.restoration = restoration;
      this.before = before;
      this.call = call;
      this.name = restoration.name();
      this.mark = mark(restoration);
    }

    LedgerKey run() throws BackendFailure {
      ServiceKey first = before.versions().get(1);
      boolean own = first != null && tags(first).operationId().equals(restoration.operationId());
      boolean began = first != null && mark.isPresent() && tags(first).restoring().equals(mark);
      if (!own && !before.versions().isEmpty()) {
        requireSame(began);
      } else if (own && !began && isComplete()) {
        giveUp(1, before.versions());
        return key(name, before, call);
      }
      NavigableMap<Integer, ServiceKey> brought = brought();
      enter(brought);
      return BackendFailure.afterChange(
          Texts.RESTORATION_BEGUN.with(name), () -> finished(brought));
    }

    /** Whether all versions have their names, and the active one is the head. */
    private boolean isComplete() {
      return before.versions().size() >= restoration.places()
          && (restoration.active() <= 1 || before.activations().containsKey(SECOND));
    }

    /** What another operation left has to be what this one would make. */
    private void requireSame(boolean began) throws BackendFailure {
      boolean same = began && highestActivation(before.versions().values()) <= SECOND;
      for (Map.Entry<Integer, ServiceKey> entry : before.versions().entrySet()) {
        int place = entry.getKey();
        ServiceKey there = entry.getValue();
        boolean off = there.material() == Material.OFF;
        same =
            same
                && place <= restoration.places()
                && highestNumber(there) <= restoration.places()
                && (off || there.material() == Material.ON)
                && off == (restoration.state(place) == KeyState.DISABLED)
                && matches(place, there);
      }
      if (!same) {
        throw refusals.alreadyExists(name);
      }
    }

    private boolean matches(int place, ServiceKey there) throws BackendFailure {
      Optional<PublicKeyInfo> expected = restoration.version(place).publicKey();
      if (there.material() == Material.OFF && expected.isPresent()) {
        // Whoever switched it off has compared it.
        service.learn(there, expected.get(), call);
        return true;
      }
      return restoration.matches(place, there, call);
    }

    /** Private keys for every version, of which nothing names the new ones yet. */
    private NavigableMap<Integer, ServiceKey> brought() throws BackendFailure {
      NavigableMap<Integer, ServiceKey> brought = new TreeMap<>(before.versions());
      for (int place = 1; place <= restoration.places(); place++) {
        if (brought.containsKey(place)) {
          continue;
        }
        String unit = restoration.unit(place);
        ServiceKey key = unfinished.get(unit);
        if (key == null) {
          key = restoration.bring(place, newTags(place, brought.get(1)), call);
          unfinished.put(unit, key);
        }
        if (!matches(place, key)) {
          giveUp(1, before.versions());
          throw refusals.notItsPublicKey(
              restoration.version(place).id(), Texts.PRIVATE_KEYS_AWAIT_DELETION.with());
        }
        boolean off = restoration.state(place) == KeyState.DISABLED;
        brought.put(place, off ? restoration.inState(place, key, call) : key);
      }
      return brought;
    }

    private Map<String, String> newTags(int place, @Nullable ServiceKey first) {
      KeyState state = restoration.state(place);
      Map<String, String> tags = tags(restoration, place);
      if (first == null) {
        mark.ifPresent(text -> tags.put(prefix + VersionTags.RESTORING, text));
      } else {
        tags.put(prefix + VersionTags.FIRST, first(first).text());
        if (state == KeyState.ACTIVE) {
          Claim claim = claim(SECOND, KeyState.VERIFY_ONLY);
          tags.put(prefix + VersionTags.CLAIMS, VersionTags.text(List.of(claim)));
        }
      }
      if (state != KeyState.ACTIVE && state != KeyState.PENDING) {
        tags.put(prefix + VersionTags.MARK, Mark.retired(0).text());
      }
      return tags;
    }

    /** What this operation made from that place on and nobody uses; the rest is forgotten. */
    private void giveUp(int from, NavigableMap<Integer, ServiceKey> used) {
      for (int place = from; place <= restoration.places(); place++) {
        Optional.ofNullable(unfinished.remove(restoration.unit(place)))
            .filter(key -> version(used, key.id()).isEmpty())
            .ifPresent(key -> AliasWinners.this.giveUp(key, call));
      }
    }

    private void enter(NavigableMap<Integer, ServiceKey> brought) throws BackendFailure {
      for (Map.Entry<Integer, ServiceKey> entry : brought.entrySet()) {
        int place = entry.getKey();
        ServiceKey key = entry.getValue();
        if (before.versions().containsKey(place)) {
          continue;
        }
        ServiceKey there = holder(new Name(name, Kind.VERSION, place), key, call);
        boolean another = !there.id().equals(key.id());
        if (another && (place == 1 || !matches(place, there))) {
          giveUp(place, before.versions());
          throw refusals.alreadyExists(name);
        }
        // Another one, if somebody finishes the same restoration at this moment.
        entry.setValue(another ? there : key);
      }
    }

    private LedgerKey finished(NavigableMap<Integer, ServiceKey> brought) throws BackendFailure {
      giveUp(1, brought);
      ServiceKey first = brought.firstEntry().getValue();
      NavigableMap<Integer, String> activations = new TreeMap<>(before.activations());
      activations.put(1, first.id());
      LedgerKey key = key(name, new Chain(brought, activations), call);
      int active = restoration.active();
      if (active > 1 && !activations.containsKey(SECOND)) {
        ServiceKey head = brought.getOrDefault(active, first);
        Change change = new Change.Activate(head, KeyState.VERIFY_ONLY, restoration.operationId());
        key =
            decide(key, change, now -> {}, call)
                .orElseThrow(() -> refusals.otherActive(name, head.version()));
      }
      if (mark.isEmpty()) {
        return key;
      }
      // As it is after the decision, which wrote tags of the head that it replaced.
      first = key.versions().get(0);
      service.hint(key, key.active().orElse(first), Optional.empty(), call);
      return key.with(untagged(first, Set.of(prefix + VersionTags.RESTORING), call));
    }
  }

  /** The state and public key of every version, as a tag's value; none where one name is all. */
  private static Optional<String> mark(Restoration restoration) {
    if (restoration.places() < 2) {
      return Optional.empty();
    }
    StringBuilder all = new StringBuilder();
    for (Version version : restoration.versions()) {
      String key = version.publicKey().map(k -> k.fingerprint().toString()).orElse("");
      all.append(version.state()).append(' ').append(key).append('\n');
    }
    String digest =
        Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(all.toString())).value().toHex();
    return Optional.of(restoration.places() + "/" + digest.substring(0, MARK_DIGITS));
  }
}
