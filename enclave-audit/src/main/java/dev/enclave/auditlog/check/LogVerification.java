package dev.enclave.auditlog.check;

import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Countersigned;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a look at the log found. */
public record LogVerification(
    long records,
    Optional<String> problem,
    List<String> unknownOutcomes,
    List<String> fragments,
    long checkpoints,
    List<String> removed,
    long uncovered,
    Optional<Instant> uncoveredSince,
    Optional<Countersigned> countersigned,
    List<String> findings)
    implements AuditVerification {
  public LogVerification {
    unknownOutcomes = List.copyOf(unknownOutcomes);
    fragments = List.copyOf(fragments);
    removed = List.copyOf(removed);
    findings = List.copyOf(findings);
  }
}
