package dev.enclave.aws.internal;

import dev.enclave.Assurance;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersionId;
import java.time.Duration;
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
record KmsKey(KeyMetadata metadata, KmsTags tags) {

  /** Longer than any creation or rotation may take, clocks that differ included. */
  static final Duration UNDER_WAY = Duration.ofMinutes(15);

  /** Its id: a UUID, or {@code mrk-} and 32 digits for a multi-Region key. Never used twice. */
  String id() {
    return metadata.keyId();
  }

  KeyVersionId version() {
    return KeyVersionId.of(metadata.keyId());
  }

  String arn() {
    return metadata.arn();
  }

  Instant createdAt() {
    return metadata.creationDate();
  }

  /** Whether it is deleted, or will be when its waiting time ends. */
  boolean doomed() {
    return metadata.keyState() == KeyState.PENDING_DELETION
        || metadata.keyState() == KeyState.PENDING_REPLICA_DELETION;
  }

  boolean disabled() {
    return metadata.keyState() == KeyState.DISABLED;
  }

  /** Whether it has no material yet, or none any more. */
  boolean empty() {
    return metadata.keyState() == KeyState.PENDING_IMPORT
        || metadata.keyState() == KeyState.CREATING;
  }

  /** As it is once it was switched off, which reads may not see yet. */
  KmsKey switchedOff() {
    return new KmsKey(
        metadata.toBuilder().keyState(KeyState.DISABLED).enabled(false).build(), tags);
  }

  /** Where its material came from; what lies outside AWS, AWS cannot know. */
  KeyOrigin origin() {
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
  Assurance assurance(boolean reportsHsm) {
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
