package dev.enclave.kit.key;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.AliasService.Tagged;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.kit.key.TaggedService.TagChange;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.spi.backend.KeyLister.Names;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A service of single private keys with tags, in memory: reads are late, and of each seven changes
 * one is carried out and not answered. By names that are given once, or by lists alone.
 * Thread-safe.
 */
final class MemoryService implements BackendProvider {

  static final dev.enclave.BackendId ID = dev.enclave.BackendId.of("memory");
  static final Refusals REFUSALS = new Refusals(ID, "The memory");

  private static final List<AlgorithmSupport> ALGORITHMS =
      List.of(
          AlgorithmSupport.messagesUpTo(SigningAlgorithm.ED25519, 4096),
          AlgorithmSupport.digestsOnly(SigningAlgorithm.ECDSA_P256_SHA256));

  /** A key that was removed is gone after that, with its names. */
  private static final Duration GONE = Duration.ofDays(10);

  private record View(Material material, Instant changedAt, Map<String, String> tags) {}

  private static final class Entry {
    final String id;
    final KeyName name;
    final KeyOrigin origin;
    final Instant createdAt;
    final LocalKey material;
    final NavigableMap<Instant, View> views = new TreeMap<>();

    Entry(String id, KeyName name, KeyOrigin origin, Instant createdAt, LocalKey material) {
      this.id = id;
      this.name = name;
      this.origin = origin;
      this.createdAt = createdAt;
      this.material = material;
    }

    ServiceKey at(View view) {
      return new ServiceKey(
          id.substring(id.indexOf('/') + 1),
          "memory:" + id,
          createdAt,
          view.changedAt(),
          view.material(),
          origin,
          view.tags(),
          this);
    }
  }

  private record Named(String id, Instant at) {}

  private final Function<MemoryService, VersionLedger> ledgers;
  private final Set<BackendTrait> traits;
  private final Duration lag;
  private final ChronoUnit unit;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> keys = new LinkedHashMap<>();
  private final Map<String, Named> names = new TreeMap<>();
  private final Map<KeyName, KeyMetadata> made = new TreeMap<>();
  private final Map<String, Map<String, String>> records = new TreeMap<>();
  private int changes;
  private int last = Integer.MAX_VALUE;

  private MemoryService(
      Function<MemoryService, VersionLedger> ledgers,
      Set<BackendTrait> traits,
      Duration lag,
      ChronoUnit unit) {
    this.ledgers = ledgers;
    this.traits = traits;
    this.lag = lag;
    this.unit = unit;
  }

  static MemoryService ofNames() {
    return new MemoryService(
        memory -> VersionLedger.of(memory.new ByName()),
        Set.of(
            BackendTrait.REMOTE,
            BackendTrait.PERSISTENT,
            BackendTrait.EVENTUALLY_CONSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS),
        Duration.ofSeconds(5),
        ChronoUnit.MILLIS);
  }

  static MemoryService ofRecords() {
    return new MemoryService(
        memory -> VersionLedger.of(memory.new ByRecord()),
        Set.of(
            BackendTrait.REMOTE,
            BackendTrait.PERSISTENT,
            BackendTrait.EVENTUALLY_CONSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS),
        Duration.ofSeconds(5),
        ChronoUnit.MILLIS);
  }

  static MemoryService ofLists() {
    return new MemoryService(
        memory -> VersionLedger.of(memory.new ByList()),
        Set.of(
            BackendTrait.REMOTE,
            BackendTrait.PERSISTENT,
            BackendTrait.EVENTUALLY_CONSISTENT,
            BackendTrait.STAMPS),
        Duration.ofMillis(900),
        ChronoUnit.SECONDS);
  }

  @Override
  public dev.enclave.BackendId id() {
    return ID;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of();
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("memory");
  }

  @Override
  public SigningBackend open(BackendContext context) {
    VersionLedger ledger = ledgers.apply(this);
    return new RemoteBackend(
        BackendDescription.of(ID, "memory", traits, ALGORITHMS),
        new RequestGate(REFUSALS, () -> {}),
        ledger::load,
        call -> HealthReport.HEALTHY,
        List.of(ledger, ledger.importer(new Taker()), (KeySigner) this::sign));
  }

  private synchronized RawSignature sign(
      dev.enclave.spi.KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    Entry entry = keys.get(ref.providerUri().replace("memory:", ""));
    REFUSALS.requireUsable(ref, entry != null, KeyState::mayProduce);
    REFUSALS.requireTaken(ALGORITHMS, ref.algorithm(), input);
    if (entry == null || now(entry).material() != Material.ON) {
      throw REFUSALS.invalidState(ref.name(), ref.version(), KeyState.DISABLED);
    }
    requireTime(call);
    return RawSignature.of(
        entry.material.sign(input), ref.algorithm().defaultEncoding(), ref.version());
  }

  /** From now on so many changes are carried out, and then nothing is answered any more. */
  synchronized void cutAfter(int more) {
    last = more == Integer.MAX_VALUE ? more : changes + more;
  }

  /** Whether the service uses a private key. */
  synchronized boolean isOn(String uri) {
    return now(key(uri.replace("memory:", ""))).material() == Material.ON;
  }

  private void requireTime(CallContext call) throws BackendFailure {
    if (changes >= last) {
      throw BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "The process died.");
    }
    if (call.expired()) {
      throw REFUSALS.tooLate();
    }
  }

  private Entry key(String id) {
    return Objects.requireNonNull(keys.get(id));
  }

  private static View now(Entry entry) {
    return entry.views.lastEntry().getValue();
  }

  /** As reads show it: late. */
  private Optional<ServiceKey> seen(Entry entry, CallContext call) throws BackendFailure {
    requireTime(call);
    Instant now = call.time().now();
    Map.Entry<Instant, View> view = entry.views.floorEntry(now.minus(lag));
    return view == null || isGone(entry, now)
        ? Optional.empty()
        : Optional.of(entry.at(view.getValue()));
  }

  private static boolean isGone(Entry entry, Instant now) {
    return now(entry).material() == Material.GONE
        && now(entry).changedAt().plus(GONE).isBefore(now);
  }

  /** Of seven changes one is not answered. */
  private <T> T answered(T answer) throws BackendFailure {
    if (++changes % 7 == 3 && last == Integer.MAX_VALUE) {
      throw BackendFailure.ambiguous(FailureCode.TIMEOUT, "The answer was lost. Repeat the call.");
    }
    return answer;
  }

  private Entry add(Making wanted, LocalKey material, KeyOrigin origin, CallContext call)
      throws BackendFailure {
    return add(Long.toHexString(random.nextLong()), wanted, material, origin, call);
  }

  private Entry add(String id, Making wanted, LocalKey material, KeyOrigin origin, CallContext call)
      throws BackendFailure {
    requireTime(call);
    Instant now = call.time().now();
    Instant dated = now.truncatedTo(unit);
    Entry entry = new Entry(id, wanted.name(), origin, dated, material);
    entry.views.put(now, new View(Material.ON, dated, wanted.tags()));
    keys.put(id, entry);
    return entry;
  }

  private synchronized ServiceKey make(Making wanted, CallContext call) throws BackendFailure {
    LocalKey material = LocalKey.generate(wanted.algorithm(), random);
    Entry entry = add(wanted, material, KeyOrigin.GENERATED, call);
    return answered(entry.at(now(entry)));
  }

  private synchronized ServiceKey change(
      ServiceKey key, Optional<Material> material, Map<String, String> tags, CallContext call)
      throws BackendFailure {
    requireTime(call);
    Entry entry = (Entry) key.detail();
    if (now(entry).material() == Material.GONE) {
      if (material.equals(Optional.of(Material.GONE))) {
        return entry.at(now(entry));
      }
      throw REFUSALS.wrongAnswer("what waits for its end was changed");
    }
    Instant now = call.time().now();
    entry.views.put(
        now, new View(material.orElse(now(entry).material()), now.truncatedTo(unit), tags));
    return answered(entry.at(now(entry)));
  }

  private ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
    Material material = on ? Material.ON : Material.OFF;
    return change(key, Optional.of(material), now((Entry) key.detail()).tags(), call);
  }

  private static Optional<PublicKeyInfo> publicKey(ServiceKey key) {
    return key.material() == Material.GONE
        ? Optional.empty()
        : ((Entry) key.detail()).material.publicKey();
  }

  private static Map<String, String> changed(Map<String, String> tags, TagChange change) {
    Map<String, String> changed = new TreeMap<>(tags);
    changed.keySet().removeAll(change.unset());
    changed.putAll(change.set());
    return changed;
  }

  /** Names are given once, tags are set singly, and both vanish with their key. */
  private final class ByName implements AliasService {

    @Override
    public Refusals refusals() {
      return REFUSALS;
    }

    @Override
    public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
      REFUSALS.requireOffered(ALGORITHMS, algorithm);
    }

    @Override
    public ServiceKey make(Making wanted, CallContext call) throws BackendFailure {
      return MemoryService.this.make(wanted, call);
    }

    @Override
    public ServiceKey tag(ServiceKey key, TagChange change, CallContext call)
        throws BackendFailure {
      Map<String, String> now = now((Entry) key.detail()).tags();
      return change(key, Optional.empty(), changed(now, change), call);
    }

    @Override
    public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
      return MemoryService.this.turn(key, on, call);
    }

    @Override
    public ServiceKey remove(ServiceKey key, boolean used, CallContext call) throws BackendFailure {
      return change(key, Optional.of(Material.GONE), key.tags(), call);
    }

    @Override
    public Optional<PublicKeyInfo> publicKey(
        ServiceKey key, KeyAlgorithm algorithm, CallContext call) {
      return MemoryService.publicKey(key);
    }

    @Override
    public Assurance assurance(ServiceKey key, CallContext call) {
      return Assurance.HSM;
    }

    private Optional<Entry> entry(Name name, CallContext call) throws BackendFailure {
      requireTime(call);
      Named named = names.get(name.toString());
      Instant now = call.time().now();
      return Optional.ofNullable(named)
          .filter(n -> !n.at().isAfter(now.minus(lag)))
          .map(n -> key(n.id()))
          .filter(entry -> !isGone(entry, now));
    }

    @Override
    public Optional<ServiceKey> find(Name name, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        Optional<Entry> entry = entry(name, call);
        return entry.isEmpty()
            ? Optional.empty()
            : Optional.of(
                seen(entry.get(), call).orElseThrow(() -> REFUSALS.notSeenYet("The key")));
      }
    }

    @Override
    public Optional<String> named(Name name, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        return entry(name, call).map(entry -> entry.id);
      }
    }

    @Override
    public boolean claim(Name name, ServiceKey key, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        requireTime(call);
        Named there = names.get(name.toString());
        Instant now = call.time().now();
        if (there != null && !isGone(key(there.id()), now)) {
          return false;
        }
        names.put(name.toString(), new Named(key.id(), now));
        return answered(true);
      }
    }

    @Override
    public Optional<ServiceKey> find(Tagged tagged, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        return seen(key(tagged.id()), call);
      }
    }

    @Override
    public Duration settling() {
      return lag.plusSeconds(1);
    }

    @Override
    public Optional<String> uri(String id, ServiceKey like) {
      return Optional.of("memory:" + id);
    }

    @Override
    public Optional<ServiceKey> hinted(KeyName name, CallContext call) {
      return Optional.empty();
    }

    @Override
    public void hint(LedgerKey key, ServiceKey to, Optional<ServiceKey> from, CallContext call) {}

    @Override
    public Made made(Optional<String> from, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        List<Tagged> made = new ArrayList<>();
        for (Entry entry : keys.values()) {
          seen(entry, call).ifPresent(key -> made.add(new Tagged(key.id(), key.tags())));
        }
        return new Made(made, Optional.empty());
      }
    }

    @Override
    public List<Optional<KeyName>> namesOf(String id, CallContext call) {
      synchronized (MemoryService.this) {
        return names.entrySet().stream()
            .filter(named -> named.getValue().id().equals(id))
            .filter(named -> named.getKey().contains("VERSION"))
            .map(named -> Optional.of(key(id).name))
            .toList();
      }
    }

    @Override
    public Optional<Tagged> tagged(String uri, CallContext call) {
      synchronized (MemoryService.this) {
        return Optional.ofNullable(keys.get(uri.replace("memory:", "")))
            .filter(entry -> now(entry).material() != Material.GONE)
            .map(entry -> new Tagged(entry.id, now(entry).tags()));
      }
    }

    @Override
    public NamePage names(Optional<String> from, boolean read, CallContext call)
        throws BackendFailure {
      List<KeyName> listed = new ArrayList<>();
      synchronized (MemoryService.this) {
        for (Entry entry : keys.values()) {
          Optional<Entry> named = entry(new Name(entry.name, Kind.VERSION, 1), call);
          if (named.filter(entry::equals).isPresent()) {
            listed.add(entry.name);
          }
        }
      }
      return new NamePage(Names.whole(from, listed), Set.of());
    }
  }

  /** Nothing has a condition, and tags are replaced as a whole. */
  private final class ByList implements ElectionService {

    @Override
    public Refusals refusals() {
      return REFUSALS;
    }

    @Override
    public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
      REFUSALS.requireOffered(ALGORITHMS, algorithm);
    }

    /** The name of a deleted key is kept. */
    @Override
    public ServiceKey make(Making wanted, CallContext call) throws BackendFailure {
      if (removed(wanted.name(), call).isPresent()) {
        throw REFUSALS.alreadyExists(wanted.name());
      }
      return MemoryService.this.make(wanted, call);
    }

    @Override
    public ServiceKey tag(ServiceKey key, TagChange change, CallContext call)
        throws BackendFailure {
      return change(
          key,
          change.on().map(on -> on ? Material.ON : Material.OFF),
          changed(key.tags(), change),
          call);
    }

    @Override
    public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
      return MemoryService.this.turn(key, on, call);
    }

    @Override
    public Optional<PublicKeyInfo> publicKey(
        ServiceKey key, KeyAlgorithm algorithm, CallContext call) {
      return ((Entry) key.detail()).material.publicKey();
    }

    @Override
    public Assurance assurance(ServiceKey key, CallContext call) {
      return Assurance.HSM;
    }

    @Override
    public Listing list(KeyName name, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        List<ServiceKey> listed = new ArrayList<>();
        for (Entry entry : keys.values()) {
          if (entry.name.equals(name) && now(entry).material() != Material.GONE) {
            seen(entry, call).ifPresent(listed::add);
          }
        }
        listed.sort(Comparator.comparing(ServiceKey::id));
        return new Listing(listed, call.time().now().truncatedTo(unit));
      }
    }

    @Override
    public Duration settling() {
      return Duration.ofSeconds(2);
    }

    @Override
    public BackendFailure foreign(KeyName name) {
      return REFUSALS.alreadyExists(name);
    }

    @Override
    public String uri(KeyName name) {
      return "memory:" + name;
    }

    @Override
    public void removeAll(KeyName name, CallContext call) throws BackendFailure {
      for (Entry entry : List.copyOf(keys.values())) {
        if (entry.name.equals(name)) {
          change(entry.at(now(entry)), Optional.of(Material.GONE), now(entry).tags(), call);
        }
      }
    }

    @Override
    public Optional<ServiceKey> removed(KeyName name, CallContext call) {
      synchronized (MemoryService.this) {
        return keys.values().stream()
            .filter(entry -> entry.name.equals(name))
            .filter(entry -> now(entry).material() == Material.GONE)
            .map(entry -> entry.at(now(entry)))
            .reduce((older, newer) -> newer);
      }
    }

    @Override
    public BackendFailure notSeenRemoved(KeyName name) {
      return BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "Key " + name + " is going.");
    }

    @Override
    public NamePage names(Optional<String> from, boolean read, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        Set<KeyName> listed = new TreeSet<>();
        Set<KeyName> doubtful = new TreeSet<>();
        for (Entry entry : keys.values()) {
          if (now(entry).material() != Material.GONE && seen(entry, call).isPresent()) {
            listed.add(entry.name);
            if (mayBeUnfinished(now(entry).tags())) {
              doubtful.add(entry.name);
            }
          }
        }
        return new NamePage(Names.whole(from, List.copyOf(listed)), doubtful);
      }
    }
  }

  /** What is recorded once, and at once to be seen; versions are numbers, and carry no tags. */
  private final class ByRecord implements RecordService, RecordService.Beginnings {

    @Override
    public Refusals refusals() {
      return REFUSALS;
    }

    @Override
    public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
      REFUSALS.requireOffered(ALGORITHMS, algorithm);
    }

    @Override
    public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        requireTime(call);
        KeyMetadata metadata = made.get(name);
        if (metadata == null) {
          return Optional.empty();
        }
        Decision last = lastDecision(metadata);
        List<ServiceKey> versions = new ArrayList<>();
        for (Entry entry : keys.values()) {
          if (entry.name.equals(name)) {
            // What was made is to be seen at once; whether it is on, late.
            versions.add(seen(entry, call).orElse(entry.at(entry.views.firstEntry().getValue())));
          }
        }
        return Optional.of(LedgerKey.of(metadata, versions, last, ""));
      }
    }

    private Decision lastDecision(KeyMetadata metadata) {
      Decision last =
          metadata.restored()
              ? Decision.none(metadata.operationId())
              : Decision.first("1", metadata.operationId());
      while (records.containsKey(metadata.name() + "/" + (last.number() + 1))) {
        last =
            Decision.parse(
                    "",
                    Objects.requireNonNull(
                        records.get(metadata.name() + "/" + (last.number() + 1))))
                .orElseThrow();
      }
      return last;
    }

    @Override
    public Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure {
      synchronized (MemoryService.this) {
        requireTime(call);
        KeyMetadata metadata =
            new KeyMetadata(
                wanted.name(),
                wanted.algorithm(),
                wanted.stamp(),
                wanted.rotation(),
                wanted.operationId(),
                wanted.restored(),
                "memory:" + wanted.name(),
                Instant.EPOCH);
        if (made.putIfAbsent(wanted.name(), metadata) != null) {
          return Optional.empty();
        }
        if (!wanted.restored()) {
          addVersion(wanted.name(), wanted.algorithm(), call);
        }
        return answered(read(wanted.name(), call));
      }
    }

    @Override
    public ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        return answered(addVersion(key.name(), key.metadata().algorithm(), call));
      }
    }

    private ServiceKey addVersion(KeyName name, KeyAlgorithm algorithm, CallContext call)
        throws BackendFailure {
      Making unlabelled = new Making(name, algorithm, Map.of(), "");
      LocalKey material = LocalKey.generate(algorithm, random);
      Entry entry = add(nextId(name), unlabelled, material, KeyOrigin.GENERATED, call);
      return entry.at(now(entry));
    }

    @Override
    public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        requireTime(call);
        String id = key.name() + "/" + next.number();
        if (records.putIfAbsent(id, next.toTags("")) == null) {
          return answered(Optional.of(key.after(next, "")));
        }
        return Decision.parse("", Objects.requireNonNull(records.get(id)))
            .filter(next::decidesAs)
            .map(same -> key.after(same, ""));
      }
    }

    @Override
    public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
      return MemoryService.this.turn(key, on, call);
    }

    @Override
    public ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure {
      return change(version, Optional.of(Material.GONE), Map.of(), call);
    }

    @Override
    public Optional<PublicKeyInfo> publicKey(
        ServiceKey key, KeyAlgorithm algorithm, CallContext call) {
      return MemoryService.publicKey(key);
    }

    @Override
    public Assurance assurance(ServiceKey key, CallContext call) {
      return Assurance.HSM;
    }

    @Override
    public NamePage names(Optional<String> from, boolean read, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        return new NamePage(Names.whole(from, List.copyOf(made.keySet())), made.keySet());
      }
    }

    @Override
    public Optional<Beginnings> beginnings() {
      return Optional.of(this);
    }

    @Override
    public boolean begin(KeyName name, String operationId, int lastVersion, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        requireTime(call);
        Map<String, String> note = Map.of("before", Integer.toString(lastVersion));
        boolean begins = records.putIfAbsent(name + "/" + operationId, note) == null;
        return begins ? answered(true) : false;
      }
    }

    @Override
    public Optional<Integer> began(KeyName name, String operationId, CallContext call) {
      synchronized (MemoryService.this) {
        return Optional.ofNullable(records.get(name + "/" + operationId))
            .map(note -> Integer.valueOf(note.getOrDefault("before", "0")));
      }
    }

    @Override
    public boolean activated(LedgerKey key, String version, String operationId, CallContext call) {
      synchronized (MemoryService.this) {
        return records.entrySet().stream()
            .filter(record -> record.getKey().startsWith(key.name() + "/"))
            .flatMap(record -> Decision.parse("", record.getValue()).stream())
            .filter(decision -> decision.operationId().equals(operationId))
            .anyMatch(decision -> decision.active().filter(version::equals).isPresent());
      }
    }
  }

  private String nextId(KeyName name) {
    return name + "/" + (keys.values().stream().filter(e -> e.name.equals(name)).count() + 1);
  }

  private final class Taker implements KeyTaker {

    @Override
    public ImportSupport support() {
      return ImportSupport.of(
          Set.of(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256), false);
    }

    @Override
    public BackendFailure notTaken(KeyAlgorithm algorithm) {
      return REFUSALS.notImported(algorithm, "take another.");
    }

    @Override
    public void check(ExportedKey.Version version, KeyAlgorithm algorithm) throws BackendFailure {
      KeyTaker.checked(version, algorithm, REFUSALS, random).close();
    }

    @Override
    public ServiceKey bring(Making into, ExportedKey.Version version, CallContext call)
        throws BackendFailure {
      synchronized (MemoryService.this) {
        LocalKey key = LocalKey.decode(into.algorithm(), version.material().orElseThrow(), random);
        Entry entry =
            made.containsKey(into.name())
                ? add(nextId(into.name()), into, key, KeyOrigin.IMPORTED, call)
                : add(into, key, KeyOrigin.IMPORTED, call);
        if (version.state() == KeyState.DISABLED && unit == ChronoUnit.SECONDS) {
          View made = now(entry);
          entry.views.put(
              entry.views.lastKey(), new View(Material.OFF, made.changedAt(), made.tags()));
        }
        return answered(entry.at(now(entry)));
      }
    }
  }
}
