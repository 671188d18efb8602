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
 * @param verifierKeys what {@link AuditLog#provision()} gave, kept where the log's writer cannot
 *     change it: whose signatures all checkpoints must have; none for the keys in the log
 * @param retention how old records get at least before retention removes them; none if nothing is
 *     known
 * @param removedTo by lane, the last record that may have been removed
 * @param countersignatureWaived whether the countersignatures are left unchecked that checkpoints
 *     or keys name
 */
public record AuditVerificationOptions(
    List<String> checkpoints,
    Optional<String> verifierKeys,
    Optional<Duration> retention,
    SortedMap<Integer, Long> removedTo,
    boolean countersignatureWaived) {

  private static final AuditVerificationOptions NONE =
      new AuditVerificationOptions(
          List.of(), Optional.empty(), Optional.empty(), Collections.emptySortedMap(), false);

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
    return new AuditVerificationOptions(
        more, verifierKeys, retention, removedTo, countersignatureWaived);
  }

  /**
   * The same with the keys that must have signed every checkpoint, a line {@code name+id+key} each:
   * the log's own, and the countersigner's if the log has named one.
   */
  public AuditVerificationOptions verifierKeys(String keys) {
    return new AuditVerificationOptions(
        checkpoints, Optional.of(keys), retention, removedTo, countersignatureWaived);
  }

  /** The same with the retention that is expected: a day or more. */
  public AuditVerificationOptions retention(Duration age) {
    return new AuditVerificationOptions(
        checkpoints, verifierKeys, Optional.of(age), removedTo, countersignatureWaived);
  }

  /** The same, and records of the lane up to this one may have been removed. */
  public AuditVerificationOptions removedTo(int lane, long record) {
    SortedMap<Integer, Long> more = new TreeMap<>(removedTo);
    more.merge(lane, record, Math::max);
    return new AuditVerificationOptions(
        checkpoints, verifierKeys, retention, more, countersignatureWaived);
  }

  /** The same, and the log's own signature alone counts, whatever countersigner is named. */
  public AuditVerificationOptions waiveCountersignature() {
    return new AuditVerificationOptions(checkpoints, verifierKeys, retention, removedTo, true);
  }
}
