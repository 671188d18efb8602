package dev.enclave.aws.internal.keys;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.AliasService;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.PublicKeyCache;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.model.GetPublicKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;
import software.amazon.awssdk.services.kms.model.ListResourceTagsResponse;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * KMS keys as the ledger's service: {@code alias/enclave/NAME/3} is the third version, {@code
 * alias/enclave/NAME/active/2} the second one to become active. An alias can be made only once,
 * which decides every race. {@code alias/enclave/NAME} is for people. Reading a key lists nothing.
 * Thread-safe.
 */
public final class KmsKeys implements AliasService, ForeignKeys {

  /** For a key nobody can have used; the shortest that KMS allows. */
  public static final int ORPHAN_DAYS = 7;

  /** How long a new key may look as if it had no tags. */
  private static final Duration TAGS_UNSEEN = Duration.ofMinutes(5);

  /** How long what another process just wrote may stay unseen. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** A list's; with a request or two for each key it ends in seconds. */
  private static final int PAGE = 100;

  /** A foreign key's id, ARN or alias. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(?:arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):[0-9]{12}:)?(?:(?:key/)?"
              + KmsNames.ID
              + "|alias/[A-Za-z0-9/_-]{1,250})");

  private static final String EVERYTHING = Texts.EVERYTHING.with();

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KmsCalls calls;
  private final AwsSession session;
  private final ParallelReads parallel;
  private final PublicKeyCache publicKeys = new PublicKeyCache(KmsCalls.REFUSALS);
  private final KmsFindings findings = new KmsFindings();

  public KmsKeys(KmsCalls calls, ParallelReads parallel) {
    this.calls = calls;
    this.session = calls.session();
    this.parallel = parallel;
  }

  KmsCalls calls() {
    return calls;
  }

  @Override
  public KmsFindings findings() {
    return findings;
  }

  @Override
  public Refusals refusals() {
    return KmsCalls.REFUSALS;
  }

  @Override
  public String tagPrefix() {
    return KmsNames.TAG;
  }

  @Override
  public ParallelReads parallel() {
    return parallel;
  }

  @Override
  public Duration settling() {
    return SETTLING;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    if (!KmsScheme.offered(session).contains(algorithm)) {
      throw Texts.NO_AES_IN_CHINA.permanent(FailureCode.UNSUPPORTED, algorithm);
    }
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    String alias = KmsNames.version(name, 1);
    return KmsCalls.REFUSALS
        .noKey(name, Texts.NO_ALIAS.with(alias), Texts.NAME_ACCOUNT_REGION.with())
        .naming(alias);
  }

  @Override
  public String whenFreed() {
    return Texts.WHEN_FREED.with();
  }

  // Reading

  /** A KMS key as DescribeKey and ListResourceTags tell it. */
  private static ServiceKey of(KeyMetadata metadata, Map<String, String> tags) {
    return new ServiceKey(
        metadata.keyId(),
        metadata.arn(),
        metadata.creationDate(),
        metadata.creationDate(),
        material(metadata.keyState()),
        origin(metadata),
        tags,
        metadata);
  }

  private static Material material(@Nullable KeyState state) {
    return switch (state == null ? KeyState.UNKNOWN_TO_SDK_VERSION : state) {
      case PENDING_DELETION, PENDING_REPLICA_DELETION -> Material.GONE;
      case PENDING_IMPORT, CREATING -> Material.PENDING;
      case DISABLED -> Material.OFF;
      // One that KMS cannot use at the moment, as of a key store that is not connected, too.
      case ENABLED, UNAVAILABLE, UPDATING, UNKNOWN_TO_SDK_VERSION -> Material.ON;
    };
  }

  /** Where its material came from; what lies outside AWS, AWS cannot know. */
  private static KeyOrigin origin(KeyMetadata metadata) {
    OriginType told = metadata.origin();
    return switch (told == null ? OriginType.UNKNOWN_TO_SDK_VERSION : told) {
      case AWS_KMS, AWS_CLOUDHSM -> KeyOrigin.GENERATED;
      case EXTERNAL -> KeyOrigin.IMPORTED;
      case EXTERNAL_KEY_STORE, UNKNOWN_TO_SDK_VERSION -> KeyOrigin.UNKNOWN;
    };
  }

  private static KeyMetadata metadata(ServiceKey key) {
    return (KeyMetadata) key.detail();
  }

  @Override
  public Optional<ServiceKey> find(Name name, CallContext call) throws BackendFailure {
    String alias = KmsNames.of(name);
    Optional<KeyMetadata> found = describe(alias, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    KeyMetadata key = found.get();
    Map<String, String> tags =
        tags(key.keyId(), call)
            .orElseThrow(() -> KmsCalls.REFUSALS.notSeenYet(Texts.KEY_BEHIND.with(alias)));
    if (isOf(name.key(), tags)
        && algorithm(tags).filter(a -> new KmsScheme(a).is(key)).isPresent()) {
      return Optional.of(of(key, tags));
    }
    if (key.creationDate().plus(TAGS_UNSEEN).isAfter(call.time().now())) {
      throw KmsCalls.REFUSALS.notSeenYet(Texts.TAGS_BEHIND.with(alias));
    }
    throw Texts.TAGS_WRONG
        .permanent(
            FailureCode.CORRUPT, alias, key.keyId(), KmsNames.NAME, KmsNames.ALGORITHM, name.key())
        .naming(List.of(alias, key.keyId()));
  }

  private static boolean isOf(KeyName name, Map<String, String> tags) {
    return name.value().equals(tags.get(KmsNames.NAME));
  }

  private static Optional<KeyAlgorithm> algorithm(Map<String, String> tags) {
    return Optional.ofNullable(tags.get(KmsNames.ALGORITHM)).flatMap(StoredText::algorithm);
  }

  @Override
  public Optional<String> named(Name name, CallContext call) throws BackendFailure {
    return describe(KmsNames.of(name), call).map(KeyMetadata::keyId);
  }

  @Override
  public Optional<ServiceKey> find(Tagged tagged, CallContext call) throws BackendFailure {
    return describe(tagged.id(), call).map(metadata -> of(metadata, tagged.tags()));
  }

  /** What KMS says of a key id, an ARN or an alias; nothing if it knows none. */
  private Optional<KeyMetadata> describe(String keyId, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> answer =
        calls
            .find(KmsOperation.DESCRIBE_KEY, keyId, call, r -> r.keyId(keyId))
            .map(described -> described.keyMetadata());
    if (answer.isPresent() && !KmsNames.agree(answer.get().arn(), answer.get().keyId())) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.NO_KMS_KEY.with(keyId)).naming(keyId);
    }
    return answer;
  }

  /** The tags of a key, of all pages; nothing if KMS knows no such key. */
  private Optional<Map<String, String>> tags(String keyId, CallContext call) throws BackendFailure {
    Map<String, String> tags = new HashMap<>();
    Optional<String> from = Optional.empty();
    do {
      String marker = from.orElse(null);
      Optional<ListResourceTagsResponse> page =
          calls.find(
              KmsOperation.LIST_RESOURCE_TAGS, keyId, call, r -> r.keyId(keyId).marker(marker));
      if (page.isEmpty()) {
        return Optional.empty();
      }
      for (Tag tag : page.get().tags()) {
        tags.put(tag.tagKey(), Objects.requireNonNullElse(tag.tagValue(), ""));
      }
      from = next(page.get().truncated(), page.get().nextMarker());
    } while (from.isPresent());
    return Optional.of(tags);
  }

  private static Optional<String> next(@Nullable Boolean truncated, String marker) {
    return Boolean.TRUE.equals(truncated) ? Optional.of(marker) : Optional.empty();
  }

  /** None of a symmetric key, of one without material, or where KMS keeps it to itself. */
  @Override
  public Optional<PublicKeyInfo> publicKey(ServiceKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    // Of one that is gone for good only the neighbour is known that tells of it.
    boolean there = metadata(key).keyId().equals(key.id());
    boolean inUse = key.material() == Material.ON;
    return there && algorithm.asymmetric() && key.material() != Material.PENDING
        ? publicKeys.get(key.uri(), algorithm, inUse, call, () -> ask(key.uri(), algorithm, call))
        : Optional.empty();
  }

  @Override
  public void learn(ServiceKey off, PublicKeyInfo publicKey, CallContext call)
      throws BackendFailure {
    publicKeys.get(off.uri(), publicKey.algorithm(), true, call, () -> Optional.of(publicKey));
  }

  private Optional<PublicKeyInfo> ask(String arn, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    GetPublicKeyResponse answer;
    try {
      answer = calls.send(KmsOperation.GET_PUBLIC_KEY, arn, call, r -> r.keyId(arn));
    } catch (BackendFailure e) {
      throw KmsCalls.REFUSALS.unlessNew(e);
    }
    if (!KmsNames.sameKey(answer.keyId(), arn)) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.ANOTHER_PUBLIC_KEY.with(arn)).naming(arn);
    }
    return Optional.of(PublicKeyInfo.fromSpki(answer.publicKey().asByteArray(), algorithm));
  }

  /**
   * KMS keys live in HSMs of AWS or of an AWS CloudHSM cluster; what stands behind an external key
   * store's proxy, nobody attests.
   */
  @Override
  public Assurance assurance(ServiceKey key, CallContext call) {
    boolean inAws = origin(metadata(key)) != KeyOrigin.UNKNOWN;
    return inAws && session.reportsHsm() ? Assurance.HSM : Assurance.SOFTWARE;
  }

  @Override
  public Optional<String> uri(String id, ServiceKey like) {
    return Optional.of(KmsNames.withKeyId(like.uri(), id))
        .filter(arn -> KmsNames.keyId(arn).isPresent());
  }

  @Override
  public void noted(LedgerKey key, CallContext call) {
    key.active().ifPresent(active -> findings.note(metadata(active)));
  }

  // Making and changing

  @Override
  public ServiceKey make(Making wanted, CallContext call) throws BackendFailure {
    return make(wanted, OriginType.AWS_KMS, call);
  }

  /** The same of some origin; EXTERNAL without material, which is to be imported. */
  ServiceKey make(Making wanted, OriginType origin, CallContext call) throws BackendFailure {
    KmsScheme scheme = new KmsScheme(wanted.algorithm());
    KeyMetadata made =
        calls
            .send(
                KmsOperation.CREATE_KEY,
                Texts.NEW_VERSION.with(wanted.name()),
                call,
                r ->
                    r.keySpec(scheme.spec())
                        .keyUsage(scheme.usage())
                        .origin(origin)
                        .description(Texts.DESCRIPTION.with(wanted.name()))
                        .tags(KmsNames.tags(wanted.tags())))
            .keyMetadata();
    if (!KmsNames.agree(made.arn(), made.keyId())) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.MADE_NO_KEY.with());
    }
    calls.noteMade(made.keyId(), call);
    String asked = Texts.KIND.with(scheme.spec() + "", scheme.usage() + "", origin + "");
    String got =
        Texts.KIND.with(made.keySpecAsString(), made.keyUsageAsString(), made.originAsString());
    if (!got.equals(asked)) {
      throw KmsCalls.REFUSALS.wrongAnswer(Texts.ANOTHER_KEY_MADE.with(asked, got));
    }
    ServiceKey key = of(made, wanted.tags());
    if ((key.material() == Material.PENDING) != (origin == OriginType.EXTERNAL)) {
      throw KmsCalls.REFUSALS.wrongAnswer(
          Texts.MADE_IN_STATE.with(origin, made.keyStateAsString()));
    }
    return key;
  }

  @Override
  public boolean claim(Name name, ServiceKey key, CallContext call) throws BackendFailure {
    return calls.claim(KmsNames.of(name), key.id(), call);
  }

  @Override
  public ServiceKey tag(ServiceKey key, TagChange change, CallContext call) throws BackendFailure {
    Map<String, String> tags = new HashMap<>(key.tags());
    tags.putAll(change.set());
    tags.keySet().removeAll(change.unset());
    if (!change.set().isEmpty()) {
      calls.send(
          KmsOperation.TAG_RESOURCE,
          key.uri(),
          call,
          r -> r.keyId(key.id()).tags(KmsNames.tags(change.set())));
    }
    if (!change.unset().isEmpty()) {
      calls.send(
          KmsOperation.UNTAG_RESOURCE,
          key.uri(),
          call,
          r -> r.keyId(key.id()).tagKeys(change.unset()));
    }
    return key.with(tags);
  }

  @Override
  public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
    if (on) {
      calls.send(KmsOperation.ENABLE_KEY, key.uri(), call, r -> r.keyId(key.id()));
    } else {
      calls.send(KmsOperation.DISABLE_KEY, key.uri(), call, r -> r.keyId(key.id()));
    }
    return key.with(on ? Material.ON : Material.OFF);
  }

  @Override
  public ServiceKey remove(ServiceKey key, boolean used, CallContext call) throws BackendFailure {
    calls.send(
        KmsOperation.SCHEDULE_KEY_DELETION,
        key.uri(),
        call,
        r -> r.keyId(key.id()).pendingWindowInDays(used ? session.destroyedAfter() : ORPHAN_DAYS));
    return key.with(Material.GONE);
  }

  // The alias for people

  @Override
  public Optional<ServiceKey> hinted(KeyName name, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> hinted = describe(KmsNames.hint(name), call);
    return hinted.isEmpty()
        ? Optional.empty()
        : tags(hinted.get().keyId(), call)
            .filter(tags -> isOf(name, tags))
            .map(tags -> of(hinted.get(), tags));
  }

  /** Who let it name another KMS key, as one rotates in the console, is told and not overruled. */
  @Override
  public void hint(LedgerKey key, ServiceKey to, Optional<ServiceKey> from, CallContext call)
      throws BackendFailure {
    String alias = KmsNames.hint(key.name());
    try {
      Optional<KeyMetadata> now = describe(alias, call);
      String named = now.map(KeyMetadata::keyId).orElse("");
      if (from.isPresent() && !from.get().id().equals(named)) {
        return;
      }
      Optional<String> other =
          now.isEmpty() || isVersion(named, key, call) ? Optional.empty() : now.map(n -> n.arn());
      findings.noteHint(key.name(), to, other);
      if (other.isEmpty() && (now.isPresent() || !calls.claim(alias, to.id(), call))) {
        calls.find(
            KmsOperation.UPDATE_ALIAS, alias, call, r -> r.aliasName(alias).targetKeyId(to.id()));
      }
    } catch (BackendFailure e) {
      if (e.failureClass() != FailureClass.PERMANENT || e.code() == FailureCode.CLOSED) {
        throw e;
      }
      LOG.log(Level.WARNING, Texts.ALIAS_BEHIND.with(alias, e.getMessage()));
    }
  }

  /** Reads may be behind: a version that another process made says so itself. */
  private boolean isVersion(String keyId, LedgerKey key, CallContext call) throws BackendFailure {
    return key.version(keyId).isPresent()
        || tags(keyId, call).filter(tags -> isOf(key.name(), tags)).isPresent();
  }

  // Lists

  /** By the aliases of their versions; asks nothing of each key. */
  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    String marker = from.orElse(null);
    ListAliasesResponse page =
        calls.send(KmsOperation.LIST_ALIASES, EVERYTHING, call, r -> r.limit(PAGE).marker(marker));
    Set<KeyName> names = new LinkedHashSet<>();
    page.aliases().forEach(a -> KmsNames.keyOf(a.aliasName()).ifPresent(names::add));
    return new NamePage(
        Names.of(List.copyOf(names), next(page.truncated(), page.nextMarker())), Set.of());
  }

  /** KMS finds no key by a tag, so all keys are gone through; this is the only place that does. */
  @Override
  public Made made(Optional<String> from, CallContext call) throws BackendFailure {
    String marker = from.orElse(null);
    ListKeysResponse page =
        calls.send(KmsOperation.LIST_KEYS, EVERYTHING, call, r -> r.limit(PAGE).marker(marker));
    List<Tagged> made = new ArrayList<>();
    int passedOver = 0;
    for (KeyListEntry entry : page.keys()) {
      if (!KmsNames.isKeyId(entry.keyId())) {
        throw KmsCalls.REFUSALS.wrongAnswer(Texts.NO_KEY_ID.with());
      }
      try {
        made.add(new Tagged(entry.keyId(), tags(entry.keyId(), call).orElse(Map.of())));
      } catch (BackendFailure e) {
        // AWS's own keys are in every list, and a policy may show those of one environment alone.
        if (e.code() != FailureCode.ACCESS_DENIED) {
          throw e;
        }
        passedOver++;
      }
    }
    findings.notePassedOver(passedOver, from.isEmpty());
    return new Made(made, next(page.truncated(), page.nextMarker()));
  }

  /** Of all aliases, also those that somebody gave the key to keep it. */
  @Override
  public List<Optional<KeyName>> namesOf(String id, CallContext call) throws BackendFailure {
    return calls.find(KmsOperation.LIST_ALIASES, id, call, r -> r.keyId(id)).stream()
        .flatMap(page -> page.aliases().stream())
        .filter(alias -> id.equals(alias.targetKeyId()))
        .map(alias -> KmsNames.keyOf(alias.aliasName()))
        .toList();
  }

  @Override
  public Optional<Tagged> tagged(String uri, CallContext call) throws BackendFailure {
    String id = KmsNames.keyId(uri).orElseThrow(this::notAKey);
    Optional<KeyMetadata> key = describe(id, call);
    return key.isEmpty() || material(key.get().keyState()) == Material.GONE
        ? Optional.empty()
        : Optional.of(new Tagged(id, tags(id, call).orElse(Map.of())));
  }

  // Keys that something else made

  @Override
  public BackendFailure notAKey() {
    return KmsCalls.REFUSALS.notAKey(Texts.FORM_OF_KEY.with());
  }

  @Override
  public String toCheck() {
    return Texts.ACCOUNT_AND_REGION.with();
  }

  @Override
  public Foreign foreign(String name, CallContext call) throws BackendFailure {
    requireHere(name);
    KeyMetadata key =
        describe(name.replaceFirst("^key/", ""), call)
            .orElseThrow(() -> refusals().noForeignKey(toCheck()));
    ServiceKey version = of(key, Map.of());
    if (version.material() == Material.ON) {
      findings.note(key);
    }
    String kind = key.keySpecAsString() + " " + key.keyUsageAsString();
    return new Foreign(version, key.arn(), key.arn(), choices(key), kind);
  }

  private void requireHere(String name) throws BackendFailure {
    Matcher matcher = FOREIGN.matcher(name);
    if (!matcher.matches()) {
      throw notAKey();
    }
    String region = matcher.group(1);
    if (region != null && !region.equals(session.region())) {
      throw Texts.ANOTHER_REGION.permanent(FailureCode.UNSUPPORTED, region, session.region());
    }
  }

  @Override
  public Told tags(Foreign key, CallContext call) throws BackendFailure {
    String reason = Texts.NO_TAGS_FOUND.with();
    try {
      Optional<Map<String, String>> tags = tags(key.uri(), call);
      if (tags.isPresent()) {
        return Told.of(tags.get());
      }
    } catch (BackendFailure e) {
      reason =
          switch (e.code()) {
            case ACCESS_DENIED -> Texts.LIST_TAGS_DENIED.with();
            case REJECTED -> Texts.LIST_TAGS_REJECTED.with();
            default -> throw e;
          };
    }
    String here = session.account();
    Optional<String> other = KmsNames.account(key.uri()).filter(owner -> !owner.equals(here));
    if (other.isEmpty()) {
      return Told.refused(reason, Texts.ALLOW_LIST_TAGS.with());
    }
    // "Cross-account use: No", says the AWS KMS API Reference of ListResourceTags.
    return Told.refused(
        Texts.TAGS_OF_OTHER_ACCOUNT.with(reason, other.get()), Texts.USE_KEY_OF_ACCOUNT.with(here));
  }

  /** What of AWS's own makes, nobody else can use. */
  private List<KeyAlgorithm> choices(KeyMetadata key) {
    return key.keyManager() == KeyManagerType.AWS ? List.of() : KmsScheme.of(key, session);
  }
}
