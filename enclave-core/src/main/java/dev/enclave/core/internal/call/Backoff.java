package dev.enclave.core.internal.call;

import dev.enclave.spi.BackendFailure;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait between attempts: full jitter, {@code U(0, min(cap, base·2^n))}.
 *
 * @param base the widest first wait
 * @param cap the widest wait
 * @param maxAttempts attempts in all, the first included
 */
public record Backoff(Duration base, Duration cap, int maxAttempts) {

  public static final Backoff DEFAULT =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), 8);

  /** The wait after {@code failed} attempts have failed (1, 2, …). */
  Duration pauseAfter(int failed, RandomGenerator random) {
    int doublings = Math.min(failed - 1, 30);
    // Compared by halving the cap, since doubling the base may overflow.
    long widest =
        base.toNanos() > cap.toNanos() >> doublings ? cap.toNanos() : base.toNanos() << doublings;
    return Duration.ofNanos(random.nextLong(Math.max(1, widest)));
  }

  /** The same, or what the backend asked for if that is longer. */
  Duration pauseAfter(int failed, RandomGenerator random, BackendFailure failure) {
    Duration jittered = pauseAfter(failed, random);
    return failure.retryAfter().filter(asked -> asked.compareTo(jittered) > 0).orElse(jittered);
  }
}
