package dev.enclave;

import java.util.List;
import java.util.Optional;

/**
 * What a look at the audit log found.
 *
 * @param records how many records were read and found in order
 * @param problem the first thing that is wrong, with its place; none if the log is intact
 * @param unknownOutcomes operation ids whose intent was recorded but whose outcome was not: a crash
 *     or a call still under way
 */
public record AuditVerification(
    long records, Optional<String> problem, List<String> unknownOutcomes) {

  public AuditVerification {
    unknownOutcomes = List.copyOf(unknownOutcomes);
  }

  /** Whether every record is in place and unchanged. */
  public boolean intact() {
    return problem.isEmpty();
  }
}
