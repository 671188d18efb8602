package dev.enclave.aws.internal.access;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.cloud.key.LastToSign;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * What the identity may do, found out by requests that cannot succeed: dry runs, and requests about
 * a key that does not exist. A permission is missing if KMS says that it is; where KMS looks for
 * the key first, a missing permission stays unseen until it is used.
 */
public final class KmsPermissions implements PermissionProber {

  /** A well-formed id that no key has: KMS gives out random ones. */
  private static final String NO_KEY = "00000000-0000-4000-8000-000000000000";

  private static final String NO_ALIAS = KmsAliases.PREFIX + "permission/probe";

  private static final String SUBJECT = "keys of this account";
  private static final String SIGNING = "signing";
  private static final String CREATING = "creating and rotating keys";

  private final KmsCalls calls;
  private final LastToSign lastToSign;
  private final EnvironmentType environment;

  /**
   * @param environment whose stamp new keys carry: policies may allow no others
   */
  public KmsPermissions(KmsCalls calls, LastToSign lastToSign, EnvironmentType environment) {
    this.calls = calls;
    this.environment = environment;
    this.lastToSign = lastToSign;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String key = lastToSign.get().map(LastToSign.Usable::uri).orElse(NO_KEY);
    List<Permission> answers = new ArrayList<>();
    answers.add(
        ask(
            KmsOperation.DESCRIBE_KEY,
            SIGNING,
            call,
            (kms, limits) -> kms.describeKey(r -> r.keyId(key).overrideConfiguration(limits))));
    answers.add(
        ask(
            KmsOperation.LIST_RESOURCE_TAGS,
            SIGNING,
            call,
            (kms, limits) ->
                kms.listResourceTags(r -> r.keyId(key).overrideConfiguration(limits))));
    answers.add(
        ask(
            KmsOperation.GET_PUBLIC_KEY,
            SIGNING,
            call,
            (kms, limits) -> kms.getPublicKey(r -> r.keyId(key).overrideConfiguration(limits))));
    answers.add(
        ask(
            KmsOperation.SIGN,
            SIGNING,
            call,
            (kms, limits) ->
                kms.sign(
                    r ->
                        r.keyId(key)
                            .message(SdkBytes.fromByteArray(new byte[32]))
                            .messageType(MessageType.DIGEST)
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)
                            .dryRun(true)
                            .overrideConfiguration(limits))));
    answers.addAll(making(call));
    answers.add(
        ask(
            KmsOperation.CREATE_ALIAS,
            CREATING,
            call,
            (kms, limits) ->
                kms.createAlias(
                    r -> r.aliasName(NO_ALIAS).targetKeyId(NO_KEY).overrideConfiguration(limits))));
    answers.add(
        ask(
            KmsOperation.UPDATE_ALIAS,
            CREATING,
            call,
            (kms, limits) ->
                kms.updateAlias(
                    r -> r.aliasName(NO_ALIAS).targetKeyId(NO_KEY).overrideConfiguration(limits))));
    return answers;
  }

  /**
   * There is no dry run of CreateKey; permissions come before the policy, which is none. It is
   * asked for as Enclave makes keys, with the stamp that policies may demand. Where that is denied,
   * a request without tags tells which of the two it is, unless the tag is demanded of both.
   */
  private List<Permission> making(CallContext call) throws BackendFailure {
    Permission stamped =
        ask(
            KmsOperation.CREATE_KEY,
            CREATING,
            call,
            (kms, limits) ->
                kms.createKey(
                    r ->
                        r.policy("{}")
                            .tags(KmsTags.tag(KmsTags.STAMP, environment.name()))
                            .overrideConfiguration(limits)));
    Permission making =
        stamped.granted()
            ? stamped
            : ask(
                KmsOperation.CREATE_KEY,
                CREATING,
                call,
                (kms, limits) -> kms.createKey(r -> r.policy("{}").overrideConfiguration(limits)));
    return List.of(making, permission(KmsOperation.TAG_RESOURCE, CREATING, stamped.granted()));
  }

  private Permission ask(
      KmsOperation operation, String neededFor, CallContext call, KmsCalls.Request<?> request)
      throws BackendFailure {
    Optional<AwsServiceException> refusal = calls.refusal(operation, SUBJECT, call, request);
    if (refusal.isPresent() && refusal.get().statusCode() >= 500) {
      throw calls.failure(operation, SUBJECT, refusal.get(), call);
    }
    if (refusal.isPresent() && refusal.get().isThrottlingException()) {
      throw calls.failure(operation, SUBJECT, refusal.get(), call);
    }
    return permission(operation, neededFor, refusal.filter(KmsPermissions::denied).isEmpty());
  }

  private static Permission permission(KmsOperation operation, String neededFor, boolean granted) {
    return Permission.of(
        operation.permission(),
        neededFor,
        granted,
        "Allow " + operation.permission() + " in the role's policy; doctor --iam prints all");
  }

  private static boolean denied(AwsServiceException refusal) {
    return refusal.awsErrorDetails() != null
        && "AccessDeniedException".equals(refusal.awsErrorDetails().errorCode());
  }
}
