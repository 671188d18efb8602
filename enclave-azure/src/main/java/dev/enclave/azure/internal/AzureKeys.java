package dev.enclave.azure.internal;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.util.Context;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.DeletedKey;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.AzureCalls.Tried;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.settings.AzureSettings.Regions;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ElectionService;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The keys of a vault. A version of a key is a version of a Key Vault key; its id is the vault's.
 * The vault changes nothing under a condition, makes another version where a name is taken, and
 * deletes keys with all their versions alone (docs/adr/0020). Thread-safe.
 */
public final class AzureKeys implements ElectionService, ForeignKeys {

  /** Tag of a version that Enclave made: by which operation and for what. */
  private static final String MADE = "enclave-made";

  /**
   * Tag that an administrator writes on a key of another origin than Enclave: the vault does not
   * tell where a key came from.
   */
  static final String ORIGIN = "enclave-origin";

  /** What the vault says of a version besides, and whether its key was deleted. */
  record Detail(KeyProperties properties, boolean deleted) {
    static Detail of(ServiceKey version) {
      return (Detail) version.detail();
    }
  }

  private final AzureCalls calls;
  private final AzureSettings settings;
  private final AzureFindings findings = new AzureFindings();
  private final Map<String, AzureKeyParameters> parameters = new ConcurrentHashMap<>();
  private final PublicKeyCache publicKeys = new PublicKeyCache(AzureCalls.REFUSALS);

  /** Of the vault that settings name. */
  public AzureKeys(AzureCalls calls, AzureSettings settings) {
    this.calls = calls;
    this.settings = settings;
  }

  public AzureCalls calls() {
    return calls;
  }

  @Override
  public AzureFindings findings() {
    return findings;
  }

  @Override
  public Refusals refusals() {
    return AzureCalls.REFUSALS;
  }

  @Override
  public ParallelReads parallel() {
    return calls;
  }

  /** Over the vault's second's end, and some more for a write that is on its way. */
  @Override
  public Duration settling() {
    return Duration.ofSeconds(2);
  }

  @Override
  public String uri(KeyName name) {
    return uri(AzureNames.of(name));
  }

  public String uri(String vaultName) {
    return vault() + "/keys/" + vaultName;
  }

  private Origin vault() {
    return calls.endpoint().origin();
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    if (!AzureScheme.offered(algorithm, calls.endpoint().managedHsm())) {
      boolean curve = algorithm == SigningAlgorithm.ED25519;
      throw Texts.ALGORITHM_NOT_OFFERED.permanent(
          FailureCode.UNSUPPORTED,
          algorithm,
          curve ? Texts.HAS_NO_EDWARDS.with() : Texts.AES_IN_HSMS.with(),
          curve ? Texts.TAKE_ANOTHER_CURVE.with() : Texts.TAKE_RSA.with());
    }
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    String key = AzureNames.of(name);
    return refusals()
        .noKey(name, Texts.NO_KEY_OF_NAME.with(key), Texts.NAME_AND_VAULT.with())
        .naming(key);
  }

  @Override
  public BackendFailure unfinished(KeyName name) {
    return refusals().unfinished(name, Texts.CREATE_IT.with(), Texts.SWITCHES_OFF.with());
  }

  @Override
  public BackendFailure foreign(KeyName name) {
    String key = AzureNames.of(name);
    return Texts.NO_TAGS.permanent(FailureCode.CORRUPT, key).naming(key);
  }

  @Override
  public String whenFreed() {
    return Texts.WHEN_FREED.with();
  }

  // Reading

  @Override
  public Listing list(KeyName name, CallContext call) throws BackendFailure {
    String vaultName = AzureNames.of(name);
    Tried<List<KeyProperties>> tried =
        calls.tried(
            AzureOperation.GET_KEY_VERSIONS,
            Texts.VERSIONS_OF.with(vaultName),
            call,
            s -> s.keys().listPropertiesOfKeyVersions(vaultName).stream().toList());
    if (tried.failed(FailureCode.NOT_FOUND)) {
      return new Listing(List.of(), call.time().now());
    }
    List<ServiceKey> versions = new ArrayList<>();
    for (KeyProperties properties : tried.orThrow().value()) {
      versions.add(version(vaultName, properties, false));
    }
    return new Listing(versions, tried.orThrow().at());
  }

  private ServiceKey version(String vaultName, KeyProperties properties, boolean deleted)
      throws BackendFailure {
    String kid = String.valueOf(properties.getId());
    Optional<String> id =
        AzureNames.parse(kid, vault())
            .filter(parsed -> parsed.name().equalsIgnoreCase(vaultName))
            .flatMap(AzureNames.Id::version);
    OffsetDateTime created = properties.getCreatedOn();
    OffsetDateTime updated = properties.getUpdatedOn();
    if (id.isEmpty() || created == null || updated == null) {
      throw refusals().wrongAnswer(Texts.NO_VERSION_OF.with(vaultName)).naming(vaultName);
    }
    return new ServiceKey(
        id.get(),
        kid,
        created.toInstant(),
        updated.toInstant(),
        Boolean.TRUE.equals(properties.isEnabled()) ? Material.ON : Material.OFF,
        origin(tags(properties)),
        tags(properties),
        new Detail(properties, deleted));
  }

  private static Map<String, String> tags(KeyProperties properties) {
    return properties.getTags() == null ? Map.of() : properties.getTags();
  }

  /** The vault does not tell; what was brought in says so itself. */
  private static KeyOrigin origin(Map<String, String> tags) {
    String made = tags.getOrDefault(MADE, "");
    return made.startsWith("RESTORATION/")
        ? KeyOrigin.IMPORTED
        : made.isEmpty() ? KeyOrigin.UNKNOWN : KeyOrigin.GENERATED;
  }

  /** The version that was the current one; who may not ask for deleted keys sees none. */
  @Override
  public Optional<ServiceKey> removed(KeyName name, CallContext call) throws BackendFailure {
    String vaultName = AzureNames.of(name);
    Tried<DeletedKey> tried =
        calls.tried(
            AzureOperation.GET_DELETED_KEY,
            Texts.DELETED_KEY.with(vaultName),
            call,
            s -> s.keys().getDeletedKeyWithResponse(vaultName, Context.NONE).getValue());
    return tried.failed(FailureCode.NOT_FOUND) || tried.failed(FailureCode.ACCESS_DENIED)
        ? Optional.empty()
        : Optional.of(noted(vaultName, tried.orThrow().value(), true));
  }

  private ServiceKey noted(String vaultName, KeyVaultKey key, boolean deleted)
      throws BackendFailure {
    ServiceKey version = version(vaultName, key.getProperties(), deleted);
    parameters.putIfAbsent(version.uri(), AzureKeyParameters.of(key));
    return version;
  }

  private KeyVaultKey get(AzureNames.Id id, String uri, CallContext call) throws BackendFailure {
    return calls.key(
        AzureOperation.GET_KEY,
        uri,
        call,
        keys -> keys.getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE));
  }

  /** The type and the public parameters of a version's key, asked for once. */
  AzureKeyParameters parameters(String uri, CallContext call) throws BackendFailure {
    AzureKeyParameters known = parameters.get(uri);
    if (known != null) {
      return known;
    }
    AzureKeyParameters asked =
        AzureKeyParameters.of(get(AzureNames.require(uri, vault()), uri, call));
    parameters.putIfAbsent(uri, asked);
    return asked;
  }

  @Override
  public Optional<PublicKeyInfo> publicKey(ServiceKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    return publicKey(key.uri(), algorithm, call);
  }

  /** A version's public key; none for AES. */
  Optional<PublicKeyInfo> publicKey(String uri, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (!algorithm.asymmetric()) {
      parameters(uri, call); // Its assurance will be asked for.
      return Optional.empty();
    }
    return publicKeys.get(
        uri,
        algorithm,
        true,
        call,
        () -> {
          Optional<PublicKeyInfo> publicKey = parameters(uri, call).publicKey(algorithm);
          if (publicKey.isEmpty()) {
            throw publicKeys.none(uri, algorithm);
          }
          return publicKey;
        });
  }

  @Override
  public Assurance assurance(ServiceKey key, CallContext call) throws BackendFailure {
    AzureKeyParameters told = parameters(key.uri(), call);
    if (told.exportable()) {
      findings.noteExportable(key.uri());
    }
    return told.assurance(calls.endpoint().trusted());
  }

  @Override
  public boolean fits(LedgerKey key, ServiceKey foreign, CallContext call) throws BackendFailure {
    return parameters(foreign.uri(), call).isOf(key.metadata().algorithm());
  }

  @Override
  public void noted(LedgerKey key, CallContext call) {
    findings.note(key, call.time().now());
  }

  // Listing

  /**
   * By the vault's list, of which a page has 25 keys at most. Only where the newest version is a
   * part of a restoration, and not the last, there may be no key.
   */
  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    if (from.isPresent() && !isOfTheVault(from.get())) {
      throw Names.unknown();
    }
    PagedResponse<KeyProperties> page = page(from, call).orThrow().value();
    Optional<String> next = Optional.ofNullable(page.getContinuationToken());
    if (next.isPresent() && !isOfTheVault(next.get())) {
      throw Texts.OTHER_HOST.transientFailure(FailureCode.UNAVAILABLE);
    }
    List<KeyName> names = new ArrayList<>();
    Set<KeyName> doubtful = new HashSet<>();
    for (KeyProperties key : page.getValue()) {
      Optional<KeyName> name =
          AzureNames.parse(String.valueOf(key.getId()), vault())
              .flatMap(id -> AzureNames.keyOf(id.name()));
      name.ifPresent(names::add);
      name.filter(n -> mayBeUnfinished(tags(key))).ifPresent(doubtful::add);
    }
    return new NamePage(Names.of(names, next), doubtful);
  }

  private Tried<PagedResponse<KeyProperties>> page(Optional<String> from, CallContext call)
      throws BackendFailure {
    return calls.tried(
        AzureOperation.GET_KEYS,
        Texts.VAULT.with(),
        call,
        session -> {
          var pages = session.keys().listPropertiesOfKeys(Context.NONE);
          return (from.isPresent() ? pages.iterableByPage(from.get()) : pages.iterableByPage())
              .iterator()
              .next();
        });
  }

  /** The beginning of a page is an address, and only the vault's is asked, with its token. */
  private boolean isOfTheVault(String from) {
    return vault().at(from).filter(address -> "/keys".equals(address.getRawPath())).isPresent();
  }

  /** Notes what becomes of deleted keys here, by the first keys of the vault's list, if any. */
  Tried<?> noteRecovery(CallContext call) throws BackendFailure {
    Tried<PagedResponse<KeyProperties>> page = page(Optional.empty(), call);
    page.answered().stream()
        .flatMap(answer -> answer.value().getValue().stream())
        .filter(key -> key.getRecoveryLevel() != null)
        .findFirst()
        .ifPresent(findings::noteRecovery);
    return page;
  }

  // Changing

  @Override
  public ServiceKey make(Making wanted, CallContext call) throws BackendFailure {
    AzureScheme scheme = new AzureScheme(wanted.algorithm());
    String vaultName = AzureNames.of(wanted.name());
    return made(
        wanted,
        AzureOperation.CREATE_KEY,
        keys -> scheme.create(keys, vaultName, wanted.tags()),
        call);
  }

  /** What the vault says that it made, if it is what it was asked for. */
  ServiceKey made(
      Making wanted,
      AzureOperation operation,
      Function<KeyClient, Response<KeyVaultKey>> request,
      CallContext call)
      throws BackendFailure {
    String vaultName = AzureNames.of(wanted.name());
    String subject = Texts.A_VERSION_OF.with(vaultName);
    KeyVaultKey made = calls.key(operation, subject, call, request);
    refusals().requireLabels(subject, "tags", wanted.tags(), tags(made.getProperties()));
    return BackendFailure.afterChange(
        Texts.VERSION_MADE.with(wanted.name()),
        () -> {
          AzureKeyParameters told = AzureKeyParameters.of(made);
          if (!told.isOf(wanted.algorithm())) {
            throw refusals()
                .wrongAnswer(Texts.ANOTHER_KEY_MADE.with(wanted.algorithm(), told.named()));
          }
          return noted(vaultName, made, false);
        });
  }

  /** The newest version that the vault's policy made after the active one, if it is to be taken. */
  @Override
  public Optional<ServiceKey> offered(LedgerKey key, CallContext call) throws BackendFailure {
    if (!settings.rotationByVault()) {
      return Optional.empty();
    }
    Instant active = key.active().orElseThrow().createdAt();
    List<ServiceKey> newest = new ArrayList<>(key.versions());
    newest.sort(
        Comparator.comparing(ServiceKey::createdAt).thenComparing(ServiceKey::id).reversed());
    for (ServiceKey version : newest) {
      if (version.material() == Material.ON
          && key.foreign().contains(version.id())
          && version.createdAt().isAfter(active)
          && fits(key, version, call)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The vault replaces all tags of a version at once. */
  @Override
  public ServiceKey tag(ServiceKey key, TagChange change, CallContext call) throws BackendFailure {
    Map<String, String> tags = new TreeMap<>(key.tags());
    tags.keySet().removeAll(change.unset());
    tags.putAll(change.set());
    return update(key, identified(key.uri()).setTags(tags), change.on(), call);
  }

  @Override
  public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
    return update(key, identified(key.uri()), Optional.of(on), call);
  }

  private ServiceKey update(
      ServiceKey key, KeyProperties changes, Optional<Boolean> on, CallContext call)
      throws BackendFailure {
    on.ifPresent(changes::setEnabled);
    KeyProperties changed =
        calls
            .key(AzureOperation.UPDATE_KEY, key.uri(), call, keys -> update(keys, changes))
            .getProperties();
    return BackendFailure.afterChange(
        Texts.CHANGE_ANSWERED.with(key.uri()),
        () -> {
          ServiceKey after = version(changes.getName(), changed, false);
          if (!after.id().equals(key.id())) {
            throw refusals().wrongAnswer(Texts.ANOTHER_CHANGED.with(key.uri())).naming(key.uri());
          }
          return after;
        });
  }

  /** No list at all: the SDK would send an empty one, and the version could do nothing any more. */
  @SuppressWarnings("NullAway") // The SDK's own way to say so.
  static Response<KeyVaultKey> update(KeyClient keys, KeyProperties changes) {
    return keys.updateKeyPropertiesWithResponse(changes, Context.NONE, (KeyOperation[]) null);
  }

  /** The SDK lets nobody say which version is meant but by an answer. */
  static KeyProperties identified(String uri) {
    try (JsonReader reader = JsonProviders.createReader("{\"kid\":\"" + uri + "\"}")) {
      return KeyProperties.fromJson(reader);
    } catch (IOException e) {
      throw new IllegalStateException("a key identifier is plain text");
    }
  }

  /** The vault keeps it for a while. */
  @Override
  public void removeAll(KeyName name, CallContext call) throws BackendFailure {
    delete(calls, AzureNames.of(name), call);
  }

  public static void delete(AzureCalls calls, String vaultName, CallContext call)
      throws BackendFailure {
    calls.send(
        AzureOperation.DELETE_KEY,
        Texts.KEY.with(vaultName),
        call,
        session -> session.keys().beginDeleteKey(vaultName));
  }

  @Override
  public BackendFailure notSeenRemoved(KeyName name) {
    return Texts.BEING_DELETED.ambiguous(
        FailureCode.UNAVAILABLE,
        name,
        AzureOperation.GET_DELETED_KEY.dataAction(calls.endpoint().managedHsm()));
  }

  // Keys that something else made

  @Override
  public BackendFailure notAKey() {
    return AzureNames.notAKey(vault());
  }

  @Override
  public String toCheck() {
    return Texts.VAULT_AND_VERSION.with();
  }

  /** One version: the one that the identifier names, or the one that is current now. */
  @Override
  public Foreign foreign(String uri, CallContext call) throws BackendFailure {
    AzureNames.Id id = AzureNames.require(uri, vault());
    ServiceKey version = noted(id.name(), get(id, uri, call), false);
    findings.noteAdopted(version, call.time().now());
    AzureKeyParameters told = parameters(version.uri(), call);
    KeyOrigin origin =
        switch (version.tags().getOrDefault(ORIGIN, "")) {
          case "generated" -> KeyOrigin.GENERATED;
          case "imported" -> KeyOrigin.IMPORTED;
          default -> KeyOrigin.UNKNOWN;
        };
    return new Foreign(version.with(origin), uri, uri, told.algorithms(), told.named());
  }

  // Regions

  /**
   * A managed HSM in two regions shows a write of the other one minutes later, so that what is
   * decided by such writes is refused there.
   */
  @Override
  public void requireElection(String doing) throws BackendFailure {
    String setting = settings.section().fullName(AzureSettings.REGIONS);
    String said = Texts.SEVERAL_BY_SETTING.with(setting);
    Optional<String> several =
        twoRegions()
            .map(Texts.REGIONS_ARE.with()::concat)
            .or(() -> Optional.of(said).filter(s -> settings.regions() == Regions.SEVERAL));
    if (several.isPresent()) {
      throw Texts.SEVERAL_REGIONS.permanent(FailureCode.UNSUPPORTED, doing, several.get());
    }
    if (settings.regions() == Regions.UNSAID && calls.endpoint().managedHsm()) {
      throw Texts.REGIONS_UNKNOWN.permanent(FailureCode.MISCONFIGURED, doing, setting);
    }
  }

  private Optional<String> twoRegions() {
    return calls
        .twoRegions()
        .filter(two -> calls.endpoint().managedHsm())
        .map(two -> Texts.REGIONS_ANSWERED.with(two));
  }

  /**
   * What of the regions keeps keys from being created and rotated, and was not said: whoever wrote
   * {@link Regions#SEVERAL} knows.
   */
  Optional<Finding> regionsFinding() {
    String setting = settings.section().fullName(AzureSettings.REGIONS);
    if (settings.regions() == Regions.UNSAID && calls.endpoint().managedHsm()) {
      return Optional.of(
          Texts.REGIONS_NOT_SET.finding(
              Severity.WARNING, ErrorCode.CONFIGURATION_MISSING, setting));
    }
    return twoRegions()
        .filter(two -> settings.regions() == Regions.ONE)
        .map(
            two ->
                Texts.REGIONS_FOUND.finding(
                    Severity.WARNING, ErrorCode.UNSUPPORTED_OPERATION, two, setting));
  }
}
