package dev.enclave;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What whoever verifies an audit log knows of it from elsewhere: {@code
 * AuditVerificationOptions.against(kept).retention(Duration.ofDays(400))}. Immutable.
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
 * @param verifierKey whose signature the checkpoints must have; none for the key in the log
 * @param retention how old records get at least before retention removes them; none if nothing is
 *     known
 * @param removedTo by lane, the last record that may have been removed
 */
public record AuditVerificationOptions(
    List<String> checkpoints,
    Optional<String> verifierKey,
    Optional<Duration> retention,
    SortedMap<Integer, Long> removedTo) {

  private static final AuditVerificationOptions NONE =
      new AuditVerificationOptions(
          List.of(), Optional.empty(), Optional.empty(), Collections.emptySortedMap());

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a retention of less than a day,
   *     a lane that is negative or a record that is not positive
   */
  public AuditVerificationOptions {
    checkpoints = List.copyOf(checkpoints);
    removedTo = Collections.unmodifiableSortedMap(new TreeMap<>(removedTo));
    retention.ifPresent(AuditVerificationOptions::requireADay);
    removedTo.forEach(AuditVerificationOptions::requireRecord);
  }

  private static void requireADay(Duration retention) {
    if (retention.compareTo(Duration.ofDays(1)) < 0) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "A retention of "
              + retention
              + " is less than a day, and the removal of records so young is never believed. State"
              + " a day or more, such as P400D.");
    }
  }

  private static void requireRecord(int lane, long record) {
    if (lane < 0 || record < 1) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Lane "
              + lane
              + " has no record "
              + record
              + ". Lanes are counted from 0 and records from 1.");
    }
  }

  /** Nothing is known from elsewhere. */
  public static AuditVerificationOptions none() {
    return NONE;
  }

  /** Against a checkpoint that was kept. */
  public static AuditVerificationOptions against(String checkpoint) {
    return NONE.and(checkpoint);
  }

  /** The same with one more checkpoint. An older one proves a greater age of what it covers. */
  public AuditVerificationOptions and(String checkpoint) {
    List<String> more = new ArrayList<>(checkpoints);
    more.add(checkpoint);
    return new AuditVerificationOptions(more, verifierKey, retention, removedTo);
  }

  /** The same with the key that must have signed the checkpoints, one line {@code name+id+key}. */
  public AuditVerificationOptions verifierKey(String key) {
    return new AuditVerificationOptions(checkpoints, Optional.of(key), retention, removedTo);
  }

  /** The same with the retention that is expected: a day or more. */
  public AuditVerificationOptions retention(Duration age) {
    return new AuditVerificationOptions(checkpoints, verifierKey, Optional.of(age), removedTo);
  }

  /** The same, and records of the lane up to this one may have been removed. */
  public AuditVerificationOptions removedTo(int lane, long record) {
    SortedMap<Integer, Long> more = new TreeMap<>(removedTo);
    more.merge(lane, record, Math::max);
    return new AuditVerificationOptions(checkpoints, verifierKey, retention, more);
  }
}
