package dev.enclave.emulators.internal.aws.kms;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Requests of the account a second, by AWS's defaults (KMS Developer Guide, "Request quotas", read
 * in November 2026). Each operation has a quota of its own, and cryptographic operations share one
 * for each kind of key, here told by the algorithm that the request names. Seconds are those of the
 * server's clock. Thread-safe.
 */
public final class RequestQuotas {

  private static final String SYMMETRIC = "symmetric";
  private static final String RSA = "RSA";
  private static final String ECC = "ECC";

  private static final Set<String> CRYPTOGRAPHIC =
      Set.of(
          "Decrypt",
          "Encrypt",
          "GenerateDataKey",
          "GenerateDataKeyWithoutPlaintext",
          "GenerateMac",
          "GenerateRandom",
          "Sign",
          "Verify",
          "VerifyMac");

  private static final Map<String, Integer> DEFAULTS =
      Map.ofEntries(
          // In most Regions; some allow more.
          Map.entry(SYMMETRIC, 10_000),
          Map.entry(RSA, 1_000),
          Map.entry(ECC, 1_000),
          Map.entry("CancelKeyDeletion", 5),
          Map.entry("CreateAlias", 5),
          Map.entry("CreateKey", 5),
          Map.entry("DeleteAlias", 15),
          Map.entry("DeleteImportedKeyMaterial", 15),
          Map.entry("DescribeKey", 2_000),
          Map.entry("DisableKey", 5),
          Map.entry("DisableKeyRotation", 5),
          Map.entry("EnableKey", 5),
          Map.entry("EnableKeyRotation", 15),
          Map.entry("GetKeyPolicy", 1_000),
          Map.entry("GetKeyRotationStatus", 1_000),
          Map.entry("GetParametersForImport", 1),
          Map.entry("GetPublicKey", 2_000),
          Map.entry("ImportKeyMaterial", 15),
          Map.entry("ListAliases", 500),
          Map.entry("ListKeyPolicies", 100),
          Map.entry("ListKeys", 500),
          Map.entry("ListResourceTags", 2_000),
          Map.entry("PutKeyPolicy", 15),
          Map.entry("RotateKeyOnDemand", 5),
          Map.entry("ScheduleKeyDeletion", 15),
          Map.entry("TagResource", 10),
          Map.entry("UntagResource", 5),
          Map.entry("UpdateAlias", 5),
          Map.entry("UpdateKeyDescription", 5));

  private final boolean limited;
  private final Map<String, Integer> used = new HashMap<>();
  private long second;

  private RequestQuotas(boolean limited) {
    this.limited = limited;
  }

  /** AWS's. */
  public static RequestQuotas defaults() {
    return new RequestQuotas(true);
  }

  /** As many requests as anybody likes. */
  public static RequestQuotas none() {
    return new RequestQuotas(false);
  }

  /** Counts a request, or refuses it. */
  synchronized void count(Call call) {
    if (!limited) {
      return;
    }
    String quota = quotaOf(call);
    Integer limit = DEFAULTS.get(quota);
    if (limit == null) {
      return;
    }
    long now = call.now().getEpochSecond();
    if (now != second) {
      second = now;
      used.clear();
    }
    if (used.merge(quota, 1, Integer::sum) > limit) {
      throw AwsFailure.of(
          "ThrottlingException",
          "You have exceeded the rate at which you may call KMS. Reduce the frequency of your"
              + " calls.");
    }
  }

  private static String quotaOf(Call call) {
    if (!CRYPTOGRAPHIC.contains(call.operation())) {
      return call.operation();
    }
    String algorithm =
        call.input()
            .text("SigningAlgorithm", 0, Integer.MAX_VALUE)
            .or(() -> call.input().text("EncryptionAlgorithm", 0, Integer.MAX_VALUE))
            .orElse("");
    if (algorithm.startsWith("RSA")) {
      return RSA;
    }
    return algorithm.startsWith("EC") || algorithm.startsWith("ED") ? ECC : SYMMETRIC;
  }
}
