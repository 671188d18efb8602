package dev.enclave.core.internal.background;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a replica waits between its looks at keys, so that a fleet at rest asks for little.
 *
 * @param learning after the reading of a key that was not known, and after a rotation
 * @param refreshing after the reading of a key that was known, which may have been changed by
 *     another process
 * @param listing after a list of all names, which tells of keys that other processes made
 * @param looking after a look at the key-encryption key, which may have rotated
 */
record PollingIntervals(
    Duration learning, Duration refreshing, Duration listing, Duration looking) {

  /**
   * Of a remote backend. A key of three versions takes up to ten requests to read and a page of a
   * list has a hundred names: at rest, 10,000 keys take fewer than two requests a minute.
   */
  static final PollingIntervals REMOTE =
      new PollingIntervals(
          Duration.ofSeconds(20),
          Duration.ofMinutes(20),
          Duration.ofHours(12),
          Duration.ofHours(1));

  /** Of a backend in this process, whose keys are files at most. */
  static final PollingIntervals LOCAL =
      new PollingIntervals(
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ofMinutes(10));

  /** No key is read again before, unless it seems to be due. */
  static final Duration FRESH = Duration.ofDays(1);

  /** Nothing is done before, so that an Enclave that is opened for one call asks for nothing. */
  static final Duration FIRST = Duration.ofMinutes(1);

  /** The first looks of a fleet that starts at once are spread over so long. */
  static final Duration FIRST_SPREAD = Duration.ofMinutes(10);

  /** The longest wait, which costs nothing: readings made for others are looked through then. */
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration LONGEST_RETRY = Duration.ofHours(12);
  private static final int MOST_DOUBLINGS = 10;

  /** When the first look is due. */
  static Duration first(RandomGenerator random) {
    return FIRST.plus(upTo(FIRST_SPREAD, random));
  }

  /** From half as long to half as long again. */
  static Duration around(Duration duration, RandomGenerator random) {
    return duration.dividedBy(2).plus(upTo(duration, random));
  }

  /** How long nothing is tried after so many failures in a row: at most an hour. */
  static Duration pause(int failures, RandomGenerator random) {
    return doubled(FIRST_PAUSE, failures, LONGEST_PAUSE, random);
  }

  /** How long one key is not tried after so many failures: at most half a day. */
  static Duration retry(int failures, RandomGenerator random) {
    return doubled(FIRST_RETRY, failures, LONGEST_RETRY, random);
  }

  private static Duration doubled(
      Duration first, int failures, Duration longest, RandomGenerator random) {
    Duration whole = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    Duration bound = whole.compareTo(longest) > 0 ? longest : whole;
    return bound.dividedBy(2).plus(upTo(bound.dividedBy(2), random));
  }

  static Duration upTo(Duration most, RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
  }
}
