package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;

/** KMS API Reference, InvalidKeyUsageException. */
public final class UsageRules {

  private UsageRules() {}

  public static void require(KmsKey key, String usage, Call call) {
    if (!key.identity().usage().equals(usage)) {
      throw AwsFailure.of(
          "InvalidKeyUsageException",
          key.arn()
              + " key usage is "
              + key.identity().usage()
              + " which is not valid for "
              + call.operation()
              + ".");
    }
  }

  public static AwsFailure incompatible(String algorithm, KmsKey key) {
    return AwsFailure.of(
        "InvalidKeyUsageException",
        "Algorithm " + algorithm + " and key spec " + key.spec().name() + " are incompatible.");
  }
}
