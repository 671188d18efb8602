package dev.enclave.aws.internal.access;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsCalls.Request;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.cloud.key.LastToSign;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * What the identity may do, by requests about a key that is there: readings, dry runs, and changes
 * that KMS refuses for another reason or that leave everything as it is. A permission is granted
 * where KMS carried the request out, or said of the key what it says to nobody else; it is missing
 * where KMS says so. Of a key that does not exist KMS says nothing that counts.
 */
public final class KmsPermissions implements PermissionProber {

  private static final String SUBJECT = "keys of this account";
  private static final String SIGNING = "signing";
  private static final String SEALING = "sealing";
  private static final String CREATING = "creating and rotating keys";
  private static final String IMPORTING = "restoring keys";

  private static final int MOST_PAGES = 20;
  private static final int MOST_TRIED = 5;

  /** On no key, and nobody's. */
  private static final String NO_TAG = "enclave:permission-probe";

  /** What is said of a key's kind: to whom it may not be said, KMS denies the request. */
  private static final Set<String> KIND =
      Set.of("InvalidKeyUsageException", "UnsupportedOperationException");

  /**
   * A key that Enclave made.
   *
   * @param alias one of its own
   */
  private record Made(String alias, String keyId) {}

  private final KmsCalls calls;
  private final AwsSession session;
  private final LastToSign lastToSign;
  private final EnvironmentType environment;

  /**
   * @param environment whose stamp new keys carry: policies may allow no others
   */
  public KmsPermissions(
      KmsCalls calls, AwsSession session, LastToSign lastToSign, EnvironmentType environment) {
    this.calls = calls;
    this.session = session;
    this.environment = environment;
    this.lastToSign = lastToSign;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    List<Made> all = new ArrayList<>();
    Permission listing = listing(all, call);
    Optional<Made> made = chosen(all, call);
    Optional<String> key =
        made.map(Made::keyId).or(() -> lastToSign.get().map(LastToSign.Usable::uri));
    List<Permission> answers = new ArrayList<>(use(key, call));
    answers.addAll(making(call));
    answers.addAll(change(made, call));
    answers.add(listing);
    return answers;
  }

  private List<Permission> use(Optional<String> key, CallContext call) throws BackendFailure {
    SdkBytes digest = SdkBytes.fromByteArray(new byte[32]);
    return List.of(
        about(
            key,
            KmsOperation.DESCRIBE_KEY,
            SIGNING,
            Set.of(),
            call,
            id -> (kms, limits) -> kms.describeKey(r -> r.keyId(id).overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.LIST_RESOURCE_TAGS,
            SIGNING,
            Set.of(),
            call,
            id ->
                (kms, limits) ->
                    kms.listResourceTags(r -> r.keyId(id).overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.GET_PUBLIC_KEY,
            SIGNING,
            KIND,
            call,
            id ->
                (kms, limits) -> kms.getPublicKey(r -> r.keyId(id).overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.SIGN,
            SIGNING,
            KIND,
            call,
            id ->
                (kms, limits) ->
                    kms.sign(
                        r ->
                            r.keyId(id)
                                .message(digest)
                                .messageType(MessageType.DIGEST)
                                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                                .dryRun(true)
                                .overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.ENCRYPT,
            SEALING,
            KIND,
            call,
            id ->
                (kms, limits) ->
                    kms.encrypt(
                        r ->
                            r.keyId(id)
                                .plaintext(digest)
                                .dryRun(true)
                                .overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.DECRYPT,
            SEALING,
            // By RSA, where no ciphertext names a key: that this is none is found with the key.
            Set.of("InvalidKeyUsageException", "InvalidCiphertextException"),
            call,
            id ->
                (kms, limits) ->
                    kms.decrypt(
                        r ->
                            r.keyId(id)
                                .ciphertextBlob(digest)
                                .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256)
                                .dryRun(true)
                                .overrideConfiguration(limits))));
  }

  /** Nothing of a key is other afterwards. */
  private List<Permission> change(Optional<Made> made, CallContext call) throws BackendFailure {
    Optional<String> key = made.map(Made::keyId);
    String alias = made.map(Made::alias).orElse("");
    SdkBytes nothing = SdkBytes.fromByteArray(new byte[1]);
    return List.of(
        about(
            key,
            KmsOperation.CREATE_ALIAS,
            CREATING,
            Set.of("AlreadyExistsException"),
            call,
            id ->
                (kms, limits) ->
                    kms.createAlias(
                        r -> r.aliasName(alias).targetKeyId(id).overrideConfiguration(limits))),
        // Versions' aliases name one key for ever, and this names the same again.
        about(
            key,
            KmsOperation.UPDATE_ALIAS,
            CREATING,
            Set.of(),
            call,
            id ->
                (kms, limits) ->
                    kms.updateAlias(
                        r -> r.aliasName(alias).targetKeyId(id).overrideConfiguration(limits))),
        // "if the specified tag key isn't found on the KMS key, it doesn't throw an exception"
        about(
            key,
            KmsOperation.UNTAG_RESOURCE,
            CREATING,
            Set.of(),
            call,
            id ->
                (kms, limits) ->
                    kms.untagResource(
                        r -> r.keyId(id).tagKeys(NO_TAG).overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.GET_PARAMETERS_FOR_IMPORT,
            IMPORTING,
            KIND,
            call,
            id ->
                (kms, limits) ->
                    kms.getParametersForImport(
                        r ->
                            r.keyId(id)
                                .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                                .wrappingKeySpec(WrappingKeySpec.RSA_4096)
                                .overrideConfiguration(limits))),
        about(
            key,
            KmsOperation.IMPORT_KEY_MATERIAL,
            IMPORTING,
            Set.of("UnsupportedOperationException", "InvalidImportTokenException"),
            call,
            id ->
                (kms, limits) ->
                    kms.importKeyMaterial(
                        r ->
                            r.keyId(id)
                                .importToken(nothing)
                                .encryptedKeyMaterial(nothing)
                                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE)
                                .overrideConfiguration(limits))));
  }

  /**
   * There is no dry run of CreateKey; permissions come before the policy, which is none. It is
   * asked for as Enclave makes keys, with the stamp that policies may demand. Where that is denied,
   * a request without tags tells which of the two it is, unless the tag is demanded of both.
   */
  private List<Permission> making(CallContext call) throws BackendFailure {
    Set<String> proof = Set.of("MalformedPolicyDocumentException");
    Permission stamped =
        ask(
            KmsOperation.CREATE_KEY,
            CREATING,
            proof,
            call,
            (kms, limits) ->
                kms.createKey(
                    r ->
                        r.policy("{}")
                            .tags(KmsTags.tag(KmsTags.STAMP, environment.name()))
                            .overrideConfiguration(limits)));
    Permission making =
        stamped.grant() != Grant.MISSING
            ? stamped
            : ask(
                KmsOperation.CREATE_KEY,
                CREATING,
                proof,
                call,
                (kms, limits) -> kms.createKey(r -> r.policy("{}").overrideConfiguration(limits)));
    return List.of(
        making,
        new Permission(
            KmsOperation.TAG_RESOURCE.permission(),
            CREATING,
            stamped.grant(),
            stamped.reason(),
            fix(KmsOperation.TAG_RESOURCE)));
  }

  /**
   * Asks for the aliases.
   *
   * @param made is given the keys that Enclave made
   */
  private Permission listing(List<Made> made, CallContext call) throws BackendFailure {
    Optional<String> marker = Optional.empty();
    for (int i = 0; i < MOST_PAGES; i++) {
      Optional<String> from = marker;
      ListAliasesResponse[] page = new ListAliasesResponse[1];
      Permission answer =
          ask(
              KmsOperation.LIST_ALIASES,
              "listing keys",
              Set.of(),
              call,
              (kms, limits) ->
                  page[0] =
                      kms.listAliases(
                          r -> r.marker(from.orElse(null)).overrideConfiguration(limits)));
      if (page[0] == null) {
        return answer;
      }
      for (AliasListEntry entry : page[0].aliases()) {
        requireThisAccount(entry);
        if (KmsAliases.keyOf(entry.aliasName()).isPresent()
            && KmsArns.isKeyId(entry.targetKeyId())) {
          made.add(new Made(entry.aliasName(), entry.targetKeyId()));
        }
      }
      marker = Optional.ofNullable(page[0].nextMarker());
      if (!made.isEmpty() || marker.isEmpty()) {
        return answer;
      }
    }
    return permission(KmsOperation.LIST_ALIASES, "listing keys", true);
  }

  /** Where STS was not asked, the account is the operator's word. */
  private void requireThisAccount(AliasListEntry entry) throws BackendFailure {
    String[] arn = entry.aliasArn().split(":", -1);
    if (arn.length > 4 && !(arn[3].equals(session.region()) && arn[4].equals(session.account()))) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "AWS KMS answers for account "
              + arn[4]
              + " in region "
              + arn[3]
              + ", and this backend is for account "
              + session.account()
              + " in region "
              + session.region()
              + ". Correct enclave.aws-kms.account-id, or use credentials of that account.");
    }
  }

  /** The key that was read last, else one that is enabled, else any. */
  private Optional<Made> chosen(List<Made> all, CallContext call) throws BackendFailure {
    Optional<String> last = lastToSign.get().flatMap(usable -> KmsArns.keyId(usable.uri()));
    Optional<Made> read = all.stream().filter(m -> last.equals(Optional.of(m.keyId()))).findFirst();
    if (read.isPresent()) {
      return read;
    }
    for (Made made : all.subList(0, Math.min(all.size(), MOST_TRIED))) {
      KeyState[] state = new KeyState[1];
      calls.refusal(
          KmsOperation.DESCRIBE_KEY,
          SUBJECT,
          call,
          (kms, limits) -> {
            var answer =
                kms.describeKey(r -> r.keyId(made.keyId()).overrideConfiguration(limits));
            state[0] = answer.keyMetadata().keyState();
            return answer;
          });
      if (state[0] == KeyState.ENABLED) {
        return Optional.of(made);
      }
    }
    return all.stream().findFirst();
  }

  @FunctionalInterface
  private interface About {
    Request<?> key(String id);
  }

  private Permission about(
      Optional<String> key,
      KmsOperation operation,
      String neededFor,
      Set<String> proof,
      CallContext call,
      About request)
      throws BackendFailure {
    return key.isPresent()
        ? ask(operation, neededFor, proof, call, request.key(key.get()))
        : Permission.unknown(
            operation.permission(),
            neededFor,
            "AWS KMS tells it of a key that is there, and no key of Enclave's was found in account "
                + session.account()
                + " and region "
                + session.region(),
            "Create a key, and ask again; if there are keys, check account and region");
  }

  /**
   * Asks.
   *
   * @param proof error codes that KMS answers to those alone who may
   */
  private Permission ask(
      KmsOperation operation,
      String neededFor,
      Set<String> proof,
      CallContext call,
      Request<?> request)
      throws BackendFailure {
    Optional<AwsServiceException> refusal = calls.refusal(operation, SUBJECT, call, request);
    if (refusal.isEmpty() || KmsCalls.isDryRun(refusal.get())) {
      return permission(operation, neededFor, true);
    }
    if (denied(refusal.get())) {
      return permission(operation, neededFor, false);
    }
    String code = code(refusal.get());
    if (proof.contains(code)) {
      return permission(operation, neededFor, true);
    }
    BackendFailure failure = calls.failure(operation, SUBJECT, refusal.get(), call);
    if (failure.failureClass() != FailureClass.PERMANENT
        || failure.code() == FailureCode.ACCESS_DENIED) {
      // It says nothing of one permission: who asks is not known, or nobody was heard.
      throw failure;
    }
    return Permission.unknown(
        operation.permission(),
        neededFor,
        "AWS KMS answered "
            + (code.isEmpty() ? "HTTP " + refusal.get().statusCode() : code)
            + " for the key that it was asked about",
        "Look at the state of that key, or create another, and ask again");
  }

  private static Permission permission(KmsOperation operation, String neededFor, boolean granted) {
    return Permission.of(operation.permission(), neededFor, granted, fix(operation));
  }

  private static String fix(KmsOperation operation) {
    return "Allow " + operation.permission() + " in the role's policy; doctor --iam prints all";
  }

  /** That a policy refuses it, and not that who asks is unknown. */
  static boolean denied(AwsServiceException refusal) {
    return code(refusal).equals("AccessDeniedException");
  }

  private static String code(AwsServiceException refusal) {
    return refusal.awsErrorDetails() == null || refusal.awsErrorDetails().errorCode() == null
        ? ""
        : refusal.awsErrorDetails().errorCode();
  }
}
