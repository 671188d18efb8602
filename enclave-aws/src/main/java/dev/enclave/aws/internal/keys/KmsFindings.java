package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.ServiceKey;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.OriginType;

/**
 * Keys that are less than a KMS key usually is, or not all there, as far as they were read.
 * Thread-safe.
 */
public final class KmsFindings extends KeyFindings {

  private static final String HINT = "hint";
  private static final String PASSED_OVER = "keys whose tags are denied";

  private int passedOver;

  void note(KeyMetadata key) {
    if (Boolean.TRUE.equals(key.multiRegion())) {
      warn(
          "multi-Region",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          "KMS key " + key.arn() + " is a multi-Region key",
          "Its private key may be used in every Region it is replicated to; use a key of one"
              + " Region unless that is wanted");
    } else if (key.origin() == OriginType.EXTERNAL_KEY_STORE) {
      warn(
          "external",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          "KMS key " + key.arn() + " lies in an external key store, outside AWS",
          "AWS cannot say how it is protected, so it counts as SOFTWARE; use a key of AWS KMS or"
              + " of AWS CloudHSM");
    } else if (key.customKeyStoreId() != null) {
      warn(
          "custom",
          key.arn(),
          ErrorCode.BACKEND_UNAVAILABLE,
          "KMS key " + key.arn() + " lies in custom key store " + key.customKeyStoreId(),
          "It can be used only while that store is connected; see to its availability");
    }
  }

  /** Of an alias for people that somebody let name another KMS key than a version of the key. */
  void noteHint(KeyName name, ServiceKey active, Optional<String> other) {
    String alias = KmsNames.hint(name);
    if (other.isEmpty()) {
      forget(HINT, alias);
      return;
    }
    String observed =
        alias
            + " names KMS key "
            + other.get()
            + ", which Enclave did not make: somebody rotated by hand. It signs nothing; "
            + active.uri()
            + " does";
    String fix =
        "Let the alias name that again, or use the other KMS key with the setting enclave.keys";
    tell(HINT, alias, ErrorCode.KEY_IDENTITY_CHANGED, observed, fix);
  }

  /** Of a walk through all keys; the first part of another begins to count anew. */
  synchronized void notePassedOver(int keys, boolean afresh) {
    passedOver = afresh ? keys : passedOver + keys;
    if (passedOver == 0) {
      forget(PASSED_OVER, PASSED_OVER);
      return;
    }
    warn(
        PASSED_OVER,
        PASSED_OVER,
        ErrorCode.ACCESS_DENIED,
        passedOver
            + " of the keys of this account and region were passed over, since kms:ListResourceTags"
            + " is denied for them",
        "AWS's own keys and those of other environments are usually among them. To look at all,"
            + " allow kms:ListResourceTags on every key: enclave doctor --iam prints the"
            + " statement");
  }
}
