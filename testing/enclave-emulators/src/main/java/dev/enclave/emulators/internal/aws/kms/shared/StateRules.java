package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.model.KeyState;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;

/**
 * KMS Developer Guide, "Key states of AWS KMS keys", the key state table with its numbered table
 * details. Where it leaves a choice for keys pending deletion ("[2] or [3]"), this is [3].
 */
public final class StateRules {

  private StateRules() {}

  /** Cryptographic operations, GetPublicKey, rotation: [1], [3], [5]. */
  public static void requireEnabled(KmsKey key, Call call) {
    KeyState state = key.state(call.now());
    if (state == KeyState.DISABLED) {
      throw AwsFailure.of("DisabledException", key.arn() + " is disabled.");
    }
    if (state != KeyState.ENABLED) {
      throw invalid(key, state);
    }
  }

  /** EnableKey, DisableKey: [3], [5]. */
  public static void requireMaterial(KmsKey key, Call call) {
    KeyState state = key.state(call.now());
    if (state == KeyState.PENDING_DELETION || state == KeyState.PENDING_IMPORT) {
      throw invalid(key, state);
    }
  }

  /** CreateAlias, UpdateAlias, tagging, descriptions, import, ScheduleKeyDeletion: [3]. */
  public static void requireNotPendingDeletion(KmsKey key, Call call) {
    if (key.state(call.now()) == KeyState.PENDING_DELETION) {
      throw invalid(key, KeyState.PENDING_DELETION);
    }
  }

  /** CancelKeyDeletion: [4]. */
  public static void requirePendingDeletion(KmsKey key, Call call) {
    if (key.state(call.now()) != KeyState.PENDING_DELETION) {
      throw AwsFailure.of("KMSInvalidStateException", key.arn() + " is not pending deletion.");
    }
  }

  private static AwsFailure invalid(KmsKey key, KeyState state) {
    return AwsFailure.of(
        "KMSInvalidStateException",
        key.arn()
            + (state == KeyState.PENDING_DELETION
                ? " is pending deletion."
                : state == KeyState.UNAVAILABLE
                    ? " is unavailable: its custom key store is not connected."
                    : " is pending import."));
  }
}
