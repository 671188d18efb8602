package dev.enclave.aws.internal;

import dev.enclave.ErrorCode;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.kms.model.OriginType;

/** Active keys that are less than a KMS key usually is, as far as they were read. Thread-safe. */
final class KmsPeculiarities {

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

  private static Finding warning(ErrorCode code, String observed, String fix) {
    return new Finding(Severity.WARNING, code, observed, fix);
  }

  List<Finding> findings() {
    return new ArrayList<>(findings.values());
  }
}
