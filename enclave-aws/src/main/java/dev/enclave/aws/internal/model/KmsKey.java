package dev.enclave.aws.internal.model;

import dev.enclave.Assurance;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersionId;
import java.time.Instant;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.OriginType;

/**
 * One KMS key as DescribeKey and ListResourceTags tell it.
 *
 * @param metadata what DescribeKey says
 * @param tags what its tags say
 */
public record KmsKey(KeyMetadata metadata, KmsTags tags) {

  /** Its id: a UUID, or {@code mrk-} and 32 digits for a multi-Region key. Never used twice. */
  public String id() {
    return metadata.keyId();
  }

  public KeyVersionId version() {
    return KeyVersionId.of(metadata.keyId());
  }

  public String arn() {
    return metadata.arn();
  }

  public Instant createdAt() {
    return metadata.creationDate();
  }

  /** Whether it is deleted, or will be when its waiting time ends. */
  public boolean doomed() {
    return metadata.keyState() == KeyState.PENDING_DELETION
        || metadata.keyState() == KeyState.PENDING_REPLICA_DELETION;
  }

  public boolean disabled() {
    return metadata.keyState() == KeyState.DISABLED;
  }

  /** Whether it has no material yet, or none any more. */
  public boolean empty() {
    return metadata.keyState() == KeyState.PENDING_IMPORT
        || metadata.keyState() == KeyState.CREATING;
  }

  /** As it is once it was switched off, which reads may not see yet. */
  public KmsKey switchedOff() {
    return new KmsKey(
        metadata.toBuilder().keyState(KeyState.DISABLED).enabled(false).build(), tags);
  }

  /** Where its material came from; what lies outside AWS, AWS cannot know. */
  public KeyOrigin origin() {
    return switch (metadata.origin() == null
        ? OriginType.UNKNOWN_TO_SDK_VERSION
        : metadata.origin()) {
      case AWS_KMS, AWS_CLOUDHSM -> KeyOrigin.GENERATED;
      case EXTERNAL -> KeyOrigin.IMPORTED;
      case EXTERNAL_KEY_STORE, UNKNOWN_TO_SDK_VERSION -> KeyOrigin.UNKNOWN;
    };
  }

  /**
   * How well it is protected. KMS keys live in HSMs of AWS or of an AWS CloudHSM cluster; what
   * stands behind an external key store's proxy, nobody attests.
   */
  public Assurance assurance(boolean reportsHsm) {
    if (!reportsHsm) {
      return Assurance.SOFTWARE;
    }
    return switch (metadata.origin() == null
        ? OriginType.UNKNOWN_TO_SDK_VERSION
        : metadata.origin()) {
      case AWS_KMS, AWS_CLOUDHSM, EXTERNAL -> Assurance.HSM;
      case EXTERNAL_KEY_STORE, UNKNOWN_TO_SDK_VERSION -> Assurance.SOFTWARE;
    };
  }
}
