package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.model.KeyPolicy;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who may do what: IAM User Guide, "Policy evaluation logic". Identities may do everything that
 * their policies allow, if there are any, and that no rule of the server's user denies; a key's
 * policy is evaluated on top.
 */
public final class Access {

  private final Partition partition;
  private final DenyRules denied;
  private final IdentityPolicies policies;

  public Access(Partition partition, DenyRules denied, IdentityPolicies policies) {
    this.policies = policies;
    this.partition = partition;
    this.denied = denied;
  }

  /** Fails unless the call's own action is allowed on {@code key}. */
  public void check(Call call, KmsKey key) {
    check(call, key, call.operation());
  }

  /** Fails unless {@code operation}'s action is allowed on {@code key}. */
  void check(Call call, KmsKey key, String operation) {
    checkIdentity(call, operation, key.arn(), contextOf(call, key));
    KeyPolicy.Verdict verdict = key.policy().verdict(call.caller(), "kms:" + operation, partition);
    switch (verdict) {
      case ALLOWED -> {}
      case EXPLICITLY_DENIED ->
          throw refused(
              call, operation, key.arn(), "with an explicit deny in a resource-based policy");
      case NOT_ALLOWED ->
          throw refused(
              call,
              operation,
              key.arn(),
              "because no resource-based policy allows the kms:" + operation + " action");
    }
  }

  /** Fails if {@code operation}'s action is not allowed on something that has no policy. */
  public void checkResource(Call call, String operation, String resource) {
    checkIdentity(call, operation, resource, tagging(call));
  }

  /**
   * AWS KMS Developer Guide, "ABAC for AWS KMS": the tags that a request brings, those of the key,
   * the key's aliases, and the alias by which the request names it.
   */
  private static Map<String, List<String>> contextOf(Call call, KmsKey key) {
    Map<String, List<String>> context = new HashMap<>(tagging(call));
    key.authorizedTags(call.now())
        .forEach((name, value) -> context.put(tag("aws:ResourceTag/", name), List.of(value)));
    context.put("kms:resourcealiases", List.copyOf(key.authorizedAliases(call.now())));
    call.alias().ifPresent(alias -> context.put("kms:requestalias", List.of(alias)));
    context.put("kms:keyspec", List.of(key.spec().name()));
    context.put("kms:keyusage", List.of(key.identity().usage()));
    return context;
  }

  /**
   * IAM User Guide, "AWS global condition context keys", aws:RequestTag and aws:TagKeys: the tags
   * that a request brings, and the keys of all that it brings or removes.
   */
  private static Map<String, List<String>> tagging(Call call) {
    Map<String, List<String>> context = new HashMap<>();
    call.tags().forEach((name, value) -> context.put(tag("aws:RequestTag/", name), List.of(value)));
    context.put("aws:tagkeys", call.tagKeys());
    return context;
  }

  private static String tag(String kind, String name) {
    return (kind + name).toLowerCase(Locale.ROOT);
  }

  private void checkIdentity(
      Call call, String operation, String resource, Map<String, List<String>> context) {
    IdentityPolicies.Verdict verdict = policies.verdict("kms:" + operation, resource, context);
    if (verdict == IdentityPolicies.Verdict.NOT_ALLOWED) {
      throw refused(
          call,
          operation,
          resource,
          "because no identity-based policy allows the kms:" + operation + " action");
    }
    if (verdict == IdentityPolicies.Verdict.EXPLICITLY_DENIED
        || denied.denies(
            List.of(call.caller().arn(), call.caller().policyArn()),
            "kms:" + operation,
            resource)) {
      throw refused(call, operation, resource, "with an explicit deny in an identity-based policy");
    }
  }

  /**
   * KMS Developer Guide, "Troubleshooting key access"; IAM User Guide, "Troubleshoot access
   * denied".
   */
  private static AwsFailure refused(Call call, String operation, String resource, String why) {
    return AwsFailure.of(
        "AccessDeniedException",
        "User: "
            + call.caller().arn()
            + " is not authorized to perform: kms:"
            + operation
            + " on resource: "
            + resource
            + " "
            + why);
  }
}
