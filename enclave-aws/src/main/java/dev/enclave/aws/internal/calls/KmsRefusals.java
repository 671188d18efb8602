package dev.enclave.aws.internal.calls;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.kit.Refusals;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.List;
import java.util.function.Predicate;

/** What AWS KMS refuses or is refused; one situation, one wording. */
public final class KmsRefusals {

  /** What all clouds' key services refuse. */
  public static final Refusals COMMON = new Refusals(BackendId.of("aws-kms"), "AWS KMS");

  private KmsRefusals() {}

  /** Refuses a reference whose version may not be used for this, by the state it was read in. */
  public static void requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed)
      throws BackendFailure {
    COMMON.requireUsable(ref, KmsArns.names(ref.providerUri(), ref.version()), allowed);
  }

  public static BackendFailure noKey(KeyName name) {
    String alias = KmsAliases.version(name, 1);
    return COMMON
        .noKey(name, "no alias " + alias + " and no later one", "name, account and region")
        .naming(alias);
  }

  public static BackendFailure notAKey() {
    return COMMON.notAKey(
        "the ARN of a key or alias, a key id, or an alias such as alias/treasury");
  }

  public static BackendFailure statementKey() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "The KMS key signs what Enclave itself states and nothing else.",
        "Name another key.");
  }

  public static BackendFailure notInPartition(KeyAlgorithm algorithm) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        ("There are no keys for %s in the China Regions: what is one of AES with 256 bits elsewhere"
                + " is one of SM4 with 128 there.")
            .formatted(algorithm),
        "Use RSA_OAEP_3072_SHA256 or RSA_OAEP_4096_SHA256.");
  }

  /** AWS denies kms:CreateKey as well where a key's tags are what may not be made. */
  static BackendFailure creationDenied(BackendFailure failure) {
    if (failure.code() != FailureCode.ACCESS_DENIED
        || failure.failureClass() != FailureClass.PERMANENT) {
      return failure;
    }
    return failure.advising(
        failure.advice().orElse("")
            + " A key that is made with tags needs kms:TagResource besides.");
  }

  public static BackendFailure foreignAlias(String alias, String keyId, KeyName name) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            "%s names KMS key %s, whose tags %s and %s do not say that it is a version of key %s."
                .formatted(alias, keyId, KmsTags.NAME, KmsTags.ALGORITHM, name),
            "Put the alias or the tags back as they were; CloudTrail tells who changed them.")
        .naming(List.of(alias, keyId));
  }
}
