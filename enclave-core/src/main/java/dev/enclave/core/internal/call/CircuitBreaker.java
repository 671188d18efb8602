package dev.enclave.core.internal.call;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Holds calls back after many in a row without an answer, lets one through now and then to see
 * whether the backend is back, and then lets all back in step by step: every answer two more.
 * Thread-safe.
 *
 * <p>What began before the breaker opened says nothing of the time after, so every attempt carries
 * the era in which it began. A half-closed breaker that closed at the first answer would send all
 * waiting callers at once to a backend that has just got up; here as many are under way at most as
 * it has shown that it answers, and twice that a round trip later.
 */
final class CircuitBreaker {

  static final int FAILURES_TO_OPEN = 20;

  /** Of the first opening; doubled by every probe that gets no answer. */
  static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);

  static final Duration LONGEST_HOLD = Duration.ofSeconds(4);

  /** What {@link #enter} answers to a call that may not go. */
  static final int HELD_BACK = -1;

  /** Of an attempt that says nothing of the backend. */
  static final int NO_ERA = -2;

  /** While calls are let back in: one may be lost on the way, three in a row are the outage. */
  static final int FAILURES_TO_OPEN_AGAIN = 3;

  private static final int LET_IN_PER_ANSWER = 2;

  /** So many more than are asked for: nobody is held back, so the breaker closes. */
  private static final int LET_IN_TO_CLOSE = 128;

  private final TimeSource time;
  private final RandomGenerator random;
  private volatile int era;

  // Whether there is anything to look at under the lock: calls that succeed one after the other,
  // which is nearly all of them, do not meet there.
  private volatile boolean troubled;

  private int failuresInARow;
  private boolean open;
  private boolean recovering;
  private boolean proven;
  private int letIn;
  private Duration widest = SHORTEST_HOLD;
  private Duration hold = SHORTEST_HOLD;
  private long heldSinceNanos;

  CircuitBreaker(TimeSource time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  /** The era of an attempt that may go now, or {@link #HELD_BACK}. */
  int enter() {
    // Read before the look at the trouble: an attempt is rather taken for an old one than for a
    // probe.
    int current = era;
    return troubled ? enterWhileTroubled() : current;
  }

  private synchronized int enterWhileTroubled() {
    if (!open) {
      return era;
    }
    if (letIn > 0) {
      letIn--;
      return era;
    }
    if (remainingHold().isZero()) {
      // This one is the probe; the others wait for what it finds.
      heldSinceNanos = time.nanoTime();
      return era;
    }
    return HELD_BACK;
  }

  /** Elapsed time, since a wall clock that is set back would hold calls back for as long. */
  private Duration remainingHold() {
    Duration left = hold.minusNanos(time.nanoTime() - heldSinceNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The backend answered an attempt of {@code began}, be it with a refusal. */
  void answered(int began) {
    if (troubled) {
      recover(began, LET_IN_PER_ANSWER);
    }
  }

  /** The backend answered that it is asked too much: as many may go as before, not more. */
  void throttled(int began) {
    if (troubled) {
      recover(began, 1);
    }
  }

  private synchronized void recover(int began, int more) {
    if (began != era) {
      return;
    }
    failuresInARow = 0;
    proven = false;
    if (!open) {
      troubled = false;
      return;
    }
    recovering = true;
    letIn += more;
    widest = SHORTEST_HOLD;
    holdFor(SHORTEST_HOLD);
    if (letIn >= LET_IN_TO_CLOSE) {
      open = false;
      recovering = false;
      troubled = false;
    }
  }

  /**
   * No answer came to an attempt of {@code began}.
   *
   * @param proof whether an answer would have come from a backend that is up
   */
  synchronized void failed(int began, boolean proof) {
    if (began != era) {
      return;
    }
    troubled = true;
    proven |= proof;
    failuresInARow++;
    if (open && !recovering) {
      widest = doubled(widest);
      holdFor(widest);
    } else if (failuresInARow >= (recovering ? FAILURES_TO_OPEN_AGAIN : FAILURES_TO_OPEN)) {
      open = true;
      recovering = false;
      letIn = 0;
      era++;
      widest = SHORTEST_HOLD;
      holdFor(widest);
    }
  }

  private static Duration doubled(Duration duration) {
    Duration twice = duration.multipliedBy(2);
    return twice.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : twice;
  }

  /** Up to half as long again, so that the processes of a fleet do not all probe at once. */
  private void holdFor(Duration duration) {
    hold = duration.plus(upTo(duration.dividedBy(2)));
    heldSinceNanos = time.nanoTime();
  }

  /**
   * When a call that is held back had better come again; none if nothing is held back. Each gets
   * another moment, since callers who all obey the same one come back as the storm that the breaker
   * is there to prevent.
   */
  synchronized Optional<Instant> retryAt() {
    if (!open) {
      return Optional.empty();
    }
    Duration wait = recovering ? Duration.ZERO : remainingHold();
    return Optional.of(time.now().plus(wait).plus(upTo(widest)));
  }

  /** Whether the backend answers again, and calls are only held back so as not to overrun it. */
  synchronized boolean recovering() {
    return recovering;
  }

  /**
   * Whether one of the attempts without an answer, since the last with one, would have had an
   * answer from a backend that is up: callers in a hurry may have given the others up.
   */
  synchronized boolean proven() {
    return proven;
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
  }
}
