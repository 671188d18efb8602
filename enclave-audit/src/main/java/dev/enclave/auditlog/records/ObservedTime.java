package dev.enclave.auditlog.records;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeSet;

/**
 * How much of a waiting time records have seen pass. A clock that was set ahead leaves a gap
 * between two records, and of a gap no more is believed than a step: a tenth of the waiting time, a
 * week at most.
 */
public final class ObservedTime {

  private static final int STEPS = 10;
  private static final Duration LONGEST_STEP = Duration.ofDays(7);

  private ObservedTime() {}

  /**
   * By when it certainly is, if it is {@code until} by a clock.
   *
   * @param since from when on something waits
   * @param wait how long
   * @param records when records were made, in any order, before {@code since} and after {@code
   *     until} too
   */
  public static Instant of(
      Instant since, Duration wait, Collection<Instant> records, Instant until) {
    if (!until.isAfter(since)) {
      return until;
    }
    Duration part = wait.dividedBy(STEPS);
    Duration step = part.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : part;
    TreeSet<Instant> points = new TreeSet<>(records);
    points.add(until);
    Instant passed = since;
    Instant last = since;
    for (Instant at : points.subSet(since, true, until, true)) {
      Duration gap = Duration.between(last, at);
      passed = passed.plus(gap.compareTo(step) > 0 ? step : gap);
      last = at;
    }
    return passed;
  }
}
