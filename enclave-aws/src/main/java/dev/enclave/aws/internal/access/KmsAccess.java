package dev.enclave.aws.internal.access;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsCalls.Tried;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.keys.KmsFindings;
import dev.enclave.aws.internal.keys.KmsScheme;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.key.VersionLedger.Usable;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsRequest;
import software.amazon.awssdk.services.kms.model.KmsResponse;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * Asks KMS how it is, by one request that makes nothing: a dry run of a signature by the version
 * that was read last, which tells that it could be made; else a question about an alias that does
 * not exist, which tells that KMS is reached and knows who asks.
 *
 * <p>And what the identity may do, by requests about a key that is there: readings, dry runs, and
 * changes that KMS refuses for another reason or that leave everything as it is. A permission is
 * granted where KMS carried the request out, or said of the key what it says to nobody else; it is
 * missing where KMS says so. Of a key that does not exist KMS says nothing that counts.
 *
 * @param environment whose stamp new keys carry: policies may allow no others
 */
public record KmsAccess(
    KmsCalls calls,
    VersionLedger ledger,
    KmsFindings seen,
    EnvironmentType environment,
    WireLogs logs)
    implements PermissionProber {

  private static final String NO_ALIAS = KmsNames.ALIAS + "health/probe";
  private static final String SUBJECT = Texts.KEYS_OF_ACCOUNT.with();
  private static final String LISTING = Texts.LISTING.with();
  private static final Pattern ALIAS_ARN =
      Pattern.compile("arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):([0-9]{12}):alias/.*");

  private static final String SIGNING = "signing";
  private static final String SEALING = "sealing";
  private static final String CREATING = Texts.CREATING.with();
  private static final String IMPORTING = Texts.RESTORING.with();
  private static final Set<String> NONE = Set.of();

  /** What is said of a key's kind: to whom it may not be said, KMS denies the request. */
  private static final Set<String> KIND =
      Set.of("InvalidKeyUsageException", "UnsupportedOperationException");

  /** What is the matter with one key is told where that key is used. */
  private static final Set<FailureCode> TOLERABLE =
      Set.of(FailureCode.INVALID_STATE, FailureCode.NOT_FOUND);

  /** On no key, and nobody's. */
  private static final String NO_TAG = "enclave:permission-probe";

  private static final SdkBytes NOTHING = SdkBytes.fromByteArray(new byte[32]);

  private static final int MOST_PAGES = 20;
  private static final int MOST_TRIED = 5;

  /** A key that Enclave made, and one of its own aliases. */
  private record Made(String alias, String keyId) {}

  /**
   * A request that tells a permission and leaves everything as it is.
   *
   * @param neededFor what fails without the permission
   * @param proof error codes that KMS answers to those alone who may
   */
  private record Probe<B extends KmsRequest.Builder, R extends KmsResponse>(
      KmsOperation<B, R> operation, String neededFor, Set<String> proof, Consumer<B> request) {}

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(seen.all());
    findings.addAll(logs.findings());
    Optional<Usable> last = ledger.lastToSign();
    Tried<?> tried =
        last.isPresent()
            ? dryRun(last.get(), call)
            : calls.tried(KmsOperation.DESCRIBE_KEY, NO_ALIAS, call, r -> r.keyId(NO_ALIAS));
    Optional<BackendFailure> failure =
        tried.failure().filter(f -> !TOLERABLE.contains(f.code()) && !tried.denied());
    if (failure.isPresent()) {
      throw failure.get();
    }
    // Without a key, who may only use certain keys was recognised all the same.
    last.filter(version -> tried.denied())
        .map(
            version ->
                Texts.WOULD_NOT_SIGN.finding(
                    Severity.ERROR, ErrorCode.ACCESS_DENIED, version.uri()))
        .ifPresent(findings::add);
    return HealthReport.of(findings);
  }

  private Tried<?> dryRun(Usable version, CallContext call) throws BackendFailure {
    KmsScheme scheme = new KmsScheme(version.algorithm());
    boolean digests = scheme.support().digests();
    byte[] input = new byte[digests ? version.algorithm().digest().orElseThrow().length() : 1];
    return calls.tried(
        KmsOperation.SIGN,
        version.uri(),
        call,
        r ->
            r.keyId(version.uri())
                .message(SdkBytes.fromByteArrayUnsafe(input))
                .messageType(digests ? MessageType.DIGEST : MessageType.RAW)
                .signingAlgorithm(scheme.signing())
                .dryRun(true));
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    List<Made> all = new ArrayList<>();
    Permission listing = listing(all, call);
    Optional<Made> made = chosen(all, call);
    Optional<String> key = made.map(Made::keyId);
    Optional<String> used = key.or(() -> ledger.lastToSign().map(Usable::uri));
    List<Permission> answers = new ArrayList<>(about(used, ofUse(used.orElse("")), call));
    answers.addAll(making(call));
    String alias = made.map(Made::alias).orElse("");
    answers.addAll(about(key, ofChange(key.orElse(""), alias), call));
    answers.add(listing);
    return answers;
  }

  /** By readings and dry runs. */
  private static List<Probe<?, ?>> ofUse(String key) {
    return List.of(
        new Probe<>(KmsOperation.DESCRIBE_KEY, SIGNING, NONE, r -> r.keyId(key)),
        new Probe<>(KmsOperation.LIST_RESOURCE_TAGS, SIGNING, NONE, r -> r.keyId(key)),
        new Probe<>(KmsOperation.GET_PUBLIC_KEY, SIGNING, KIND, r -> r.keyId(key)),
        new Probe<>(
            KmsOperation.SIGN,
            SIGNING,
            KIND,
            r ->
                r.keyId(key)
                    .message(NOTHING)
                    .messageType(MessageType.DIGEST)
                    .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                    .dryRun(true)),
        new Probe<>(
            KmsOperation.ENCRYPT, SEALING, KIND, r -> r.keyId(key).plaintext(NOTHING).dryRun(true)),
        new Probe<>(
            KmsOperation.DECRYPT,
            SEALING,
            // By RSA, where no ciphertext names a key: that this is none is found with the key.
            Set.of("InvalidKeyUsageException", "InvalidCiphertextException"),
            r ->
                r.keyId(key)
                    .ciphertextBlob(NOTHING)
                    .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256)
                    .dryRun(true)));
  }

  /**
   * By changes that are refused for another reason, or that name what is there already.
   *
   * @param alias that of the version, which names this key for ever
   */
  private static List<Probe<?, ?>> ofChange(String key, String alias) {
    return List.of(
        new Probe<>(
            KmsOperation.CREATE_ALIAS,
            CREATING,
            Set.of("AlreadyExistsException"),
            r -> r.aliasName(alias).targetKeyId(key)),
        new Probe<>(
            KmsOperation.UPDATE_ALIAS, CREATING, NONE, r -> r.aliasName(alias).targetKeyId(key)),
        // "if the specified tag key isn't found on the KMS key, it doesn't throw an exception"
        new Probe<>(KmsOperation.UNTAG_RESOURCE, CREATING, NONE, r -> r.keyId(key).tagKeys(NO_TAG)),
        new Probe<>(
            KmsOperation.GET_PARAMETERS_FOR_IMPORT,
            IMPORTING,
            KIND,
            r ->
                r.keyId(key)
                    .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                    .wrappingKeySpec(WrappingKeySpec.RSA_4096)),
        new Probe<>(
            KmsOperation.IMPORT_KEY_MATERIAL,
            IMPORTING,
            Set.of("UnsupportedOperationException", "InvalidImportTokenException"),
            r ->
                r.keyId(key)
                    .importToken(NOTHING)
                    .encryptedKeyMaterial(NOTHING)
                    .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE)));
  }

  /**
   * There is no dry run of CreateKey; permissions come before the policy, which is none. It is
   * asked for as Enclave makes keys, with the stamp that policies may demand. Where that is denied,
   * a request without tags tells which of the two it is, unless the tag is demanded of both.
   */
  private List<Permission> making(CallContext call) throws BackendFailure {
    Permission stamped =
        making(r -> r.policy("{}").tags(KmsNames.tag(KmsNames.STAMP, environment.name())), call);
    Permission making =
        stamped.grant() != Grant.MISSING ? stamped : making(r -> r.policy("{}"), call);
    String tagging = KmsOperation.TAG_RESOURCE.permission();
    return List.of(
        making, new Permission(tagging, CREATING, stamped.grant(), stamped.reason(), fix(tagging)));
  }

  private Permission making(Consumer<CreateKeyRequest.Builder> request, CallContext call)
      throws BackendFailure {
    Set<String> proof = Set.of("MalformedPolicyDocumentException");
    return ask(new Probe<>(KmsOperation.CREATE_KEY, CREATING, proof, request), call);
  }

  /** Asks for the aliases, and notes the keys that Enclave made. */
  private Permission listing(List<Made> made, CallContext call) throws BackendFailure {
    Optional<String> marker = Optional.empty();
    for (int i = 0; i < MOST_PAGES; i++) {
      String from = marker.orElse(null);
      Tried<ListAliasesResponse> page =
          calls.tried(KmsOperation.LIST_ALIASES, SUBJECT, call, r -> r.marker(from));
      if (page.answer().isEmpty()) {
        return judged(new Probe<>(KmsOperation.LIST_ALIASES, LISTING, NONE, r -> {}), page);
      }
      for (AliasListEntry entry : page.answer().get().aliases()) {
        requireThisAccount(entry);
        if (KmsNames.keyOf(entry.aliasName()).isPresent()
            && KmsNames.isKeyId(entry.targetKeyId())) {
          made.add(new Made(entry.aliasName(), entry.targetKeyId()));
        }
      }
      marker = page.answer().map(ListAliasesResponse::nextMarker);
      if (!made.isEmpty() || marker.isEmpty()) {
        break;
      }
    }
    String permission = KmsOperation.LIST_ALIASES.permission();
    return Permission.of(permission, LISTING, true, fix(permission));
  }

  /** Where STS was not asked, the account is the operator's word. */
  private void requireThisAccount(AliasListEntry entry) throws BackendFailure {
    Matcher arn = ALIAS_ARN.matcher(entry.aliasArn() == null ? "" : entry.aliasArn());
    if (arn.matches()
        && !(arn.group(1).equals(calls.session().region())
            && arn.group(2).equals(calls.session().account()))) {
      throw Texts.ANOTHER_ACCOUNT.permanent(
          FailureCode.MISCONFIGURED,
          arn.group(2),
          arn.group(1),
          calls.session().account(),
          calls.session().region());
    }
  }

  /** The key that was read last, else one that is enabled, else any. */
  private Optional<Made> chosen(List<Made> all, CallContext call) throws BackendFailure {
    Optional<String> last = ledger.lastToSign().flatMap(usable -> KmsNames.keyId(usable.uri()));
    Optional<Made> read = all.stream().filter(m -> last.equals(Optional.of(m.keyId()))).findFirst();
    if (read.isPresent()) {
      return read;
    }
    for (Made made : all.subList(0, Math.min(all.size(), MOST_TRIED))) {
      Optional<KeyState> state =
          calls
              .tried(KmsOperation.DESCRIBE_KEY, SUBJECT, call, r -> r.keyId(made.keyId()))
              .answer()
              .map(answer -> answer.keyMetadata().keyState());
      if (state.filter(KeyState.ENABLED::equals).isPresent()) {
        return Optional.of(made);
      }
    }
    return all.stream().findFirst();
  }

  private List<Permission> about(Optional<String> key, List<Probe<?, ?>> probes, CallContext call)
      throws BackendFailure {
    List<Permission> answers = new ArrayList<>();
    for (Probe<?, ?> probe : probes) {
      answers.add(key.isPresent() ? ask(probe, call) : withoutKey(probe));
    }
    return answers;
  }

  private Permission withoutKey(Probe<?, ?> probe) {
    return Permission.unknown(
        probe.operation().permission(),
        probe.neededFor(),
        Texts.NO_KEY_FOUND.with(calls.session().account(), calls.session().region()),
        Texts.CREATE_A_KEY.with());
  }

  private <B extends KmsRequest.Builder, R extends KmsResponse> Permission ask(
      Probe<B, R> probe, CallContext call) throws BackendFailure {
    return judged(probe, calls.tried(probe.operation(), SUBJECT, call, probe.request()));
  }

  private static Permission judged(Probe<?, ?> probe, Tried<?> tried) throws BackendFailure {
    BackendFailure failure = tried.failure().orElse(null);
    String permission = probe.operation().permission();
    if (failure == null || tried.denied() || probe.proof().contains(tried.code())) {
      return Permission.of(permission, probe.neededFor(), !tried.denied(), fix(permission));
    }
    if (failure.failureClass() != FailureClass.PERMANENT
        || failure.code() == FailureCode.ACCESS_DENIED) {
      // It says nothing of one permission: who asks is not known, or nobody was heard.
      throw failure;
    }
    return Permission.unknown(
        permission, probe.neededFor(), failure.getMessage(), Texts.LOOK_AT_STATE.with());
  }

  private static String fix(String permission) {
    return Texts.ALLOW.with(permission);
  }
}
