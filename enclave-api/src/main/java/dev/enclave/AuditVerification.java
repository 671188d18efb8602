package dev.enclave;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a look at the audit log found.
 *
 * @param records how many records were read and found in order
 * @param problem the first thing that is wrong, with its place; none if the log is intact
 * @param unknownOutcomes operation ids whose intent was recorded but whose outcome was not: a crash
 *     or a call still under way
 * @param fragments files that hold the start of a record whose end was missing when the log was
 *     opened again: what a crash leaves, and what somebody leaves who cuts the log
 * @param checkpoints how many checkpoints were read and found in order
 * @param removed what retention has removed, as the checkpoints say, a sentence for each lane
 * @param uncovered how many records are in no checkpoint yet
 * @param uncoveredSince when the oldest of those was made
 */
public record AuditVerification(
    long records,
    Optional<String> problem,
    List<String> unknownOutcomes,
    List<String> fragments,
    long checkpoints,
    List<String> removed,
    long uncovered,
    Optional<Instant> uncoveredSince) {

  public AuditVerification {
    unknownOutcomes = List.copyOf(unknownOutcomes);
    fragments = List.copyOf(fragments);
    removed = List.copyOf(removed);
  }

  /** As with all records in checkpoints. */
  public AuditVerification(
      long records,
      Optional<String> problem,
      List<String> unknownOutcomes,
      List<String> fragments,
      long checkpoints,
      List<String> removed) {
    this(records, problem, unknownOutcomes, fragments, checkpoints, removed, 0, Optional.empty());
  }

  /** Whether every record is in place and unchanged. */
  public boolean intact() {
    return problem.isEmpty();
  }
}
