package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.kms.model.OriginType;

/**
 * Keys that are less than a KMS key usually is, or not all there, as far as they were read.
 * Thread-safe.
 */
final class KmsFindings {

  /** A report is read by people; one of each kind says most of it. */
  private static final int MOST = 20;

  private final Map<String, Finding> findings = new ConcurrentHashMap<>();

  void note(KmsKey key) {
    if (findings.size() >= MOST) {
      return;
    }
    if (Boolean.TRUE.equals(key.metadata().multiRegion())) {
      findings.putIfAbsent(
          key.arn(),
          warning(
              ErrorCode.ASSURANCE_TOO_LOW,
              "KMS key " + key.arn() + " is a multi-Region key",
              "Its private key may be used in every Region it is replicated to; use a key of one"
                  + " Region unless that is wanted"));
    } else if (key.metadata().origin() == OriginType.EXTERNAL_KEY_STORE) {
      findings.putIfAbsent(
          key.arn(),
          warning(
              ErrorCode.ASSURANCE_TOO_LOW,
              "KMS key " + key.arn() + " lies in an external key store, outside AWS",
              "AWS cannot say how it is protected, so it counts as SOFTWARE; use a key of AWS KMS or"
                  + " of AWS CloudHSM"));
    } else if (key.metadata().customKeyStoreId() != null) {
      findings.putIfAbsent(
          key.arn(),
          warning(
              ErrorCode.BACKEND_UNAVAILABLE,
              "KMS key "
                  + key.arn()
                  + " lies in custom key store "
                  + key.metadata().customKeyStoreId(),
              "It can be used only while that store is connected; see to its availability"));
    }
  }

  /** Of a key that still says that it is being restored, when nobody can be at it any more. */
  void noteRestoring(KeyName name, KmsKey first, Instant now) {
    String about = "restoring " + name;
    if (first.tags().restoring().isEmpty() || first.doomed()) {
      findings.remove(about);
    } else if (first.createdAt().plus(KmsKey.UNDER_WAY).isBefore(now)) {
      findings.putIfAbsent(
          about,
          warning(
              ErrorCode.KEY_NOT_ACTIVE,
              "The restoration of key " + name + " was cut short at " + first.arn(),
              "Restore the same backup as "
                  + name
                  + " once more, which finishes it; or destroy the versions that are there"));
    }
  }

  private static Finding warning(ErrorCode code, String observed, String fix) {
    return Finding.of(Severity.WARNING, code, observed, fix);
  }

  List<Finding> findings() {
    return new ArrayList<>(findings.values());
  }
}
