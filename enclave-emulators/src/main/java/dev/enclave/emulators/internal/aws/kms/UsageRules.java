package dev.enclave.emulators.internal.aws.kms;

import dev.enclave.emulators.internal.aws.common.AwsFailure;

/** KMS API Reference, InvalidKeyUsageException. */
final class UsageRules {

  private UsageRules() {}

  static void require(KmsKey key, String usage, Call call) {
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

  static AwsFailure incompatible(String algorithm, KmsKey key) {
    return AwsFailure.of(
        "InvalidKeyUsageException",
        "Algorithm " + algorithm + " and key spec " + key.spec().name() + " are incompatible.");
  }
}
