package dev.enclave.audit;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a look at the audit log found. */
public interface AuditVerification {

  /** How many records were read and found in order. */
  long records();

  /** The first thing that is wrong, with its place; none if the log is intact. */
  Optional<String> problem();

  /**
   * Operation ids whose intent was recorded but whose outcome was not: a crash or a call still
   * under way.
   */
  List<String> unknownOutcomes();

  /**
   * Files that hold the start of a record whose end was missing when the log was opened again: what
   * a crash leaves, and what somebody leaves who cuts the log.
   */
  List<String> fragments();

  /** How many checkpoints were read and found in order. */
  long checkpoints();

  /** What retention has removed, as the checkpoints say, a sentence for each lane. */
  List<String> removed();

  /** How many records are in no checkpoint yet. */
  long uncovered();

  /** When the oldest of those was made. */
  Optional<Instant> uncoveredSince();

  /**
   * By which key of a backend the checkpoints are countersigned; none if the log has named none,
   * and the log's own key alone vouches for it.
   */
  Optional<Countersigned> countersigned();

  /**
   * What both a crash and somebody who cuts the log leave, a sentence each: a start after which no
   * end is recorded, a lane that no checkpoint knows, the lock of a lane of which nothing is there.
   */
  List<String> findings();

  /**
   * What a log says of its countersigner.
   *
   * @param by its verifier key, {@code name+id+key}
   * @param from number of the first checkpoint that names it; those before have the signature of
   *     the log's own key alone
   * @param checked whether the countersignatures were checked; false if that was waived
   */
  record Countersigned(String by, long from, boolean checked) {}

  /** Whether every record is in place and unchanged. */
  default boolean intact() {
    return problem().isEmpty();
  }

  /** What a look at a captured stream found ({@link AuditLog#verifyStream}). */
  interface OfStream {

    /** How many records are in order. */
    long records();

    /** What the records make up; one that has a problem may be in several pieces. */
    List<Chain> chains();

    /**
     * Everything that is wrong, with the number of its line: changed records, missing ones, forks.
     */
    List<String> problems();

    /**
     * Lines that hold the start of a record: what a refused write, a cut capture and somebody who
     * damages the last record of a chain leave.
     */
    List<String> torn();

    /** Operation ids whose intent was recorded but whose outcome was not. */
    List<String> unknownOutcomes();

    /** Whether there are records, and every one is in place and unchanged. */
    default boolean intact() {
      return problems().isEmpty();
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
  record Chain(String name, long first, long last, String hash) {}

  /**
   * What whoever verifies an audit log knows of it from elsewhere: {@code
   * Options.against(kept).retention(Duration.ofDays(400))}. Immutable.
   *
   * <p>Against a kept checkpoint, a removal of records is a problem unless it is believed. It is
   * believed of a record when the oldest kept checkpoint that covers the record
   *
   * <ul>
   *   <li>says itself that the record has been removed, or
   *   <li>is at least as old as the stated {@link #retention()}, or
   *   <li>is at least a day old, and the record is within {@link #removedTo()}.
   * </ul>
   *
   * <p>The age of a checkpoint is the time between its {@code at} line and now, by the clock of
   * whoever verifies.
   *
   * @param checkpoints what {@link AuditLog#checkpoint()} gave, kept where the log's writer cannot
   *     change it; in any order
   * @param verifierKeys what {@link AuditLog#provision()} gave, kept where the log's writer cannot
   *     change it: whose signatures all checkpoints must have; none for the keys in the log
   * @param retention how old records get at least before retention removes them; none if nothing is
   *     known
   * @param removedTo by lane, the last record that may have been removed
   * @param countersignatureWaived whether the countersignatures are left unchecked that checkpoints
   *     or keys name
   */
  record Options(
      List<String> checkpoints,
      Optional<String> verifierKeys,
      Optional<Duration> retention,
      SortedMap<Integer, Long> removedTo,
      boolean countersignatureWaived) {

    private static final Options NONE =
        new Options(
            List.of(), Optional.empty(), Optional.empty(), Collections.emptySortedMap(), false);

    /**
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a retention of less than a
     *     day, a lane that is negative or a record that is not positive
     */
    public Options {
      checkpoints = List.copyOf(checkpoints);
      removedTo = Collections.unmodifiableSortedMap(new TreeMap<>(removedTo));
      retention.ifPresent(Options::requireADay);
      removedTo.forEach(Options::requireRecord);
    }

    private static void requireADay(Duration retention) {
      if (retention.compareTo(Duration.ofDays(1)) < 0) {
        throw Texts.RETENTION_TOO_SHORT.as(ErrorCode.INVALID_ARGUMENT, retention);
      }
    }

    private static void requireRecord(int lane, long record) {
      if (lane < 0 || record < 1) {
        throw Texts.NO_SUCH_RECORD.as(ErrorCode.INVALID_ARGUMENT, lane, record);
      }
    }

    /** Nothing is known from elsewhere. */
    public static Options none() {
      return NONE;
    }

    /** Against a checkpoint that was kept. */
    public static Options against(String checkpoint) {
      return NONE.and(checkpoint);
    }

    /** The same with one more checkpoint. An older one proves a greater age of what it covers. */
    public Options and(String checkpoint) {
      List<String> more = new ArrayList<>(checkpoints);
      more.add(checkpoint);
      return new Options(more, verifierKeys, retention, removedTo, countersignatureWaived);
    }

    /**
     * The same with the keys that must have signed every checkpoint, a line {@code name+id+key}
     * each: the log's own, and the countersigner's if the log has named one.
     */
    public Options verifierKeys(String keys) {
      return new Options(
          checkpoints, Optional.of(keys), retention, removedTo, countersignatureWaived);
    }

    /** The same with the retention that is expected: a day or more. */
    public Options retention(Duration age) {
      return new Options(
          checkpoints, verifierKeys, Optional.of(age), removedTo, countersignatureWaived);
    }

    /** The same, and records of the lane up to this one may have been removed. */
    public Options removedTo(int lane, long record) {
      SortedMap<Integer, Long> more = new TreeMap<>(removedTo);
      more.merge(lane, record, Math::max);
      return new Options(checkpoints, verifierKeys, retention, more, countersignatureWaived);
    }

    /** The same, and the log's own signature alone counts, whatever countersigner is named. */
    public Options waiveCountersignature() {
      return new Options(checkpoints, verifierKeys, retention, removedTo, true);
    }
  }
}
