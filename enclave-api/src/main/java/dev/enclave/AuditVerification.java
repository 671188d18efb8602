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
 * @param countersigned by which key of a backend the checkpoints are countersigned; none if the log
 *     has named none, and the log's own key alone vouches for it
 */
public record AuditVerification(
    long records,
    Optional<String> problem,
    List<String> unknownOutcomes,
    List<String> fragments,
    long checkpoints,
    List<String> removed,
    long uncovered,
    Optional<Instant> uncoveredSince,
    Optional<Countersigned> countersigned) {

  public AuditVerification {
    unknownOutcomes = List.copyOf(unknownOutcomes);
    fragments = List.copyOf(fragments);
    removed = List.copyOf(removed);
  }

  /** As with all records in checkpoints, and no countersigner. */
  public AuditVerification(
      long records,
      Optional<String> problem,
      List<String> unknownOutcomes,
      List<String> fragments,
      long checkpoints,
      List<String> removed) {
    this(
        records,
        problem,
        unknownOutcomes,
        fragments,
        checkpoints,
        removed,
        0,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * What a log says of its countersigner.
   *
   * @param by its verifier key, {@code name+id+key}
   * @param from number of the first checkpoint that names it; those before have the signature of
   *     the log's own key alone
   * @param checked whether the countersignatures were checked; false if that was waived
   */
  public record Countersigned(String by, long from, boolean checked) {}

  /** Whether every record is in place and unchanged. */
  public boolean intact() {
    return problem.isEmpty();
  }

  /**
   * What a look at a captured stream found ({@link AuditLog#verifyStream}).
   *
   * @param records how many records are in order
   * @param chains what the records make up; one that has a problem may be in several pieces
   * @param problems everything that is wrong, with the number of its line: changed records, missing
   *     ones, forks
   * @param torn lines that hold the start of a record: what a refused write, a cut capture and
   *     somebody who damages the last record of a chain leave
   * @param unknownOutcomes operation ids whose intent was recorded but whose outcome was not
   */
  public record OfStream(
      long records,
      List<Chain> chains,
      List<String> problems,
      List<String> torn,
      List<String> unknownOutcomes) {

    public OfStream {
      chains = List.copyOf(chains);
      problems = List.copyOf(problems);
      torn = List.copyOf(torn);
      unknownOutcomes = List.copyOf(unknownOutcomes);
    }

    /** Whether there are records, and every one is in place and unchanged. */
    public boolean intact() {
      return problems.isEmpty();
    }
  }

  /**
   * Records of one process that follow one from the other.
   *
   * @param name as its first record tells, 32 hexadecimal digits; {@code ?} where that is missing
   * @param first number of the first record
   * @param last number of the last record; whether there were more, nothing in the stream tells
   * @param hash of the last record, in hexadecimal
   */
  public record Chain(String name, long first, long last, String hash) {}
}
