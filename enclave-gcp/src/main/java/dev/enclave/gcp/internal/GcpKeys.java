package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.kit.key.KeyService;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.NumberedRecords;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.Pending;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.kit.key.RecordService;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The keys of a key ring. A key is a CryptoKey and its versions are Cloud KMS's; a decision is an
 * empty CryptoKey with labels, of which two of one number cannot be made (docs/adr/0021). A version
 * carries no label, so that a further one is made after a note that says which was the last.
 * Thread-safe.
 */
public final class GcpKeys implements RecordService, RecordService.Beginnings, ForeignKeys {

  /** Such a record's id still fits behind the longest name. */
  public static final int LAST_DECISION = 9_999;

  private static final int PAGE = 1_000;

  /** So that a page, with a few requests for each key, ends in seconds. */
  private static final int READ_PAGE = 50;

  /** So many records in a row may be deleted, and the next one is found. */
  private static final int MOST_DELETED = 8;

  private static final String UNUSED = "unused";

  private final GcpCalls calls;
  private final String keyRing;
  private final Duration publishAhead;
  private final KeyFindings findings = new KeyFindings();
  private final PublicKeyCache publicKeys = new PublicKeyCache(GcpCalls.REFUSALS);
  // Of versions: what they said first.
  private final Map<String, ProtectionLevel> levels = new ConcurrentHashMap<>();
  private final NumberedRecords records = new NumberedRecords(this::record);
  // The last one behind which nothing was deleted, as far as this identity was told.
  private final Map<KeyName, Integer> undeleted = new ConcurrentHashMap<>();

  /**
   * Of the key ring of a session.
   *
   * @param publishAhead how long a version that a rotation prepared waits for its activation
   */
  public GcpKeys(GcpCalls calls, Duration publishAhead) {
    this.calls = calls;
    this.keyRing = calls.session().keyRing();
    this.publishAhead = publishAhead;
  }

  public GcpCalls calls() {
    return calls;
  }

  @Override
  public KeyFindings findings() {
    return findings;
  }

  @Override
  public Refusals refusals() {
    return GcpCalls.REFUSALS;
  }

  @Override
  public ParallelReads parallel() {
    return calls;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    GcpScheme.of(algorithm);
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    String looked = keyRing + " has no CryptoKey of that name";
    return refusals().noKey(name, looked, "the name and enclave.gcp-kms.key-ring").naming(keyRing);
  }

  @Override
  public BackendFailure taken(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.ALREADY_EXISTS,
            "CryptoKey " + name + " was deleted. " + whenFreed(),
            "Take another name.")
        .naming(name.value());
  }

  // Reading

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found = calls.find(GcpOperation.GET_KEY, resource(name.value()), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    KeyMetadata metadata = metadata(name, found.get()).orElseThrow(() -> notOurs(name));
    LedgerKey read = read(metadata, call);
    // Either none is active, or another was made that between the two requests.
    return Optional.of(
        read.active().isPresent() || read.unfinished() ? read : read(metadata, call));
  }

  private String resource(String id) {
    return GcpNames.key(keyRing, id);
  }

  private BackendFailure notOurs(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.NOT_FOUND,
            "CryptoKey " + name + " in " + keyRing + " is none of Enclave's: it lacks the labels.",
            "To use it as it is, set enclave.keys." + name + " to its resource name.")
        .naming(keyRing);
  }

  private static Optional<KeyMetadata> metadata(KeyName name, CryptoKey key) {
    return KeyMetadata.parse(
        name,
        GcpLabels.texts(key.getLabelsMap()),
        GcpLabels.PREFIX,
        GcpLabels::spelled,
        key.getName(),
        Instant.EPOCH);
  }

  /** The decision first, so that the versions that it names are there. */
  private LedgerKey read(KeyMetadata metadata, CallContext call) throws BackendFailure {
    Decision last = records.last(metadata.name(), first(metadata), call);
    return LedgerKey.of(metadata, versions(calls, metadata.uri(), call), last, "");
  }

  private static Decision first(KeyMetadata metadata) {
    return metadata.restored()
        ? Decision.none(metadata.operationId())
        : Decision.first("1", metadata.operationId());
  }

  /** All versions of a CryptoKey, whoever made it, in order. */
  public static List<ServiceKey> versions(GcpCalls calls, String key, CallContext call)
      throws BackendFailure {
    List<ServiceKey> versions = new ArrayList<>();
    String next = "";
    do {
      String from = next;
      var page =
          calls.send(
              GcpOperation.LIST_VERSIONS,
              key,
              request -> request.setPageSize(PAGE).setPageToken(from),
              call);
      for (CryptoKeyVersion version : page.getCryptoKeyVersionsList()) {
        versions.add(of(version, key));
      }
      next = page.getNextPageToken();
    } while (!next.isEmpty());
    versions.sort(Comparator.comparingInt(GcpKeys::number));
    return versions;
  }

  private static int number(ServiceKey version) {
    return Integer.parseInt(version.id());
  }

  /** Whether the service made it later than the active version, if there is one. */
  private static boolean isNewer(ServiceKey version, LedgerKey key) {
    return key.active().filter(active -> number(version) > number(active)).isPresent();
  }

  static ServiceKey of(CryptoKeyVersion version, String key) throws BackendFailure {
    if (!GcpNames.isVersion(version.getName(), key)) {
      throw GcpCalls.wrongAnswer("it is about another key's version", key);
    }
    return of(version);
  }

  static ServiceKey of(CryptoKeyVersion version) {
    Instant createdAt = instant(version.getCreateTime());
    return new ServiceKey(
        GcpNames.idOfVersion(version.getName()).orElseThrow().value(),
        version.getName(),
        createdAt,
        createdAt,
        switch (version.getState()) {
          case DESTROYED, DESTROY_SCHEDULED, GENERATION_FAILED, IMPORT_FAILED -> Material.GONE;
          case PENDING_GENERATION, PENDING_IMPORT -> Material.PENDING;
          case ENABLED -> Material.ON;
          // What KMS may add one day is nothing to sign with.
          default -> Material.OFF;
        },
        origin(version),
        Map.of(),
        version);
  }

  static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static KeyOrigin origin(CryptoKeyVersion version) {
    if (!version.getImportJob().isEmpty() || version.hasImportTime()) {
      return KeyOrigin.IMPORTED;
    }
    boolean made =
        version.hasGenerateTime() || version.getState() == CryptoKeyVersionState.PENDING_GENERATION;
    return switch (version.getProtectionLevel()) {
      case EXTERNAL, EXTERNAL_VPC -> KeyOrigin.UNKNOWN;
      default -> made ? KeyOrigin.GENERATED : KeyOrigin.UNKNOWN;
    };
  }

  private static CryptoKeyVersion detail(ServiceKey version) {
    return (CryptoKeyVersion) version.detail();
  }

  // What never changes about versions

  /** KMS tells the public keys of enabled versions alone. */
  @Override
  public Optional<PublicKeyInfo> publicKey(
      ServiceKey version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    String uri = version.uri();
    // As the version describes itself.
    levels.put(uri, detail(version).getProtectionLevel());
    if (!algorithm.asymmetric()) {
      return Optional.empty();
    }
    boolean on = version.material() == Material.ON;
    return publicKeys.get(
        uri, algorithm, on, call, () -> on ? ask(uri, algorithm, call) : Optional.empty());
  }

  /** The public key of an enabled version. */
  PublicKeyInfo publicKey(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    return publicKeys
        .get(version, algorithm, true, call, () -> ask(version, algorithm, call))
        .orElseThrow();
  }

  private Optional<PublicKeyInfo> ask(String version, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    var answer = calls.send(GcpOperation.GET_PUBLIC_KEY, version, call);
    if (answer.getAlgorithm() != GcpScheme.of(algorithm).kms()) {
      throw GcpCalls.wrongAnswer("its public key is one of another algorithm", version);
    }
    require(version, answer.getProtectionLevel());
    return Optional.of(PublicKeyInfo.fromPem(answer.getPem(), algorithm));
  }

  /**
   * Checks what an answer says of a version that was described before: every one that says what a
   * version did must say the same protection level. One that another process or an earlier opening
   * described is believed once, if it says a level at all.
   */
  void require(String version, ProtectionLevel answered) throws BackendFailure {
    boolean told =
        answered != ProtectionLevel.PROTECTION_LEVEL_UNSPECIFIED
            && answered != ProtectionLevel.UNRECOGNIZED;
    ProtectionLevel level =
        told ? levels.computeIfAbsent(version, name -> answered) : levels.get(version);
    if (level != answered) {
      throw GcpCalls.wrongAnswer(
          "it says that it is of protection level %s, and before it was %s"
              .formatted(answered, level == null ? "not described" : level),
          version);
    }
  }

  /** As the version says, whatever was asked for: SOFTWARE is what KMS makes by default. */
  @Override
  public Assurance assurance(ServiceKey version, CallContext call) {
    return switch (detail(version).getProtectionLevel()) {
      case HSM, HSM_SINGLE_TENANT -> calls.session().ceiling();
      default -> Assurance.SOFTWARE;
    };
  }

  /** Waits while a version is being generated or imported, at most until the deadline. */
  @Override
  public ServiceKey made(ServiceKey version, CallContext call) throws BackendFailure {
    ServiceKey seen =
        Pending.awaited(
            version,
            pending -> pending.material() == Material.PENDING,
            pending -> of(calls.send(GcpOperation.GET_VERSION, pending.uri(), call)),
            pending -> stillPending(pending.uri()),
            call);
    CryptoKeyVersion told = detail(seen);
    return switch (told.getState()) {
      case GENERATION_FAILED ->
          throw failed(
              seen,
              "Cloud KMS could not generate " + seen.uri() + ".",
              "Destroy it, and check that the location has HSMs and the algorithm.");
      case IMPORT_FAILED ->
          throw failed(
              seen,
              "Cloud KMS did not import " + seen.uri() + ": " + whyFailed(told) + ".",
              "gcloud kms keys versions describe tells its importFailureReason; then restore"
                  + " again.");
      default -> seen;
    };
  }

  private static BackendFailure failed(ServiceKey version, String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REJECTED, observed, advice).naming(version.uri());
  }

  static BackendFailure stillPending(String resource) {
    return BackendFailure.transientFailure(
            FailureCode.TIMEOUT,
            "Cloud KMS was still making " + resource + " at the deadline.",
            "Ask again.")
        .naming(resource);
  }

  /**
   * Told apart by Google's sentence, as far as that goes ("Troubleshooting failed imports", Cloud
   * KMS documentation), which is not repeated: nothing is decided by it.
   */
  private static String whyFailed(CryptoKeyVersion version) {
    String text = version.getImportFailureReason().toLowerCase(Locale.ROOT);
    return Stream.of("length", "too short", "64-bit blocks").anyMatch(text::contains)
        ? "its length is wrong"
        : Stream.of("unwrapped", "formatted", "malformed").anyMatch(text::contains)
            ? "it could not be unwrapped, or is laid out wrongly"
            : "for a reason that is not told apart here";
  }

  /** Versions that no decision names, and that no rotation can be about to activate. */
  @Override
  public void noted(LedgerKey key, CallContext call) {
    for (ServiceKey version : key.versions()) {
      if (version.material() == Material.ON && isLeft(key, version, call)) {
        findings.tell(
            UNUSED,
            version.uri(),
            ErrorCode.KEY_IDENTITY_CHANGED,
            "Version "
                + version.uri()
                + " signs nothing, since no record names it: somebody made it by hand, a rotation"
                + " was cut short, or the record of its activation was deleted, and a version that"
                + " it replaced signs",
            "Disable it if it never signed, or let enclave keys reconcile destroy it, which refuses"
                + " where a record was deleted. Who may list retired resources of the project is"
                + " told at the first reading (cloudkms.retiredResources.list)");
      } else {
        findings.forget(UNUSED, version.uri());
      }
    }
  }

  /** No decision names it, and no rotation can be about to, by the time at which it was made. */
  private boolean isLeft(LedgerKey key, ServiceKey version, CallContext call) {
    return !key.used(version)
        && !key.decision().restored().contains(version.id())
        && KeyService.isOld(version.createdAt().plus(publishAhead), call);
  }

  /** By their labels; asks nothing of each key. */
  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    var page =
        calls.send(
            GcpOperation.LIST_KEYS,
            keyRing,
            request -> request.setPageSize(read ? READ_PAGE : PAGE).setPageToken(from.orElse("")),
            call);
    Map<String, CryptoKey> keys = new LinkedHashMap<>();
    page.getCryptoKeysList().forEach(key -> keys.put(GcpNames.idOf(key.getName()), key));
    List<KeyName> names = new ArrayList<>();
    Set<KeyName> doubtful = new HashSet<>();
    keys.forEach(
        (id, key) -> {
          Optional<KeyMetadata> ours = StoredText.name(id).flatMap(name -> metadata(name, key));
          ours.map(KeyMetadata::name).ifPresent(names::add);
          // The record that ends a restoration mostly lies on the same page, beside its key.
          ours.filter(it -> it.restored() && !keys.containsKey(GcpNames.recordId(it.name(), 2)))
              .ifPresent(it -> doubtful.add(it.name()));
        });
    Optional<String> next = Optional.of(page.getNextPageToken()).filter(token -> !token.isEmpty());
    return new NamePage(Names.of(names, next), doubtful);
  }

  // Making and changing versions

  @Override
  public Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    String id = wanted.name().value();
    // Not import_only, which is for good: it is to be rotated.
    CryptoKey.Builder asked =
        GcpScheme.of(wanted.algorithm()).key().putAllLabels(GcpLabels.of(wanted));
    Optional<CryptoKey> made = make(id, asked, wanted.restored(), call);
    if (made.isEmpty()) {
      return Optional.empty();
    }
    return BackendFailure.afterChange(
        "CryptoKey " + id + " was created.",
        () -> {
          KeyMetadata metadata =
              metadata(wanted.name(), made.get())
                  .filter(told -> told.uri().equals(resource(id)))
                  .orElseThrow(() -> refusals().wrongAnswer("it made another CryptoKey"));
          List<ServiceKey> first =
              wanted.restored() ? List.of() : versions(calls, metadata.uri(), call);
          return Optional.of(LedgerKey.of(metadata, first, first(metadata), ""));
        });
  }

  /** Makes a CryptoKey, if none has that id; refuses one that has not the labels asked for. */
  private Optional<CryptoKey> make(
      String id, CryptoKey.Builder asked, boolean empty, CallContext call) throws BackendFailure {
    Optional<CryptoKey> made =
        calls.claim(
            GcpOperation.CREATE_KEY,
            keyRing,
            request ->
                request.setCryptoKeyId(id).setCryptoKey(asked).setSkipInitialVersionCreation(empty),
            call);
    if (made.isPresent()) {
      Map<String, String> labels = made.get().getLabelsMap();
      refusals().requireLabels("CryptoKey " + id, "labels", asked.getLabelsMap(), labels);
    }
    return made;
  }

  @Override
  public ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    CryptoKeyVersion made =
        calls.send(
            GcpOperation.CREATE_VERSION,
            key.metadata().uri(),
            request -> request.setCryptoKeyVersion(CryptoKeyVersion.getDefaultInstance()),
            call);
    return of(made, key.metadata().uri());
  }

  @Override
  public ServiceKey turn(ServiceKey version, boolean on, CallContext call) throws BackendFailure {
    CryptoKeyVersionState state =
        on ? CryptoKeyVersionState.ENABLED : CryptoKeyVersionState.DISABLED;
    FieldMask mask = FieldMask.newBuilder().addPaths("state").build();
    CryptoKeyVersion answer =
        calls.send(
            GcpOperation.UPDATE_VERSION,
            version.uri(),
            request -> request.setUpdateMask(mask).getCryptoKeyVersionBuilder().setState(state),
            call);
    return answered(version.uri(), state, answer);
  }

  /**
   * Schedules it: until the key's own time is over, an administrator can restore it. An
   * organisation may demand that it is disabled before (constraints/cloudkms.disableBeforeDestroy);
   * nothing tells that beforehand, so it is disabled where destroying it as it is was refused.
   */
  @Override
  public ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure {
    try {
      return schedule(version.uri(), call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.INVALID_STATE
          || calls.send(GcpOperation.GET_VERSION, version.uri(), call).getState()
              != CryptoKeyVersionState.ENABLED) {
        throw e;
      }
    }
    turn(version, false, call);
    return BackendFailure.afterChange(
        version.uri() + " was disabled.", () -> schedule(version.uri(), call));
  }

  private ServiceKey schedule(String resource, CallContext call) throws BackendFailure {
    CryptoKeyVersion answer = calls.send(GcpOperation.DESTROY_VERSION, resource, call);
    return answered(resource, CryptoKeyVersionState.DESTROY_SCHEDULED, answer);
  }

  private static ServiceKey answered(
      String resource, CryptoKeyVersionState state, CryptoKeyVersion answer) throws BackendFailure {
    return BackendFailure.afterChange(
        "A change of a version was sent and answered.",
        () -> {
          if (!answer.getName().equals(resource) || answer.getState() != state) {
            throw GcpCalls.wrongAnswer("it did not say that it is " + state + " now", resource);
          }
          return of(answer);
        });
  }

  // Decisions

  private Optional<Decision> record(KeyName name, int number, CallContext call)
      throws BackendFailure {
    String id = GcpNames.recordId(name, number);
    return said(id, labels -> GcpLabels.decision(name, number, labels), call);
  }

  private <T> Optional<T> said(
      String id, Function<Map<String, String>, Optional<T>> reading, CallContext call)
      throws BackendFailure {
    Optional<CryptoKey> found = calls.find(GcpOperation.GET_KEY, resource(id), call);
    Optional<T> said = found.flatMap(record -> reading.apply(record.getLabelsMap()));
    if (found.isPresent() && said.isEmpty()) {
      throw BackendFailure.permanent(
              FailureCode.CORRUPT,
              resource(id) + " should say which version is active, and its labels do not.",
              "Put them back as they were; the audit log of Cloud KMS tells who changed them.")
          .naming(resource(id));
    }
    return said;
  }

  @Override
  public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    KeyName name = key.name();
    Map<String, String> labels = GcpLabels.of(name, next);
    if (next.number() > LAST_DECISION || labels.size() > GcpLabels.MOST) {
      throw BackendFailure.permanent(
          FailureCode.LIMIT_EXCEEDED,
          "Key " + name + " has been rotated too often to go on.",
          "Make a new key.");
    }
    if (makeRecord(GcpNames.recordId(name, next.number()), labels, call)) {
      return Optional.of(key.after(records.learn(name, next), ""));
    }
    // Perhaps by an earlier attempt of the same operation, whose answer was lost.
    Optional<Decision> there = record(name, next.number(), call);
    if (there.isEmpty() && beyond(name, next.number(), call).isEmpty()) {
      throw deleted(name, next.number(), call);
    }
    return there.filter(next::decidesAs).map(same -> key.after(records.learn(name, same), ""));
  }

  @Override
  public String restoredBy(LedgerKey key, CallContext call) throws BackendFailure {
    return record(key.name(), 2, call).map(Decision::operationId).orElse("");
  }

  /** Makes a CryptoKey that is nothing but its labels; false if one of that id is there. */
  private boolean makeRecord(String id, Map<String, String> labels, CallContext call)
      throws BackendFailure {
    CryptoKey.Builder key =
        GcpScheme.of(WrappingAlgorithm.AES_256_GCM).key().setImportOnly(true).putAllLabels(labels);
    return make(id, key, true, call).isPresent();
  }

  @Override
  public boolean activated(LedgerKey key, String version, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Decision> said = Optional.of(key.decision());
    while (said.isPresent()
        && !(said.get().active().equals(Optional.of(version))
            && said.get().operationId().equals(operationId))) {
      int before = said.get().number() - 1;
      said = before > 1 ? record(key.name(), before, call) : Optional.empty();
    }
    return said.isPresent();
  }

  // Records that somebody deleted

  /**
   * By the last record that there is. A record that was deleted would bring the version before back
   * to signing: where no record names a newer version, though no rotation can be about to, deleted
   * records are looked for. Asked once: what is deleted later, this process has known.
   */
  @Override
  public LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    int last = key.decision().number();
    ServiceKey newest = key.versions().get(key.versions().size() - 1);
    if (!isNewer(newest, key)
        || !isLeft(key, newest, call)
        || last == undeleted.getOrDefault(key.name(), 0)) {
      return key;
    }
    Optional<Decision> later = beyond(key.name(), last, call);
    if (later.isPresent()) {
      return key.after(later.get(), "");
    }
    if (isRetired(resource(GcpNames.recordId(key.name(), last + 1)), call)) {
      throw deleted(key.name(), last + 1, call);
    }
    undeleted.put(key.name(), last);
    return key;
  }

  /** The last one, if one follows that whose number nobody has. */
  private Optional<Decision> beyond(KeyName name, int before, CallContext call)
      throws BackendFailure {
    for (int missing = 1; missing <= MOST_DELETED; missing++) {
      Optional<Decision> there = record(name, before + missing + 1, call);
      if (there.isPresent()) {
        return Optional.of(records.learn(name, records.lastFrom(name, there.get(), call)));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether it was deleted, by the names that Cloud KMS lists for a whole location of the project;
   * false too where this identity is not told.
   */
  private boolean isRetired(String resource, CallContext call) throws BackendFailure {
    String location = keyRing.replaceFirst("/keyRings/.*", "");
    try {
      String next = "";
      do {
        String from = next;
        var page =
            calls.send(
                GcpOperation.LIST_RETIRED,
                location,
                request -> request.setPageSize(PAGE).setPageToken(from),
                call);
        if (page.getRetiredResourcesList().stream()
            .anyMatch(one -> one.getOriginalResource().equals(resource))) {
          return true;
        }
        next = page.getNextPageToken();
      } while (!next.isEmpty());
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED && e.code() != FailureCode.UNSUPPORTED) {
        throw e;
      }
    }
    return false;
  }

  /**
   * What was made is there for every reader at once: a taken name without a record is a deleted
   * one, and what it said nobody knows.
   */
  private BackendFailure deleted(KeyName name, int number, CallContext call) throws BackendFailure {
    String deleted = resource(GcpNames.recordId(name, number));
    String advice =
        versions(calls, resource(name.value()), call).stream()
            .filter(version -> version.material() == Material.ON)
            .reduce((older, newer) -> newer)
            .map(newest -> recordAgain(name, number + 1, newest))
            .orElse("No version of the key is enabled.");
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            ("%s was deleted. It said which version of key %s is active, so that nothing signs with"
                    + " the key: the record before it names a version that was replaced.")
                .formatted(deleted, name),
            "The audit log of Cloud KMS tells who deleted it. " + advice)
        .naming(deleted);
  }

  private String recordAgain(KeyName name, int number, ServiceKey newest) {
    String[] ring = keyRing.split("/", -1);
    return ("The newest enabled version is version %1$s, made %2$s. If that is the one to sign"
            + " with, record it, by the next number if this one is taken: gcloud kms keys create"
            + " %3$s --keyring=%4$s --location=%5$s --project=%6$s --purpose=encryption"
            + " --protection-level=hsm --import-only --skip-initial-version-creation"
            + " --labels=enclave-activation-of=%7$s,enclave-active=%1$s,enclave-operation=by-hand,"
            + "enclave-used=1t%1$s")
        .formatted(
            newest.id(),
            newest.createdAt(),
            GcpNames.recordId(name, number),
            ring[5],
            ring[3],
            ring[1],
            name);
  }

  /**
   * A record that somebody deleted may have named a version that is newer than the active one: its
   * name is taken for ever, so that the next record is made first, by which nothing changes.
   */
  @Override
  public void requireNeverNamed(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    if (isNewer(version, key)) {
      record(key, key.decision().unchanged(call.operationId()), call);
    }
  }

  // Notes that operations began

  @Override
  public Optional<Beginnings> beginnings() {
    return Optional.of(this);
  }

  @Override
  public boolean begin(KeyName name, String operationId, int lastVersion, CallContext call)
      throws BackendFailure {
    Map<String, String> labels = GcpLabels.beginning(name, operationId, lastVersion);
    return makeRecord(GcpNames.operationId(name, operationId), labels, call);
  }

  @Override
  public Optional<Integer> began(KeyName name, String operationId, CallContext call)
      throws BackendFailure {
    String id = GcpNames.operationId(name, operationId);
    return said(id, labels -> GcpLabels.before(name, operationId, labels), call);
  }

  // Versions that something else made

  @Override
  public BackendFailure notAKey() {
    return refusals()
        .notAKey(
            "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, with"
                + " /cryptoKeyVersions/NUMBER for one version of it");
  }

  @Override
  public String toCheck() {
    return "the identity's rights";
  }

  @Override
  public Foreign foreign(String name, CallContext call) throws BackendFailure {
    if (GcpNames.idOf(name).isEmpty()) {
      throw notAKey();
    }
    ServiceKey version =
        GcpNames.isVersion(name)
            ? of(calls.send(GcpOperation.GET_VERSION, name, call))
            : onlyEnabled(name, call);
    var kind = detail(version).getAlgorithm();
    return new Foreign(
        version, version.uri(), GcpNames.keyOf(name), GcpScheme.of(kind), kind.toString());
  }

  @Override
  public Told tags(Foreign key, CallContext call) throws BackendFailure {
    String get = GcpOperation.GET_KEY.permission();
    return RequestGate.unless(
            FailureCode.ACCESS_DENIED, () -> calls.send(GcpOperation.GET_KEY, key.tagged(), call))
        .map(told -> Told.of(GcpLabels.texts(told.getLabelsMap())))
        .orElseGet(() -> Told.refused(get + " is denied", "Grant " + get + " on the key"));
  }

  @Override
  public StampReading stamp(Map<String, String> labels) {
    String stamp = labels.get(GcpLabels.STAMP);
    return StoredText.stamp("label " + GcpLabels.STAMP, stamp, GcpLabels::spelled);
  }

  private ServiceKey onlyEnabled(String key, CallContext call) throws BackendFailure {
    List<ServiceKey> enabled = new ArrayList<>(versions(calls, key, call));
    enabled.removeIf(it -> it.material() != Material.ON && it.material() != Material.PENDING);
    if (enabled.size() == 1) {
      return made(enabled.get(0), call);
    }
    List<String> ids = enabled.stream().map(ServiceKey::id).toList();
    throw BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The key has "
            + (ids.isEmpty() ? "no enabled version" : "several enabled versions, " + ids)
            + ", and Cloud KMS does not say which one to sign with.",
        "Add /cryptoKeyVersions/ and a number to its name.");
  }
}
