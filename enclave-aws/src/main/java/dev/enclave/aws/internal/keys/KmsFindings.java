package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.ledger.LedgerKey;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.OriginType;

/**
 * Keys that are less than a KMS key usually is, or not all there, as far as they were read.
 * Thread-safe.
 */
public final class KmsFindings {

  private static final System.Logger LOG = System.getLogger("dev.enclave");
  private static final String RESTORING = "restoring";
  private static final String HINT = "hint";
  private static final String PASSED_OVER = "keys whose tags are denied";

  private final KeyFindings findings = new KeyFindings();
  private int passedOver;

  void note(KeyMetadata key) {
    if (Boolean.TRUE.equals(key.multiRegion())) {
      findings.warn(
          "multi-Region",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          "KMS key " + key.arn() + " is a multi-Region key",
          "Its private key may be used in every Region it is replicated to; use a key of one"
              + " Region unless that is wanted");
    } else if (key.origin() == OriginType.EXTERNAL_KEY_STORE) {
      findings.warn(
          "external",
          key.arn(),
          ErrorCode.ASSURANCE_TOO_LOW,
          "KMS key " + key.arn() + " lies in an external key store, outside AWS",
          "AWS cannot say how it is protected, so it counts as SOFTWARE; use a key of AWS KMS or"
              + " of AWS CloudHSM");
    } else if (key.customKeyStoreId() != null) {
      findings.warn(
          "custom",
          key.arn(),
          ErrorCode.BACKEND_UNAVAILABLE,
          "KMS key " + key.arn() + " lies in custom key store " + key.customKeyStoreId(),
          "It can be used only while that store is connected; see to its availability");
    }
  }

  /** Of a key that still says that it is being restored, when nobody can be at it any more. */
  void noteRestoring(LedgerKey key, CallContext call) {
    String name = key.name().value();
    Optional<ServiceKey> first =
        key.versions().stream()
            .filter(version -> version.tags().containsKey(KmsNames.RESTORING))
            .filter(version -> version.material() != Material.GONE)
            .findFirst();
    if (first.isEmpty()) {
      findings.forget(RESTORING, name);
    } else if (LeftOver.isOld(first.get().createdAt(), call)) {
      findings.warn(
          RESTORING,
          name,
          ErrorCode.KEY_NOT_ACTIVE,
          "The restoration of key " + name + " was cut short at " + first.get().uri(),
          "Restore the same backup as "
              + name
              + " once more, which finishes it; or destroy the versions that are there");
    }
  }

  /** Of an alias for people that somebody let name another KMS key than a version of the key. */
  void noteHint(KeyName name, ServiceKey active, Optional<String> other) {
    String alias = KmsNames.hint(name);
    if (other.isEmpty()) {
      findings.forget(HINT, alias);
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
    if (findings.warn(HINT, alias, ErrorCode.KEY_IDENTITY_CHANGED, observed, fix)) {
      LOG.log(System.Logger.Level.WARNING, "{0}. {1}.", observed, fix);
    }
  }

  /** Of a walk through all keys; the first part of another begins to count anew. */
  synchronized void notePassedOver(int keys, boolean afresh) {
    passedOver = afresh ? keys : passedOver + keys;
    if (passedOver == 0) {
      findings.forget(PASSED_OVER, PASSED_OVER);
      return;
    }
    findings.warn(
        PASSED_OVER,
        PASSED_OVER,
        ErrorCode.ACCESS_DENIED,
        passedOver
            + " of the keys of this account and region were passed over, since kms:ListResourceTags"
            + " is denied for them",
        "AWS's own keys and those of other environments are usually among them. To look at all,"
            + " allow kms:ListResourceTags on every key: enclave doctor --iam prints the statement");
  }

  public List<Finding> all() {
    return findings.all();
  }
}
