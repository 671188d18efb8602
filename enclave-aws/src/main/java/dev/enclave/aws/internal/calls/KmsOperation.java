package dev.enclave.aws.internal.calls;

import dev.enclave.kit.RemoteRequest;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The requests that are sent to KMS. */
public enum KmsOperation {
  CREATE_KEY("CreateKey", true),
  DESCRIBE_KEY("DescribeKey", false),
  GET_PUBLIC_KEY("GetPublicKey", false),
  // A signature or ciphertext of which nobody hears changes nothing.
  SIGN("Sign", false),
  ENCRYPT("Encrypt", false),
  DECRYPT("Decrypt", false),
  CREATE_ALIAS("CreateAlias", true),
  UPDATE_ALIAS("UpdateAlias", true),
  LIST_ALIASES("ListAliases", false),
  LIST_KEYS("ListKeys", false),
  LIST_RESOURCE_TAGS("ListResourceTags", false),
  TAG_RESOURCE("TagResource", true),
  UNTAG_RESOURCE("UntagResource", true),
  ENABLE_KEY("EnableKey", true),
  DISABLE_KEY("DisableKey", true),
  SCHEDULE_KEY_DELETION("ScheduleKeyDeletion", true),
  GET_PARAMETERS_FOR_IMPORT("GetParametersForImport", false),
  IMPORT_KEY_MATERIAL("ImportKeyMaterial", true);

  private static final Set<String> FEW_A_SECOND =
      Stream.of(
              CREATE_KEY,
              CREATE_ALIAS,
              UPDATE_ALIAS,
              TAG_RESOURCE,
              UNTAG_RESOURCE,
              ENABLE_KEY,
              DISABLE_KEY,
              SCHEDULE_KEY_DELETION,
              GET_PARAMETERS_FOR_IMPORT,
              IMPORT_KEY_MATERIAL)
          .map(KmsOperation::permission)
          .collect(Collectors.toUnmodifiableSet());

  private final String apiName;
  private final boolean changes;

  KmsOperation(String apiName, boolean changes) {
    this.apiName = apiName;
    this.changes = changes;
  }

  /**
   * Whether AWS allows 15 of these a second or fewer, by its defaults (KMS Developer Guide,
   * "Request quotas"). It counts them anew each second.
   */
  static boolean fewASecond(String permission) {
    return FEW_A_SECOND.contains(permission);
  }

  /** As policies call it. */
  public String permission() {
    return "kms:" + apiName;
  }

  /** A request for it. */
  RemoteRequest on(String subject) {
    return new RemoteRequest(permission(), changes, subject);
  }
}
