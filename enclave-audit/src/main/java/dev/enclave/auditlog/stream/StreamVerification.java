package dev.enclave.auditlog.stream;

import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Chain;
import java.util.List;

/** What a look at a captured stream found. */
record StreamVerification(
    long records,
    List<Chain> chains,
    List<String> problems,
    List<String> torn,
    List<String> unknownOutcomes)
    implements AuditVerification.OfStream {
  StreamVerification {
    chains = List.copyOf(chains);
    problems = List.copyOf(problems);
    torn = List.copyOf(torn);
    unknownOutcomes = List.copyOf(unknownOutcomes);
  }
}
