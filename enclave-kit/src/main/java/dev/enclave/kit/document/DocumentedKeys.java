package dev.enclave.kit.document;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.document.KeyDocument.Entry;
import dev.enclave.kit.document.KeyDocument.Made;
import dev.enclave.kit.key.Decision;
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
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys at a service that has private keys without versions, and beside them documents that are
 * replaced only under the revision that was read. Each version of a key is a private key of its
 * own. A document of each key, {@link KeyDocument}, names them and has the last decision: whoever
 * replaces it has decided. Examples: Transit keys of Vault with documents of its key-value store;
 * private keys of a PKCS#11 token with its data objects.
 *
 * <p>An adapter finds and replaces documents, and makes, finds, switches and destroys private keys.
 * A private key is made before a document names it. So one that is named and not there is not seen
 * yet, or somebody deleted it. Thread-safe, if the adapter is.
 */
public abstract class DocumentedKeys implements RecordService {

  private static final int PAGE = 1_000;

  /** So that a page, with a few requests for each key, ends in seconds. */
  private static final int READ_PAGE = 50;

  /** Longer than a node's reads are late that serves anybody. */
  private static final Duration LATEST = Duration.ofMinutes(1);

  /** What the next page follows, before a name. */
  private static final String AFTER = "after/";

  private static final String EXPORTABLE = "exportable";

  /**
   * A private key as the service has it.
   *
   * @param name the service's name for it, which the document has
   * @param made how it was made; nothing where the service does not tell of one that is off
   * @param material ON or OFF
   * @param origin as the service reports it
   * @param exportable whether it may leave the service in the clear
   * @param detail what the adapter knows of it besides
   */
  public record PrivateHalf(
      String name,
      Optional<Made> made,
      Material material,
      KeyOrigin origin,
      boolean exportable,
      Object detail) {}

  /** What is known of a version: whose document has it, and what the service told. */
  private record Seen(
      String privateKey, Optional<KeyName> enteredIn, Made made, Optional<PrivateHalf> told) {}

  /** Makes the private key of an operation; who repeats it is told the same one. */
  @FunctionalInterface
  public interface Making {
    /** At the service, by the operation's id. */
    PrivateHalf of(String operation) throws BackendFailure;
  }

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

  private final Refusals refusals;
  private final boolean late;
  private final Map<KeyName, Written> written = new ConcurrentHashMap<>();
  private final KeyFindings findings = new KeyFindings();

  /**
   * At one service.
   *
   * @param late whether a read may miss what another process has just written
   */
  protected DocumentedKeys(Refusals refusals, boolean late) {
    this.refusals = refusals;
    this.late = late;
  }

  // What an adapter does

  /** The document of a key as it lies there; nothing if there is none. */
  protected abstract Optional<KeyDocument> find(KeyName name, CallContext call)
      throws BackendFailure;

  /**
   * Writes a document, if the one of the key is still of the revision that {@code next} has, or is
   * still not there for 0.
   *
   * @return the same under its new revision; nothing if somebody else wrote meanwhile
   */
  protected abstract Optional<KeyDocument> replace(KeyName name, KeyDocument next, CallContext call)
      throws BackendFailure;

  /** What messages call the document of a key. */
  protected abstract String document(KeyName name);

  /** The names of all documents. */
  protected abstract Set<String> documents(CallContext call) throws BackendFailure;

  /** The names of keys of which there is any private key, by what these are called. */
  protected abstract Set<String> named(CallContext call) throws BackendFailure;

  /** The names under which a restoration was begun and perhaps not finished; by default none. */
  protected Set<String> restoring(CallContext call) throws BackendFailure {
    return Set.of();
  }

  /** Notes, before its document is written, that a key is to be restored; by default nowhere. */
  protected void restores(KeyName name, CallContext call) throws BackendFailure {}

  /** Forgets {@link #restores}, once the restoration is decided. */
  protected void restored(KeyName name, CallContext call) throws BackendFailure {}

  /** Whether a private key may be one of that key's, by what it is called. */
  protected abstract boolean isOf(KeyName name, String privateKey);

  /** The service's own name for a private key, as handles have it. */
  protected abstract String uri(KeyName name, String privateKey);

  /**
   * Makes an operation's private key; who repeats it is told the same one. What is there and is not
   * what was asked for is refused. It is ON afterwards.
   */
  protected abstract PrivateHalf make(
      KeyName name, String operationId, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure;

  /** Looks at a private key; nothing if it is not there. */
  protected abstract Optional<PrivateHalf> look(String privateKey, CallContext call)
      throws BackendFailure;

  /** All private keys that are called as a key's are. */
  protected abstract List<PrivateHalf> called(KeyName name, CallContext call) throws BackendFailure;

  /** Switches a private key on or off. */
  protected abstract void turn(String privateKey, boolean on, CallContext call)
      throws BackendFailure;

  /** Destroys a private key; one that is not there is destroyed. */
  protected abstract void destroy(String privateKey, CallContext call) throws BackendFailure;

  /**
   * Reads {@link Made#publicKey}.
   *
   * @throws EnclaveException when it is none for the algorithm
   * @throws IllegalArgumentException when it is no text of that form
   */
  protected abstract PublicKeyInfo publicKey(String told, KeyAlgorithm algorithm);

  // Documents

  @Override
  public final KeyFindings findings() {
    return findings;
  }

  @Override
  public final Refusals refusals() {
    return refusals;
  }

  /** As it lies there; not as it was before this process wrote it, where that is read late. */
  protected final Optional<KeyDocument> current(KeyName name, CallContext call)
      throws BackendFailure {
    Optional<KeyDocument> found = find(name, call);
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

  /** Writes it if nobody has since it was read; nothing if somebody has. */
  private Optional<KeyDocument> write(KeyName name, KeyDocument document, CallContext call)
      throws BackendFailure {
    KeyDocument next = document.toBeWritten();
    Optional<KeyDocument> after =
        RequestGate.unless(FailureCode.CONFLICT, () -> replace(name, next, call)).flatMap(it -> it);
    if (late && after.isPresent()) {
      written.put(name, new Written(after.get(), call.time().nanoTime()));
    }
    return after;
  }

  /** Changes a document, of several who do one after the other; what is read late loses. */
  private KeyDocument edit(KeyName name, Edit edit, CallContext call) throws BackendFailure {
    Optional<KeyDocument> first = attempt(name, edit, call);
    return Pending.awaited(
            first,
            Optional::isEmpty,
            lost -> attempt(name, edit, call),
            lost -> refusals.notSeenYet(Texts.DOCUMENT.with(document(name))),
            call)
        .orElseThrow();
  }

  private Optional<KeyDocument> attempt(KeyName name, Edit edit, CallContext call)
      throws BackendFailure {
    KeyDocument before = current(name, call).orElseThrow(() -> taken(name));
    Optional<KeyDocument> after = edit.of(before);
    return after.isEmpty() ? Optional.of(before) : write(name, after.get(), call);
  }

  // Reading

  @Override
  public final Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<KeyDocument> found = current(name, call);
    return found.isEmpty() ? Optional.empty() : Optional.of(read(name, found.get(), call));
  }

  private LedgerKey read(KeyName name, KeyDocument document, CallContext call)
      throws BackendFailure {
    List<ParallelReads.Read<ServiceKey>> reads = new ArrayList<>();
    document.versions().forEach(entry -> reads.add(c -> seen(name, entry, c)));
    return described(name, document, parallel().each(reads, call));
  }

  private LedgerKey described(KeyName name, KeyDocument document, List<ServiceKey> versions)
      throws BackendFailure {
    String path = document(name);
    KeyMetadata metadata =
        document
            .metadata(name, path)
            .orElseThrow(
                () ->
                    Texts.DOCUMENT_NOT_ENCLAVES
                        .permanent(FailureCode.NOT_FOUND, path)
                        .naming(path));
    return LedgerKey.of(metadata, versions, decision(metadata, document), "");
  }

  private Decision decision(KeyMetadata key, KeyDocument document) throws BackendFailure {
    String path = document(key.name());
    return document
        .decision(key)
        .orElseThrow(
            () -> Texts.DOCUMENT_UNDECIDED.permanent(FailureCode.CORRUPT, path).naming(path));
  }

  /** A version as the service has it, of which a document names one of its own key alone. */
  private ServiceKey seen(KeyName name, Entry entry, CallContext call) throws BackendFailure {
    if (!isOf(name, entry.privateKey())) {
      throw refusals.wrongAnswer(Texts.DOCUMENT_NAMES_ANOTHER.with(document(name), entry.number()));
    }
    return entry.destroyed()
        ? version(name, entry, Optional.empty(), Material.GONE)
        : seen(name, entry, look(entry.privateKey(), call), call);
  }

  private ServiceKey seen(KeyName name, Entry entry, Optional<PrivateHalf> told, CallContext call)
      throws BackendFailure {
    if (told.isEmpty()) {
      // It was made before it was entered: who reads late sees the document first.
      @Nullable Written last = written.get(name);
      boolean lately = last != null && last.isRecent(call);
      boolean young = late && (lately || !KeyService.isOld(entry.made().at(), call));
      return version(name, entry, told, young ? Material.ON : Material.GONE);
    }
    if (told.get().made().filter(made -> !made.at().equals(entry.made().at())).isPresent()) {
      String uri = uri(name, entry.privateKey());
      throw refusals.wrongAnswer(Texts.PRIVATE_KEY_MADE_ANEW.with(uri)).naming(uri);
    }
    return version(name, entry, told, told.get().material());
  }

  private ServiceKey version(
      KeyName name, Entry entry, Optional<PrivateHalf> told, Material material) {
    Instant createdAt = entry.made().at();
    Made made = told.flatMap(PrivateHalf::made).orElse(entry.made());
    return new ServiceKey(
        Integer.toString(entry.number()),
        uri(name, entry.privateKey()),
        createdAt,
        createdAt,
        material,
        entry.imported() ? KeyOrigin.IMPORTED : KeyOrigin.GENERATED,
        Map.of(tagPrefix() + KeyMetadata.OPERATION, entry.operation()),
        new Seen(entry.privateKey(), Optional.of(name), made, told));
  }

  private static Seen detail(ServiceKey version) {
    return (Seen) version.detail();
  }

  /** The private key of a version as the service told it; nothing where it did not. */
  protected static Optional<PrivateHalf> half(ServiceKey version) {
    return detail(version).told();
  }

  @Override
  public final Optional<PublicKeyInfo> publicKey(
      ServiceKey version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    String told = detail(version).made().publicKey();
    if (!algorithm.asymmetric() || told.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(publicKey(told, algorithm));
    } catch (EnclaveException | IllegalArgumentException e) {
      throw refusals
          .wrongAnswer(Texts.NO_PUBLIC_KEY_OF.with(version.uri(), algorithm))
          .naming(version.uri());
    }
  }

  /** Versions whose private halves may be read; that cannot be taken back. */
  @Override
  public final void noted(LedgerKey key, CallContext call) {
    for (ServiceKey version : key.versions()) {
      if (half(version).filter(PrivateHalf::exportable).isPresent()) {
        findings.tell(
            EXPORTABLE,
            version.uri(),
            ErrorCode.KEY_IDENTITY_CHANGED,
            Texts.KEY_EXPORTABLE.observed(version.uri()),
            Texts.KEY_EXPORTABLE.advice(version.uri()));
      } else {
        findings.forget(EXPORTABLE, version.uri());
      }
    }
  }

  // Names

  /** What this process wrote is looked at too, since lists may be late. */
  @Override
  public final NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    TreeSet<String> all = new TreeSet<>(documents(call));
    Set<String> begun = new HashSet<>(restoring(call));
    written.forEach(
        (name, last) -> {
          if (last.isRecent(call)) {
            all.add(name.value());
            begun.add(name.value());
          }
        });
    if (read) {
      all.addAll(named(call));
    }
    if (from.filter(it -> !it.startsWith(AFTER)).isPresent()) {
      throw Texts.NO_SUCH_PAGE.permanent(FailureCode.REJECTED);
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
    doubtful.removeIf(name -> !begun.contains(name.value()));
    return new NamePage(Names.of(names, next), doubtful);
  }

  // What is left of attempts

  /** Private keys that are called as this key's are, and that its document does not count on. */
  @Override
  public final Optional<LedgerKey> readWithLeftOver(KeyName name, CallContext call)
      throws BackendFailure {
    // Before the document, so that what was entered meanwhile is in it.
    Map<String, PrivateHalf> left = new TreeMap<>();
    called(name, call).forEach(half -> left.put(half.name(), half));
    Optional<KeyDocument> document = current(name, call);
    if (document.filter(it -> !it.isOfItsRevision()).isPresent()) {
      String path = document(name);
      throw Texts.DOCUMENT_EDITED.permanent(FailureCode.CORRUPT, path, name).naming(path);
    }
    for (Entry entry : document.map(KeyDocument::versions).orElse(List.of())) {
      if (!entry.destroyed()) {
        left.remove(entry.privateKey());
      }
    }
    List<ServiceKey> leftOver = left.values().stream().map(half -> leftOver(name, half)).toList();
    requireOfNoKeyBefore(name, document, leftOver, call);
    return document.isEmpty()
        ? Optional.empty()
        : Optional.of(read(name, document.get(), call).withLeftOver(leftOver));
  }

  /**
   * What is older than the document, or has none, is of a creation that went no further or of a key
   * whose document was deleted. Nothing tells the two apart, so a person has to.
   */
  private void requireOfNoKeyBefore(
      KeyName name, Optional<KeyDocument> document, List<ServiceKey> leftOver, CallContext call)
      throws BackendFailure {
    List<Entry> versions = document.map(KeyDocument::versions).orElse(List.of());
    Instant first = versions.isEmpty() ? Instant.MAX : versions.get(0).made().at();
    List<String> before =
        leftOver.stream()
            .filter(half -> KeyService.isOld(half.createdAt(), call))
            .filter(half -> half.createdAt().plus(KeyService.UNDER_WAY).isBefore(first))
            .map(ServiceKey::uri)
            .toList();
    if (!before.isEmpty()) {
      String path = document(name);
      throw Texts.KEY_BEFORE_DOCUMENT
          .permanent(FailureCode.CORRUPT, path, name, String.join(", ", before))
          .naming(path);
    }
  }

  /** One that does not tell when it was made is never old enough to be removed. */
  private ServiceKey leftOver(KeyName name, PrivateHalf told) {
    String id = told.name();
    return withoutDocument(
        "left-" + id.substring(Math.max(0, id.length() - 20)),
        uri(name, id),
        Instant.MAX.minus(KeyService.UNDER_WAY),
        told);
  }

  /**
   * A private key that no document names, such as one that something else made.
   *
   * @param otherwise when it counts as made, if the service does not tell
   */
  protected static ServiceKey withoutDocument(
      String id, String uri, Instant otherwise, PrivateHalf told) {
    Made made = told.made().orElse(new Made(otherwise, ""));
    return new ServiceKey(
        id,
        uri,
        made.at(),
        made.at(),
        told.material(),
        told.origin(),
        Map.of(),
        new Seen(told.name(), Optional.empty(), made, Optional.of(told)));
  }

  // Making and changing versions

  /**
   * The private key first: without a document it is nothing but a leftover. Who loses the name
   * removes it, unless an earlier attempt of the same operation has won with it.
   */
  @Override
  public final Optional<LedgerKey> create(KeyMetadata wanted, CallContext call)
      throws BackendFailure {
    KeyName name = wanted.name();
    if (current(name, call).isPresent()) {
      return Optional.empty();
    }
    KeyDocument document = KeyDocument.of(wanted);
    List<ServiceKey> versions = new ArrayList<>();
    if (wanted.restored()) {
      restores(name, call);
    } else {
      PrivateHalf made = make(name, wanted.operationId(), wanted.algorithm(), call);
      Entry first = entry(1, made, wanted.operationId());
      document = document.with(first);
      versions.add(seen(name, first, Optional.of(made), call));
    }
    Optional<KeyDocument> written = Optional.empty();
    try {
      written = write(name, document, call);
    } finally {
      if (written.isEmpty()) {
        versions.forEach(lost -> removeUnlessEntered(name, lost, call));
      }
    }
    if (written.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(described(name, written.get(), versions));
  }

  private void removeUnlessEntered(KeyName name, ServiceKey made, CallContext call) {
    try {
      String privateKey = detail(made).privateKey();
      if (current(name, call).filter(it -> it.version(privateKey).isEmpty()).isPresent()) {
        destroy(privateKey, call);
      }
    } catch (BackendFailure e) {
      // It is found as a leftover; that the name is taken is what the caller has to know.
    }
  }

  private static Entry entry(int number, PrivateHalf made, String operation) {
    boolean imported = made.origin() == KeyOrigin.IMPORTED;
    return new Entry(number, made.name(), operation, made.made().orElseThrow(), imported, false);
  }

  @Override
  public final ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    KeyName name = key.name();
    KeyAlgorithm algorithm = key.metadata().algorithm();
    PrivateHalf made = young(operationId, of -> make(name, of, algorithm, call), call);
    return enter(name, made, operationId, call);
  }

  /**
   * An operation's private key that may be entered. One that an earlier attempt made may be about
   * to be destroyed as a leftover by the time it is entered: it is left to that, long before it is
   * old enough, and another one is made. The service's times are compared too, so that this clock,
   * if it is wrong, makes one key too many at most.
   *
   * @param making makes the private key of an operation, or finds it
   */
  protected static PrivateHalf young(String operation, Making making, CallContext call)
      throws BackendFailure {
    PrivateHalf made = making.of(operation);
    Instant earlier = Instant.EPOCH;
    for (int next = 2;
        ages(madeAt(made), call.time().now()) && ages(earlier, madeAt(made));
        next++) {
      earlier = madeAt(made);
      made = making.of(operation + "/" + next);
    }
    return made;
  }

  private static Instant madeAt(PrivateHalf half) {
    return half.made().orElseThrow().at();
  }

  private static boolean ages(Instant madeAt, Instant now) {
    return madeAt.plus(KeyService.UNDER_WAY.dividedBy(2)).isBefore(now);
  }

  /** Enters a private key as the next version, unless it is one. */
  protected final ServiceKey enter(
      KeyName name, PrivateHalf made, String operation, CallContext call) throws BackendFailure {
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
        ? version(name, entry, Optional.empty(), Material.GONE)
        : seen(name, entry, Optional.of(made), call);
  }

  @Override
  public final ServiceKey turn(ServiceKey version, boolean on, CallContext call)
      throws BackendFailure {
    turn(detail(version).privateKey(), on, call);
    return version.with(on ? Material.ON : Material.OFF);
  }

  /** Destroys the private key, and leaves its public key and its number in the document. */
  @Override
  public final ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure {
    String privateKey = detail(version).privateKey();
    Optional<KeyName> name = detail(version).enteredIn();
    if (name.isPresent()) {
      // Marked first: of what is entered and not to be seen nobody could tell that it was
      // destroyed.
      edit(
          name.get(),
          document ->
              document
                  .version(privateKey)
                  .filter(entry -> !entry.destroyed())
                  .map(entry -> document.with(entry.asDestroyed())),
          call);
      BackendFailure.afterChange(
          Texts.ENTRY_MARKED.with(version.uri()),
          () -> {
            destroy(privateKey, call);
            return version;
          });
    } else {
      destroy(privateKey, call);
    }
    return version.with(Material.GONE);
  }

  // Decisions

  /** The document is read anew, since versions may have been entered; a late one loses. */
  @Override
  public final Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    KeyDocument after =
        edit(
            key.name(),
            before -> {
              if (decision(key.metadata(), before).number() > key.decision().number()) {
                return Optional.empty();
              }
              requireThere(key, next, before);
              return Optional.of(before.with(next));
            },
            call);
    Optional<LedgerKey> recorded =
        after
            .decision(key.metadata())
            .filter(next::decidesAs)
            .map(decision -> key.after(decision, ""));
    if (recorded.isPresent() && key.unfinished()) {
      BackendFailure.afterChange(
          Texts.RESTORATION_DECIDED.with(key.name()),
          () -> {
            restored(key.name(), call);
            return recorded;
          });
    }
    return recorded;
  }

  /** Whoever looks for leftovers may have destroyed what was still there when it was decided on. */
  private static void requireThere(LedgerKey key, Decision next, KeyDocument document)
      throws BackendFailure {
    Set<String> counted = new HashSet<>(next.restored());
    next.active().ifPresent(counted::add);
    Stream.concat(key.versions().stream(), key.leftOver().stream())
        .filter(version -> version.material() == Material.GONE)
        .forEach(version -> counted.remove(version.id()));
    for (Entry entry : document.versions()) {
      String number = Integer.toString(entry.number());
      if (entry.destroyed() && counted.contains(number)) {
        throw Texts.DESTROYED_MEANWHILE.transientFailure(
            FailureCode.UNAVAILABLE, KeyVersionId.of(number), key.name());
      }
    }
  }
}
