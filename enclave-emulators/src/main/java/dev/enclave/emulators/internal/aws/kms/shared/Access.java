package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.model.KeyPolicy;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import java.util.List;

/**
 * Who may do what: IAM User Guide, "Policy evaluation logic". Identities may do everything that no
 * rule of the server's user denies; a key's policy is evaluated on top.
 */
public final class Access {

  private final Partition partition;
  private final DenyRules denied;

  public Access(Partition partition, DenyRules denied) {
    this.partition = partition;
    this.denied = denied;
  }

  /** Fails unless the call's own action is allowed on {@code key}. */
  public void check(Call call, KmsKey key) {
    check(call, key, call.operation());
  }

  /** Fails unless {@code operation}'s action is allowed on {@code key}. */
  void check(Call call, KmsKey key, String operation) {
    checkResource(call, operation, key.arn());
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

  /** Fails if a rule denies {@code operation}'s action on something that has no policy. */
  public void checkResource(Call call, String operation, String resource) {
    if (denied.denies(
        List.of(call.caller().arn(), call.caller().policyArn()), "kms:" + operation, resource)) {
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
