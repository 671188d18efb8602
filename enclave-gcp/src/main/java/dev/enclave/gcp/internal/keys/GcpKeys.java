package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.gcp.internal.model.LabelText;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.Pending;
import dev.enclave.kit.ledger.Decision;
import dev.enclave.kit.ledger.KeyMetadata;
import dev.enclave.kit.ledger.LedgerKey;
import dev.enclave.kit.ledger.NumberedRecords;
import dev.enclave.kit.ledger.RecordService;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The keys of a key ring. A key is a CryptoKey and its versions are Cloud KMS's; a decision is an
 * empty CryptoKey with labels, of which two of one number cannot be made (docs/adr/0021). A version
 * carries no label, so that a further one is made after a note that says which was the last.
 * Thread-safe.
 */
public final class GcpKeys implements RecordService, RecordService.Beginnings {

  /** Such a record's id still fits behind the longest name. */
  public static final int LAST_DECISION = 9_999;

  private static final int PAGE = 1_000;

  /** So that a page, with a few requests for each key, ends in seconds. */
  private static final int READ_PAGE = 50;

  /** So many records in a row may be deleted, and the next one is found. */
  private static final int MOST_DELETED = 8;

  private final GcpCalls calls;
  private final String keyRing;
  private final GcpLevels levels;
  private final GcpPublicKeys publicKeys;
  private final GcpFindings findings;
  private final NumberedRecords records = new NumberedRecords(this::record);
  private final GcpRetired retired;
  // The last one behind which nothing was deleted, as far as this identity was told.
  private final Map<KeyName, Integer> undeleted = new ConcurrentHashMap<>();

  public GcpKeys(GcpCalls calls, GcpLevels levels, GcpPublicKeys publicKeys, GcpFindings findings) {
    this.calls = calls;
    this.keyRing = calls.session().keyRing();
    this.levels = levels;
    this.publicKeys = publicKeys;
    this.findings = findings;
    this.retired = new GcpRetired(calls);
  }

  public GcpCalls calls() {
    return calls;
  }

  @Override
  public Refusals refusals() {
    return GcpRefusals.COMMON;
  }

  @Override
  public ParallelReads parallel() {
    return calls.threads();
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    GcpScheme.of(algorithm);
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    return GcpRefusals.noKey(name, keyRing);
  }

  @Override
  public BackendFailure taken(KeyName name) {
    return GcpRefusals.deletedKey(name);
  }

  @Override
  public String whenFreed() {
    return "Google Cloud KMS never frees the name of a CryptoKey.";
  }

  // Reading

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found = find(GcpNames.key(keyRing, name.value()), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    KeyMetadata metadata =
        metadata(name, found.get()).orElseThrow(() -> GcpRefusals.notOurs(name, keyRing));
    LedgerKey read = read(metadata, call);
    // Either none is active, or another was made that between the two requests.
    return Optional.of(
        read.active().isPresent() || read.unfinished() ? read : read(metadata, call));
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
    return LedgerKey.of(metadata, versions(metadata.uri(), call), last, "");
  }

  private static Decision first(KeyMetadata metadata) {
    return metadata.restored()
        ? Decision.none(metadata.operationId())
        : Decision.first("1", metadata.operationId());
  }

  /** A CryptoKey, whoever made it. */
  public Optional<CryptoKey> find(String resource, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found =
        calls.find(
            GcpOperation.GET_KEY,
            resource,
            GetCryptoKeyRequest.newBuilder().setName(resource).build(),
            call);
    if (found.isPresent() && !found.get().getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another key was sent than " + resource).naming(resource);
    }
    return found;
  }

  public CryptoKeyVersion version(String resource, CallContext call) throws BackendFailure {
    CryptoKeyVersion version =
        calls.send(
            GcpOperation.GET_VERSION,
            resource,
            GetCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
            call);
    if (!version.getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another version was sent than " + resource).naming(resource);
    }
    return version;
  }

  List<ServiceKey> versions(String key, CallContext call) throws BackendFailure {
    return versions(calls, key, call);
  }

  /** All versions of a CryptoKey, whoever made it, in order. */
  public static List<ServiceKey> versions(GcpCalls calls, String key, CallContext call)
      throws BackendFailure {
    List<ServiceKey> versions = new ArrayList<>();
    String token = "";
    do {
      ListCryptoKeyVersionsResponse page =
          calls.send(
              GcpOperation.LIST_VERSIONS,
              key,
              ListCryptoKeyVersionsRequest.newBuilder()
                  .setParent(key)
                  .setPageSize(PAGE)
                  .setPageToken(token)
                  .build(),
              call);
      for (CryptoKeyVersion version : page.getCryptoKeyVersionsList()) {
        if (!GcpNames.keyOf(version.getName()).equals(key)
            || !GcpNames.isVersion(version.getName())) {
          throw GcpRefusals.wrongAnswer("another key's versions were sent for " + key).naming(key);
        }
        versions.add(of(version));
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    versions.sort(Comparator.comparingInt(version -> Integer.parseInt(version.id())));
    return versions;
  }

  public static ServiceKey of(CryptoKeyVersion version) {
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

  public static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static KeyOrigin origin(CryptoKeyVersion version) {
    if (!version.getImportJob().isEmpty() || version.hasImportTime()) {
      return KeyOrigin.IMPORTED;
    }
    boolean external =
        version.getProtectionLevel() == ProtectionLevel.EXTERNAL
            || version.getProtectionLevel() == ProtectionLevel.EXTERNAL_VPC;
    boolean made =
        version.hasGenerateTime() || version.getState() == CryptoKeyVersionState.PENDING_GENERATION;
    return made && !external ? KeyOrigin.GENERATED : KeyOrigin.UNKNOWN;
  }

  private static CryptoKeyVersion detail(ServiceKey version) {
    return (CryptoKeyVersion) version.detail();
  }

  @Override
  public Optional<PublicKeyInfo> publicKey(
      ServiceKey version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    levels.note(detail(version));
    return publicKeys.of(detail(version), algorithm, call);
  }

  /** As the version says, whatever was asked for: SOFTWARE is what KMS makes by default. */
  @Override
  public Assurance assurance(ServiceKey version, CallContext call) {
    ProtectionLevel level = detail(version).getProtectionLevel();
    return calls.session().reportsHsm()
            && (level == ProtectionLevel.HSM || level == ProtectionLevel.HSM_SINGLE_TENANT)
        ? Assurance.HSM
        : Assurance.SOFTWARE;
  }

  /** Waits while a version is being generated or imported, at most until the deadline. */
  @Override
  public ServiceKey made(ServiceKey version, CallContext call) throws BackendFailure {
    CryptoKeyVersion seen =
        Pending.awaited(
            detail(version),
            v ->
                v.getState() == CryptoKeyVersionState.PENDING_GENERATION
                    || v.getState() == CryptoKeyVersionState.PENDING_IMPORT,
            v -> version(v.getName(), call),
            v -> GcpRefusals.stillPending(v.getName()),
            call);
    if (seen.getState() == CryptoKeyVersionState.GENERATION_FAILED) {
      throw GcpRefusals.generationFailed(seen.getName());
    }
    if (seen.getState() == CryptoKeyVersionState.IMPORT_FAILED) {
      throw GcpRefusals.importFailed(seen.getName(), seen.getImportFailureReason());
    }
    return of(seen);
  }

  @Override
  public void noted(LedgerKey key, CallContext call) {
    findings.note(key, call);
  }

  @Override
  public void passedOver(KeyName name, BackendFailure failure) {
    findings.notePassedOver(name, failure);
  }

  /** By their labels; asks nothing of each key. */
  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    ListCryptoKeysResponse page =
        calls.send(
            GcpOperation.LIST_KEYS,
            keyRing,
            ListCryptoKeysRequest.newBuilder()
                .setParent(keyRing)
                .setPageSize(read ? READ_PAGE : PAGE)
                .setPageToken(from.orElse(""))
                .build(),
            call);
    Set<String> ids =
        page.getCryptoKeysList().stream()
            .map(key -> GcpNames.idOf(key.getName()))
            .collect(Collectors.toSet());
    List<KeyName> names = new ArrayList<>();
    Set<KeyName> doubtful = new HashSet<>();
    for (CryptoKey key : page.getCryptoKeysList()) {
      Optional<KeyMetadata> ours =
          GcpNames.keyName(key.getName()).flatMap(name -> metadata(name, key));
      ours.map(KeyMetadata::name).ifPresent(names::add);
      // The record that ends a restoration mostly lies on the same page, beside its key.
      ours.filter(KeyMetadata::restored)
          .map(KeyMetadata::name)
          .filter(name -> !ids.contains(GcpNames.recordId(name, 2)))
          .ifPresent(doubtful::add);
    }
    Optional<String> next = Optional.of(page.getNextPageToken()).filter(token -> !token.isEmpty());
    return new NamePage(Names.of(names, next), doubtful);
  }

  // Making and changing versions

  @Override
  public Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    GcpScheme scheme = GcpScheme.of(wanted.algorithm());
    Optional<CryptoKey> made =
        calls.makeKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(keyRing)
                .setCryptoKeyId(wanted.name().value())
                .setSkipInitialVersionCreation(wanted.restored())
                // Not import_only, which is for good: it is to be rotated.
                .setCryptoKey(
                    CryptoKey.newBuilder()
                        .setPurpose(scheme.purpose())
                        .setVersionTemplate(
                            CryptoKeyVersionTemplate.newBuilder()
                                .setProtectionLevel(ProtectionLevel.HSM)
                                .setAlgorithm(scheme.kms()))
                        .putAllLabels(GcpLabels.of(wanted)))
                .build(),
            call);
    if (made.isEmpty()) {
      return Optional.empty();
    }
    return BackendFailure.afterChange(
        "CryptoKey " + wanted.name() + " was created.",
        () -> {
          KeyMetadata metadata =
              metadata(wanted.name(), made.get())
                  .filter(told -> told.uri().equals(GcpNames.key(keyRing, wanted.name().value())))
                  .orElseThrow(() -> GcpRefusals.wrongAnswer("it made another CryptoKey"));
          List<ServiceKey> versions =
              wanted.restored() ? List.of() : versions(metadata.uri(), call);
          return Optional.of(LedgerKey.of(metadata, versions, first(metadata), ""));
        });
  }

  @Override
  public ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    String resource = key.metadata().uri();
    CryptoKeyVersion made =
        calls.send(
            GcpOperation.CREATE_VERSION,
            resource,
            CreateCryptoKeyVersionRequest.newBuilder()
                .setParent(resource)
                .setCryptoKeyVersion(CryptoKeyVersion.getDefaultInstance())
                .build(),
            call);
    if (!GcpNames.keyOf(made.getName()).equals(resource) || !GcpNames.isVersion(made.getName())) {
      throw GcpRefusals.wrongAnswer("it made a version of another key than " + resource)
          .naming(resource);
    }
    return of(made);
  }

  @Override
  public ServiceKey turn(ServiceKey version, boolean on, CallContext call) throws BackendFailure {
    CryptoKeyVersionState state =
        on ? CryptoKeyVersionState.ENABLED : CryptoKeyVersionState.DISABLED;
    return answered(
        version.uri(),
        state,
        calls.send(
            GcpOperation.UPDATE_VERSION,
            version.uri(),
            UpdateCryptoKeyVersionRequest.newBuilder()
                .setCryptoKeyVersion(
                    CryptoKeyVersion.newBuilder().setName(version.uri()).setState(state))
                .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
                .build(),
            call));
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
          || version(version.uri(), call).getState() != CryptoKeyVersionState.ENABLED) {
        throw e;
      }
    }
    turn(version, false, call);
    return BackendFailure.afterChange(
        version.uri() + " was disabled.", () -> schedule(version.uri(), call));
  }

  private ServiceKey schedule(String resource, CallContext call) throws BackendFailure {
    return answered(
        resource,
        CryptoKeyVersionState.DESTROY_SCHEDULED,
        calls.send(
            GcpOperation.DESTROY_VERSION,
            resource,
            DestroyCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
            call));
  }

  private static ServiceKey answered(
      String resource, CryptoKeyVersionState state, CryptoKeyVersion answer) throws BackendFailure {
    return BackendFailure.afterChange(
        "A change of a version was sent and answered.",
        () -> {
          if (!answer.getName().equals(resource) || answer.getState() != state) {
            throw GcpRefusals.wrongAnswer(
                    "it did not say that " + resource + " is " + state + " now")
                .naming(resource);
          }
          return of(answer);
        });
  }

  // Records

  private Optional<Decision> record(KeyName name, int number, CallContext call)
      throws BackendFailure {
    String resource = GcpNames.key(keyRing, GcpNames.recordId(name, number));
    Optional<CryptoKey> found = find(resource, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Decision> said = GcpLabels.decision(name, number, found.get().getLabelsMap());
    if (said.isEmpty()) {
      throw GcpRefusals.mangledRecord(resource);
    }
    return said;
  }

  @Override
  public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    Map<String, String> labels = labels(key.name(), next);
    if (makeRecord(GcpNames.recordId(key.name(), next.number()), labels, call)) {
      return Optional.of(key.after(records.learn(key.name(), next), ""));
    }
    // Perhaps by an earlier attempt of the same operation, whose answer was lost.
    Optional<Decision> there = record(key.name(), next.number(), call);
    if (there.isEmpty() && beyond(key.name(), next.number(), call).isEmpty()) {
      throw deleted(key.name(), next.number(), call);
    }
    return there
        .filter(next::decidesAs)
        .map(same -> key.after(records.learn(key.name(), same), ""));
  }

  @Override
  public String restoredBy(LedgerKey key, CallContext call) throws BackendFailure {
    return record(key.name(), 2, call).map(Decision::operationId).orElse("");
  }

  private static Map<String, String> labels(KeyName name, Decision next) throws BackendFailure {
    boolean fits =
        next.toTags("").values().stream().allMatch(text -> text.length() <= LabelText.CAPACITY);
    Map<String, String> labels = fits ? GcpLabels.of(name, next) : Map.of();
    if (next.number() > LAST_DECISION || labels.isEmpty() || labels.size() > LabelText.MOST) {
      throw GcpRefusals.tooManyActivations(name);
    }
    return labels;
  }

  /** Makes a CryptoKey that is nothing but its labels; false if one of that id is there. */
  private boolean makeRecord(String id, Map<String, String> labels, CallContext call)
      throws BackendFailure {
    return calls
        .makeKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(keyRing)
                .setCryptoKeyId(id)
                .setSkipInitialVersionCreation(true)
                .setCryptoKey(
                    CryptoKey.newBuilder()
                        .setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT)
                        .setImportOnly(true)
                        .setVersionTemplate(
                            CryptoKeyVersionTemplate.newBuilder()
                                .setProtectionLevel(ProtectionLevel.HSM)
                                .setAlgorithm(
                                    CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION))
                        .putAllLabels(labels))
                .build(),
            call)
        .isPresent();
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
    if (!findings.isUnexplained(key, call) || last == undeleted.getOrDefault(key.name(), 0)) {
      return key;
    }
    Optional<Decision> later = beyond(key.name(), last, call);
    if (later.isPresent()) {
      return key.after(later.get(), "");
    }
    if (retired.has(GcpNames.key(keyRing, GcpNames.recordId(key.name(), last + 1)), call)) {
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
   * What was made is there for every reader at once: a taken name without a record is a deleted
   * one.
   */
  private BackendFailure deleted(KeyName name, int number, CallContext call) throws BackendFailure {
    return GcpRefusals.deletedRecord(
        keyRing,
        name,
        number,
        versions(GcpNames.key(keyRing, name.value()), call).stream()
            .filter(version -> version.material() == Material.ON)
            .reduce((older, newer) -> newer)
            .map(GcpKeys::detail));
  }

  /**
   * A record that somebody deleted may have named a version that is newer than the active one: its
   * name is taken for ever, so that the next record is made first, by which nothing changes.
   */
  @Override
  public void requireNeverNamed(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    int number = Integer.parseInt(version.id());
    if (key.active().filter(active -> number > Integer.parseInt(active.id())).isPresent()) {
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
    return makeRecord(
        GcpNames.operationId(name, operationId),
        GcpLabels.beginning(name, operationId, lastVersion),
        call);
  }

  @Override
  public Optional<Integer> began(KeyName name, String operationId, CallContext call)
      throws BackendFailure {
    String resource = GcpNames.key(keyRing, GcpNames.operationId(name, operationId));
    Optional<CryptoKey> found = find(resource, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Integer> before = GcpLabels.before(name, operationId, found.get().getLabelsMap());
    if (before.isEmpty()) {
      throw GcpRefusals.mangledRecord(resource);
    }
    return before;
  }

  @Override
  public boolean activated(LedgerKey key, String version, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Decision> said = Optional.of(key.decision());
    while (said.isPresent()) {
      boolean named = said.get().active().filter(version::equals).isPresent();
      if (named && said.get().operationId().equals(operationId)) {
        return true;
      }
      int before = said.get().number() - 1;
      said = before > 1 ? record(key.name(), before, call) : Optional.empty();
    }
    return false;
  }
}
