package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.texts.Texts;
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
  private static final String PASSED_OVER = Texts.TAGS_DENIED.with();

  private int passedOver;

  void note(KeyMetadata key) {
    if (Boolean.TRUE.equals(key.multiRegion())) {
      warn(
          "multi-Region",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          Texts.MULTI_REGION.observed(key.arn()),
          Texts.MULTI_REGION.advice(key.arn()));
    } else if (key.origin() == OriginType.EXTERNAL_KEY_STORE) {
      warn(
          "external",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          Texts.EXTERNAL_STORE.observed(key.arn()),
          Texts.EXTERNAL_STORE.advice(key.arn()));
    } else if (key.customKeyStoreId() != null) {
      warn(
          "custom",
          key.arn(),
          ErrorCode.BACKEND_UNAVAILABLE,
          Texts.CUSTOM_STORE.with(key.arn(), key.customKeyStoreId()),
          Texts.STORE_CONNECTED.with());
    }
  }

  /** Of an alias for people that somebody let name another KMS key than a version of the key. */
  void noteHint(KeyName name, ServiceKey active, Optional<String> other) {
    String alias = KmsNames.hint(name);
    if (other.isEmpty()) {
      forget(HINT, alias);
      return;
    }
    String observed = Texts.ALIAS_NAMES_OTHER.with(alias, other.get(), active.uri());
    String fix = Texts.LET_ALIAS_NAME.with();
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
        Texts.PASSED_OVER.observed(passedOver),
        Texts.PASSED_OVER.advice(passedOver));
  }
}
