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
    String looked = Texts.NO_CRYPTO_KEY.with(keyRing);
    return refusals().noKey(name, looked, Texts.NAME_AND_RING.with()).naming(keyRing);
  }

  @Override
  public BackendFailure taken(KeyName name) {
    return Texts.DELETED
        .permanent(FailureCode.ALREADY_EXISTS, name, whenFreed())
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
    return Texts.NOT_ENCLAVES.permanent(FailureCode.NOT_FOUND, name, keyRing).naming(keyRing);
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
      throw GcpCalls.wrongAnswer(Texts.ANOTHER_KEYS_VERSION.with(), key);
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
      throw GcpCalls.wrongAnswer(Texts.OTHER_ALGORITHM.with(), version);
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
          Texts.OTHER_PROTECTION.with(answered, level == null ? Texts.NOT_DESCRIBED.with() : level),
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
              Texts.NOT_GENERATED.observed(seen.uri()),
              Texts.NOT_GENERATED.advice(seen.uri()));
      case IMPORT_FAILED ->
          throw failed(
              seen,
              Texts.NOT_IMPORTED.with(seen.uri(), whyFailed(told)),
              Texts.TELLS_REASON.with());
      default -> seen;
    };
  }

  private static BackendFailure failed(ServiceKey version, String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REJECTED, observed, advice).naming(version.uri());
  }

  static BackendFailure stillPending(String resource) {
    return Texts.STILL_MAKING.transientFailure(FailureCode.TIMEOUT, resource).naming(resource);
  }

  /**
   * Told apart by Google's sentence, as far as that goes ("Troubleshooting failed imports", Cloud
   * KMS documentation), which is not repeated: nothing is decided by it.
   */
  private static String whyFailed(CryptoKeyVersion version) {
    String text = version.getImportFailureReason().toLowerCase(Locale.ROOT);
    return Stream.of("length", "too short", "64-bit blocks").anyMatch(text::contains)
        ? Texts.LENGTH_WRONG.with()
        : Stream.of("unwrapped", "formatted", "malformed").anyMatch(text::contains)
            ? Texts.NOT_UNWRAPPED.with()
            : Texts.REASON_UNKNOWN.with();
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
            Texts.VERSION_UNUSED.observed(version.uri()),
            Texts.VERSION_UNUSED.advice(version.uri()));
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
        Texts.KEY_CREATED.with(id),
        () -> {
          KeyMetadata metadata =
              metadata(wanted.name(), made.get())
                  .filter(told -> told.uri().equals(resource(id)))
                  .orElseThrow(() -> refusals().wrongAnswer(Texts.ANOTHER_CRYPTO_KEY.with()));
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
      refusals().requireLabels(Texts.CRYPTO_KEY.with(id), "labels", asked.getLabelsMap(), labels);
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
        Texts.DISABLED.with(version.uri()), () -> schedule(version.uri(), call));
  }

  private ServiceKey schedule(String resource, CallContext call) throws BackendFailure {
    CryptoKeyVersion answer = calls.send(GcpOperation.DESTROY_VERSION, resource, call);
    return answered(resource, CryptoKeyVersionState.DESTROY_SCHEDULED, answer);
  }

  private static ServiceKey answered(
      String resource, CryptoKeyVersionState state, CryptoKeyVersion answer) throws BackendFailure {
    return BackendFailure.afterChange(
        Texts.CHANGE_ANSWERED.with(),
        () -> {
          if (!answer.getName().equals(resource) || answer.getState() != state) {
            throw GcpCalls.wrongAnswer(Texts.STATE_NOT_SAID.with(state), resource);
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
      throw Texts.ACTIVE_NOT_SAID.permanent(FailureCode.CORRUPT, resource(id)).naming(resource(id));
    }
    return said;
  }

  @Override
  public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    KeyName name = key.name();
    Map<String, String> labels = GcpLabels.of(name, next);
    if (next.number() > LAST_DECISION || labels.size() > GcpLabels.MOST) {
      throw Texts.ROTATED_TOO_OFTEN.permanent(FailureCode.LIMIT_EXCEEDED, name);
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
            .orElse(Texts.NO_VERSION_ENABLED.with());
    return Texts.RECORD_DELETED
        .permanent(FailureCode.CORRUPT, deleted, name, advice)
        .naming(deleted);
  }

  private String recordAgain(KeyName name, int number, ServiceKey newest) {
    String[] ring = keyRing.split("/", -1);
    return Texts.RECORD_AGAIN.with(
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
    return refusals().notAKey(Texts.FORM_OF_KEY.with());
  }

  @Override
  public String toCheck() {
    return Texts.RIGHTS.with();
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
        .orElseGet(() -> Told.refused(Texts.DENIED.observed(get), Texts.DENIED.advice(get)));
  }

  @Override
  public StampReading stamp(Map<String, String> labels) {
    String stamp = labels.get(GcpLabels.STAMP);
    return StoredText.stamp(Texts.LABEL.with(GcpLabels.STAMP), stamp, GcpLabels::spelled);
  }

  private ServiceKey onlyEnabled(String key, CallContext call) throws BackendFailure {
    List<ServiceKey> enabled = new ArrayList<>(versions(calls, key, call));
    enabled.removeIf(it -> it.material() != Material.ON && it.material() != Material.PENDING);
    if (enabled.size() == 1) {
      return made(enabled.get(0), call);
    }
    List<String> ids = enabled.stream().map(ServiceKey::id).toList();
    throw Texts.WHICH_NOT_SAID.permanent(
        FailureCode.UNSUPPORTED,
        ids.isEmpty() ? Texts.NO_ENABLED_VERSION.with() : Texts.SEVERAL_VERSIONS.with(ids));
  }
}
