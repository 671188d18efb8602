package dev.enclave.vault.internal.keys;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.kit.key.KeyService;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.Pending;
import dev.enclave.kit.key.RecordService;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyLister.Names;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.keys.KeyDocument.Entry;
import dev.enclave.vault.internal.keys.TransitKey.Made;
import dev.enclave.vault.internal.keys.VaultPlace.TransitVersion;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys in Transit, each with a document in the key-value store (docs/adr/0090-vault.md). Transit
 * switches no version off and destroys the oldest first, so a version of Enclave's is a Transit key
 * of its own. The document names them, and whoever replaces it under its revision has decided.
 *
 * <p>A private key is made before a document names it. So what is named and not to be seen is not
 * seen yet, or somebody deleted it. Reads may be late; what was written is known from its answer.
 * Thread-safe.
 */
public final class VaultKeys implements RecordService, ForeignKeys {

  /** What Transit takes for every algorithm it has. */
  public static final List<AlgorithmSupport> SUPPORTED = VaultScheme.SUPPORTED;

  private static final int PAGE = 1_000;

  /** So that a page, with a few requests for each key, ends in seconds. */
  private static final int READ_PAGE = 50;

  /** Longer than a node's reads are late that serves anybody. */
  private static final Duration LATEST = Duration.ofMinutes(1);

  /** What the next page follows, before a name. */
  private static final String AFTER = "after/";

  private static final String EXPORTABLE = "exportable";

  /** How well Transit protects a key of a type; empty for one that is deleted. */
  @FunctionalInterface
  public interface Protection {
    Assurance of(String type, CallContext call) throws BackendFailure;
  }

  /** What is known of a version: by its document, and by Transit if it told. */
  private record Seen(Optional<Entry> entry, Made made, Optional<TransitKey> key) {}

  /** A change of a document; nothing where it is as wanted, or may not be changed so. */
  @FunctionalInterface
  private interface Edit {
    Optional<KeyDocument> of(KeyDocument before) throws BackendFailure;
  }

  /** What this process wrote last. */
  private record Written(KeyDocument document, long atNanos) {

    boolean isRecent(CallContext call) {
      return call.time().nanoTime() - atNanos < LATEST.toNanos();
    }
  }

  private final VaultCalls calls;
  private final VaultPlace place;
  private final Protection protection;
  private final Map<KeyName, Written> written = new ConcurrentHashMap<>();
  private final KeyFindings findings = new KeyFindings();

  /** Of versions that were last read as ones that may leave Transit: by which property. */
  private final Map<String, String> leaving = new ConcurrentHashMap<>();

  /** Of the mounts and the path that the settings name. */
  public VaultKeys(VaultCalls calls, Protection protection) {
    this.calls = calls;
    this.place = VaultPlace.of(calls.settings());
    this.protection = protection;
  }

  VaultCalls calls() {
    return calls;
  }

  VaultPlace place() {
    return place;
  }

  @Override
  public KeyFindings findings() {
    return findings;
  }

  @Override
  public Refusals refusals() {
    return VaultCalls.REFUSALS;
  }

  @Override
  public ParallelReads parallel() {
    return calls;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    VaultScheme.support(algorithm);
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    String document = place.document(name);
    return refusals()
        .noKey(name, Texts.NO_DOCUMENT.with(document), Texts.NAME_AND_MOUNTS.with())
        .naming(document);
  }

  // Documents

  /** As it lies there; not as it was before this process wrote it, where that is read late. */
  private Optional<KeyDocument> document(KeyName name, CallContext call) throws BackendFailure {
    Optional<KeyDocument> found = found(name, call);
    @Nullable Written last = written.get(name);
    if (last == null || last.document().revision() <= found.map(KeyDocument::revision).orElse(0L)) {
      return found;
    }
    if (last.isRecent(call)) {
      return Optional.of(last.document());
    }
    // Somebody deleted it with its history.
    written.remove(name, last);
    return found;
  }

  private Optional<KeyDocument> found(KeyName name, CallContext call) throws BackendFailure {
    String path = place.document(name);
    Optional<Map<String, Object>> found = calls.find(VaultRequest.read(path, path), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Object revision = Json.map(found.get(), "metadata").get("version");
    Map<String, Object> data = Json.map(found.get(), "data");
    if (data.isEmpty()) {
      throw Texts.DOCUMENT_DELETED.permanent(FailureCode.CORRUPT, path, name).naming(path);
    }
    if (!(revision instanceof Long number)) {
      throw refusals().wrongAnswer(Texts.NO_REVISION.with(path)).naming(path);
    }
    return Optional.of(new KeyDocument(data, number));
  }

  /** Writes it if nobody has since it was read; nothing if somebody has. */
  private Optional<KeyDocument> write(KeyName name, KeyDocument document, CallContext call)
      throws BackendFailure {
    String path = place.document(name);
    Map<String, Object> data = document.toBeWritten().data();
    Map<String, Object> body = Map.of("data", data, "options", Map.of("cas", document.revision()));
    Optional<Map<String, Object>> answer =
        RequestGate.unless(
            FailureCode.CONFLICT,
            () -> calls.send(VaultRequest.change("write", path, path, body), call));
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    return BackendFailure.afterChange(
        Texts.DOCUMENT_WRITTEN.with(path),
        () -> {
          if (answer.get().get("version") instanceof Long number && number > document.revision()) {
            KeyDocument after = new KeyDocument(data, number);
            written.put(name, new Written(after, call.time().nanoTime()));
            return Optional.of(after);
          }
          throw refusals().wrongAnswer(Texts.NO_REVISION.with(path)).naming(path);
        });
  }

  /** Changes a document, of several who do one after the other; what is read late loses. */
  private KeyDocument edit(KeyName name, Edit edit, CallContext call) throws BackendFailure {
    Optional<KeyDocument> first = attempt(name, edit, call);
    return Pending.awaited(
            first,
            Optional::isEmpty,
            lost -> attempt(name, edit, call),
            lost -> refusals().notSeenYet(Texts.DOCUMENT.with(place.document(name))),
            call)
        .orElseThrow();
  }

  private Optional<KeyDocument> attempt(KeyName name, Edit edit, CallContext call)
      throws BackendFailure {
    KeyDocument before = document(name, call).orElseThrow(() -> taken(name));
    Optional<KeyDocument> after = edit.of(before);
    return after.isEmpty() ? Optional.of(before) : write(name, after.get(), call);
  }

  // Reading

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<KeyDocument> found = document(name, call);
    return found.isEmpty() ? Optional.empty() : Optional.of(read(name, found.get(), call));
  }

  private LedgerKey read(KeyName name, KeyDocument document, CallContext call)
      throws BackendFailure {
    List<ParallelReads.Read<ServiceKey>> reads = new ArrayList<>();
    document.versions().forEach(entry -> reads.add(c -> seen(name, entry, c)));
    return described(name, document, calls.each(reads, call));
  }

  private LedgerKey described(KeyName name, KeyDocument document, List<ServiceKey> versions)
      throws BackendFailure {
    String path = place.document(name);
    KeyMetadata metadata =
        document
            .metadata(name, path)
            .orElseThrow(
                () -> Texts.NOT_ENCLAVES.permanent(FailureCode.NOT_FOUND, path).naming(path));
    Decision decision =
        document
            .decision(metadata)
            .orElseThrow(() -> Texts.NO_DECISION.permanent(FailureCode.CORRUPT, path).naming(path));
    return LedgerKey.of(metadata, versions, decision, "");
  }

  Optional<TransitKey> transit(String key, CallContext call) throws BackendFailure {
    String path = place.key(key);
    Optional<Map<String, Object>> found = calls.find(VaultRequest.read(path, path), call);
    return found.isEmpty() ? Optional.empty() : Optional.of(TransitKey.of(key, found.get()));
  }

  /** A version as Transit has it, of which a document names a private key of its own key alone. */
  private ServiceKey seen(KeyName name, Entry entry, CallContext call) throws BackendFailure {
    if (!place.nameOf(entry.transitKey()).equals(Optional.of(name))) {
      throw refusals().wrongAnswer(Texts.NAMES_ANOTHER.with(place.document(name), entry.number()));
    }
    return entry.destroyed()
        ? version(entry, Optional.empty(), Material.GONE)
        : seen(entry, transit(entry.transitKey(), call), call);
  }

  private ServiceKey seen(Entry entry, Optional<TransitKey> told, CallContext call)
      throws BackendFailure {
    if (told.isEmpty()) {
      // It was made before it was entered: who reads late sees the document first.
      Optional<Written> last = place.nameOf(entry.transitKey()).map(written::get);
      boolean lately = last.filter(it -> it.isRecent(call)).isPresent();
      boolean deleted = KeyService.isOld(entry.made().at(), call) && !lately;
      return version(entry, told, deleted ? Material.GONE : Material.ON);
    }
    Made made = told.get().made(1);
    if (!made.equals(TransitKey.UNTOLD) && !made.at().equals(entry.made().at())) {
      String path = place.key(entry.transitKey());
      throw refusals().wrongAnswer(Texts.MADE_ANEW.with(path)).naming(path);
    }
    return version(entry, told, told.get().material(1));
  }

  private ServiceKey version(Entry entry, Optional<TransitKey> told, Material material)
      throws BackendFailure {
    Instant createdAt = entry.made().at();
    return new ServiceKey(
        Integer.toString(entry.number()),
        place.uri(entry.transitKey(), 1),
        createdAt,
        createdAt,
        material,
        entry.imported() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED,
        Map.of(tagPrefix() + KeyMetadata.OPERATION, entry.operation()),
        new Seen(
            Optional.of(entry),
            told.map(it -> it.made(1))
                .filter(it -> !it.equals(TransitKey.UNTOLD))
                .orElse(entry.made()),
            told));
  }

  private static Seen detail(ServiceKey version) {
    return (Seen) version.detail();
  }

  private TransitVersion transitVersion(ServiceKey version) {
    return place.version(version.uri()).orElseThrow();
  }

  @Override
  public Optional<PublicKeyInfo> publicKey(
      ServiceKey version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    String told = detail(version).made().publicKey();
    if (!algorithm.asymmetric() || told.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(VaultScheme.publicKey(told, algorithm));
    } catch (EnclaveException | IllegalArgumentException e) {
      throw refusals()
          .wrongAnswer(Texts.NO_PUBLIC_KEY.with(version.uri(), algorithm))
          .naming(version.uri());
    }
  }

  /** SOFTWARE, and told, where the private half may be read; that cannot be taken back. */
  @Override
  public Assurance assurance(ServiceKey version, CallContext call) throws BackendFailure {
    String uri = version.uri();
    Optional<TransitKey> key = detail(version).key();
    Optional<String> leaves = key.flatMap(TransitKey::leaves);
    if (leaves.isEmpty()) {
      leaving.remove(uri);
      findings.forget(EXPORTABLE, uri);
      return protection.of(key.map(TransitKey::type).orElse(""), call);
    }
    leaving.put(uri, leaves.get());
    findings.tell(
        EXPORTABLE,
        uri,
        ErrorCode.KEY_IDENTITY_CHANGED,
        Texts.KEY_EXPORTABLE.observed(uri),
        Texts.KEY_EXPORTABLE.advice(uri));
    return Assurance.SOFTWARE;
  }

  /** By which property a version may leave Transit in the clear, as it was last read. */
  Optional<String> leaves(String uri) {
    return Optional.ofNullable(leaving.get(uri));
  }

  // Names

  /**
   * Lists answer with all names at once. A key that is being restored has a note of that; what this
   * process wrote is looked at too, since lists may be late.
   */
  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    TreeSet<String> all = new TreeSet<>(listed(place.documents(), call));
    Set<String> restoring = new HashSet<>(listed(place.restoring(), call));
    Set<String> lately = new HashSet<>();
    written.forEach(
        (name, last) -> {
          if (last.isRecent(call)) {
            lately.add(name.value());
          }
        });
    all.addAll(lately);
    restoring.addAll(lately);
    if (read) {
      for (String key : listed(place.transit() + "/keys", call)) {
        place.nameOf(key).map(KeyName::value).ifPresent(all::add);
      }
    }
    if (from.filter(it -> !it.startsWith(AFTER)).isPresent()) {
      throw Texts.NO_PAGE.permanent(FailureCode.REJECTED);
    }
    String last = from.map(it -> it.substring(AFTER.length())).orElse("");
    List<String> rest = List.copyOf(all.tailSet(last, false));
    List<String> page = rest.subList(0, Math.min(rest.size(), read ? READ_PAGE : PAGE));
    Optional<String> next =
        page.size() < rest.size()
            ? Optional.of(AFTER + page.get(page.size() - 1))
            : Optional.empty();
    List<KeyName> names = page.stream().flatMap(it -> StoredText.name(it).stream()).toList();
    Set<KeyName> doubtful = new HashSet<>(names);
    doubtful.removeIf(name -> !restoring.contains(name.value()));
    return new NamePage(Names.of(names, next), doubtful);
  }

  private List<String> listed(String path, CallContext call) throws BackendFailure {
    return calls
        .find(VaultRequest.list(path, path), call)
        .map(data -> Json.list(data, "keys").stream().map(String::valueOf).toList())
        .orElse(List.of());
  }

  // What is left of attempts

  /** Transit keys that are called as this key's are, and that its document does not count on. */
  @Override
  public Optional<LedgerKey> readWithLeftOver(KeyName name, CallContext call)
      throws BackendFailure {
    // Before the document, so that what was entered meanwhile is in it.
    Set<String> listed = new TreeSet<>(listed(place.transit() + "/keys", call));
    listed.removeIf(key -> !place.nameOf(key).equals(Optional.of(name)));
    Optional<KeyDocument> document = document(name, call);
    if (document.filter(it -> !it.isOfItsRevision()).isPresent()) {
      String path = place.document(name);
      throw Texts.NOT_WRITTEN_BY_ENCLAVE.permanent(FailureCode.CORRUPT, path, name).naming(path);
    }
    for (Entry entry : document.map(KeyDocument::versions).orElse(List.of())) {
      if (!entry.destroyed()) {
        listed.remove(entry.transitKey());
      }
    }
    List<ServiceKey> left = new ArrayList<>();
    for (String key : listed) {
      Optional<TransitKey> told = transit(key, call);
      if (told.isPresent()) {
        left.add(leftOver(told.get()));
      }
    }
    if (document.isEmpty() && left.isEmpty()) {
      return Optional.empty();
    }
    LedgerKey key =
        document.isPresent()
            ? read(name, document.get(), call)
            : LedgerKey.of(nobodys(name), List.of(), Decision.none(""), "");
    left.addAll(key.leftOver());
    return Optional.of(
        new LedgerKey(
            key.metadata(),
            key.versions(),
            left,
            Set.of(),
            key.decision(),
            key.activations(),
            key.revision(),
            key.unfinished()));
  }

  /** Of a name that no document has taken. */
  private KeyMetadata nobodys(KeyName name) {
    return new KeyMetadata(
        name,
        SUPPORTED.get(0).algorithm(),
        StampReading.none(),
        RotationInterval.NEVER,
        "",
        false,
        place.document(name),
        Instant.EPOCH);
  }

  private ServiceKey leftOver(TransitKey told) throws BackendFailure {
    Made made = told.first();
    return new ServiceKey(
        "left-" + told.name().substring(told.name().lastIndexOf('.') + 1),
        place.uri(told.name(), 1),
        made.at(),
        made.at(),
        told.material(1),
        told.origin(),
        Map.of(),
        new Seen(Optional.empty(), made, Optional.of(told)));
  }

  // Making and changing versions

  /**
   * The private key first: without a document it is nothing but a leftover. Who loses the name
   * leaves it there, since an earlier attempt of the same operation may have won with it.
   */
  @Override
  public Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    KeyName name = wanted.name();
    if (document(name, call).isPresent()) {
      return Optional.empty();
    }
    KeyDocument document = KeyDocument.of(wanted);
    List<ServiceKey> versions = new ArrayList<>();
    if (wanted.restored()) {
      String note = place.restoring("data", name);
      Map<String, Object> body = Map.of("data", Map.of("key", name.value()));
      calls.send(VaultRequest.change("write", note, note, body), call);
    } else {
      TransitKey made = make(name, wanted.operationId(), wanted.algorithm(), call);
      Entry first = entry(1, made, wanted.operationId());
      document = document.with(first);
      versions.add(seen(first, Optional.of(made), call));
    }
    Optional<KeyDocument> written = write(name, document, call);
    if (written.isEmpty()) {
      for (ServiceKey lost : versions) {
        removeUnlessEntered(name, lost, call);
      }
      return Optional.empty();
    }
    return Optional.of(described(name, written.get(), versions));
  }

  /** A creation that lost leaves no private key behind, unless an earlier attempt of it won. */
  private void removeUnlessEntered(KeyName name, ServiceKey made, CallContext call) {
    try {
      String key = transitVersion(made).key();
      if (document(name, call).filter(it -> it.version(key).isEmpty()).isPresent()) {
        remove(made, call);
      }
    } catch (BackendFailure e) {
      // It is found as a leftover; that the name is taken is what the caller has to know.
    }
  }

  private static Entry entry(int number, TransitKey made, String operation) {
    boolean imported = made.origin() == KeyOrigin.IMPORTED;
    return new Entry(number, made.name(), operation, made.made(1), imported, false);
  }

  @Override
  public ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    KeyMetadata metadata = key.metadata();
    TransitKey made = make(metadata.name(), operationId, metadata.algorithm(), call);
    return enter(metadata.name(), made, operationId, call);
  }

  /** Makes an operation's private key; who repeats it is told the same one. */
  private TransitKey make(
      KeyName name, String operationId, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    String key = place.transitKey(name, operationId);
    String path = place.key(key);
    Map<String, Object> body =
        Map.of(
            "type",
            VaultScheme.type(algorithm),
            "exportable",
            false,
            "allow_plaintext_backup",
            false,
            "derived",
            false);
    TransitKey made =
        told(key, calls.send(VaultRequest.change("create", path, path, body), call), call);
    requireAsAsked(made, algorithm);
    if (made.material(1) != Material.OFF) {
      return made;
    }
    // Somebody took an earlier attempt's for a leftover, and went no further.
    return told(key, turned(made, true, call), call);
  }

  /** Transit answers that it is there, whatever it is. */
  void requireAsAsked(TransitKey made, KeyAlgorithm algorithm) throws BackendFailure {
    if (!made.type().equals(VaultScheme.type(algorithm))
        || made.leaves().isPresent()
        || made.derived()) {
      String path = place.key(made.name());
      throw Texts.OTHER_THAN_ASKED
          .permanent(FailureCode.CORRUPT, path, algorithm, made.type())
          .naming(path);
    }
  }

  /** What a change was answered; older servers answer nothing. */
  private TransitKey told(String key, Map<String, Object> answer, CallContext call)
      throws BackendFailure {
    return answer.isEmpty() ? shown(key, call) : TransitKey.of(key, answer);
  }

  /** One that is there, once it is to be seen. */
  TransitKey shown(String key, CallContext call) throws BackendFailure {
    return Pending.awaited(
            transit(key, call),
            Optional::isEmpty,
            none -> transit(key, call),
            none -> refusals().notSeenYet(place.key(key)),
            call)
        .orElseThrow();
  }

  /** Enters a private key as the next version, unless it is one. */
  ServiceKey enter(KeyName name, TransitKey made, String operation, CallContext call)
      throws BackendFailure {
    KeyDocument after =
        edit(
            name,
            before ->
                before.version(made.name()).isPresent()
                    ? Optional.empty()
                    : Optional.of(before.with(entry(before.nextNumber(), made, operation))),
            call);
    Entry entry = after.version(made.name()).orElseThrow();
    return entry.destroyed()
        ? version(entry, Optional.empty(), Material.GONE)
        : seen(entry, Optional.of(made), call);
  }

  /**
   * Transit refuses a version below the least number: a second one is made that nobody uses, and
   * the least number is 2.
   */
  @Override
  public ServiceKey turn(ServiceKey version, boolean on, CallContext call) throws BackendFailure {
    String key = transitVersion(version).key();
    Optional<TransitKey> known = detail(version).key();
    turned(known.isPresent() ? known.get() : shown(key, call), on, call);
    return version.with(on ? Material.ON : Material.OFF);
  }

  private Map<String, Object> turned(TransitKey key, boolean on, CallContext call)
      throws BackendFailure {
    String path = place.key(key.name());
    if (!on && key.latest() == 1) {
      calls.send(VaultRequest.change("rotate", path, path + "/rotate", Map.of()), call);
    }
    int least = on ? 1 : 2;
    Map<String, Object> body =
        Map.of("min_decryption_version", least, "min_encryption_version", least);
    Map<String, Object> answer =
        calls.send(VaultRequest.change("configure", path, path + "/config", body), call);
    Material asked = on ? Material.ON : Material.OFF;
    if (!answer.isEmpty() && TransitKey.of(key.name(), answer).material(1) != asked) {
      throw Texts.NOT_TURNED.ambiguous(FailureCode.INVALID_STATE, path).naming(path);
    }
    return answer;
  }

  /** Deletes the private key, and leaves its public key and its number in the document. */
  @Override
  public ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure {
    String key = transitVersion(version).key();
    // Marked first: of what is entered and not to be seen nobody could tell that it was destroyed.
    if (detail(version).entry().isEmpty()) {
      return version.with(delete(key, call));
    }
    Edit mark =
        document ->
            document
                .version(key)
                .filter(entry -> !entry.destroyed())
                .map(entry -> document.with(entry.asDestroyed()));
    edit(place.nameOf(key).orElseThrow(), mark, call);
    return version.with(
        BackendFailure.afterChange(Texts.MARKED.with(place.key(key)), () -> delete(key, call)));
  }

  private Material delete(String key, CallContext call) throws BackendFailure {
    String path = place.key(key);
    Map<String, Object> allowed = Map.of("deletion_allowed", true);
    VaultRequest allow = VaultRequest.change("configure", path, path + "/config", allowed);
    if (RequestGate.unless(FailureCode.NOT_FOUND, () -> calls.send(allow, call)).isPresent()) {
      VaultRequest delete = VaultRequest.delete(path, path);
      RequestGate.unless(FailureCode.NOT_FOUND, () -> calls.send(delete, call));
    }
    return Material.GONE;
  }

  // Decisions

  /** The document is read anew, since versions may have been entered; a late one loses. */
  @Override
  public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    KeyDocument after =
        edit(
            key.name(),
            before ->
                number(key, before) <= key.decision().number()
                    ? Optional.of(before.with(next))
                    : Optional.empty(),
            call);
    Optional<LedgerKey> recorded =
        after
            .decision(key.metadata())
            .filter(next::decidesAs)
            .map(decision -> key.after(decision, ""));
    if (recorded.isPresent() && key.unfinished()) {
      String note = place.restoring("metadata", key.name());
      BackendFailure.afterChange(
          Texts.DECIDED.with(key.name()), () -> calls.send(VaultRequest.delete(note, note), call));
    }
    return recorded;
  }

  private int number(LedgerKey key, KeyDocument document) throws BackendFailure {
    String path = place.document(key.name());
    return document
        .decision(key.metadata())
        .orElseThrow(() -> Texts.NO_DECISION.permanent(FailureCode.CORRUPT, path).naming(path))
        .number();
  }

  // Keys that something else made

  @Override
  public BackendFailure notAKey() {
    return refusals().notAKey(Texts.FORM_OF_KEY.with(place.transit()));
  }

  @Override
  public String toCheck() {
    return Texts.MOUNT_AND_RIGHTS.with();
  }

  @Override
  public Foreign foreign(String name, CallContext call) throws BackendFailure {
    Optional<TransitVersion> exact = place.version(name);
    String key =
        exact
            .or(() -> place.version(name + "/1"))
            .map(TransitVersion::key)
            .orElseThrow(this::notAKey);
    TransitKey told =
        transit(key, call).orElseThrow(() -> refusals().noForeignKey(toCheck()).naming(name));
    int least = Math.max(1, Math.max(told.least(), told.kept()));
    if (exact.isEmpty() && least < told.latest()) {
      throw Texts.WHICH_NOT_SAID.permanent(FailureCode.UNSUPPORTED, name, least, told.latest());
    }
    int number = exact.map(TransitVersion::number).orElse(told.latest());
    Made made = told.made(number);
    String uri = place.uri(key, number);
    ServiceKey version =
        new ServiceKey(
            Integer.toString(number),
            uri,
            made.at(),
            made.at(),
            told.material(number),
            told.origin(),
            Map.of(),
            new Seen(Optional.empty(), made, Optional.of(told)));
    List<KeyAlgorithm> choices = told.derived() ? List.of() : VaultScheme.of(told.type());
    return new Foreign(version, uri, uri, choices, told.type());
  }

  /** Transit has no tags. A private key of Enclave's own has a document, whose stamp counts. */
  @Override
  public Told tags(Foreign key, CallContext call) throws BackendFailure {
    Optional<KeyName> ours = place.nameOf(transitVersion(key.version()).key());
    if (ours.isEmpty()) {
      return Told.of(Map.of());
    }
    String path = place.document(ours.get());
    return RequestGate.unless(FailureCode.ACCESS_DENIED, () -> document(ours.get(), call))
        .map(document -> Told.of(document.map(KeyDocument::tags).orElse(Map.of())))
        .orElseGet(() -> Told.refused(Texts.DENIED.observed(path), Texts.DENIED.advice(path)));
  }

  // Use

  /** Who signs or wraps right after a version was made may ask a node that has not seen it. */
  BackendFailure unlessNew(KeyVersionRef ref, BackendFailure failure, CallContext call)
      throws BackendFailure {
    TransitVersion version = place.version(ref.providerUri()).orElseThrow();
    String key = version.key();
    Optional<KeyName> ours = place.nameOf(key);
    // Of ours there is version 1 alone.
    if (failure.code() != FailureCode.NOT_FOUND || ours.isEmpty() || version.number() != 1) {
      return failure;
    }
    Optional<Entry> entry = document(ours.get(), call).flatMap(it -> it.version(key));
    boolean young =
        entry.isPresent()
            && !entry.get().destroyed()
            && !KeyService.isOld(entry.get().made().at(), call);
    return young ? refusals().unlessNew(failure) : failure;
  }
}
