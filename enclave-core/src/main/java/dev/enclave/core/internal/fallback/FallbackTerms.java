package dev.enclave.core.internal.fallback;

import dev.enclave.Fallback;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.key.CachedKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What companions are endorsed for.
 *
 * @param validFor how long an endorsement is valid, and an outage bridged at most
 */
public record FallbackTerms(String deployment, Duration validFor) {

  /** When an endorsement that is made at {@code now} begins: verifiers allow for other clocks. */
  static Instant from(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** When it ends. */
  Instant until(Instant now) {
    return from(now).plus(validFor);
  }

  /** Whether half of its time is over. */
  boolean isDue(Fallback.Endorsement endorsement, Instant now) {
    return !now.isBefore(endorsement.until().minus(validFor.dividedBy(2)));
  }

  /** Whether it lets the companion of a key's version sign: the version is active, as last read. */
  static boolean allows(Fallback.Endorsement endorsement, CachedKey slot, Instant now) {
    return endorsement.covers(now)
        && !slot.distrusted()
        && slot.newest()
            .filter(entry -> entry.usable())
            .flatMap(entry -> entry.snapshot().active())
            .map(KeyVersion::id)
            .filter(endorsement.version()::equals)
            .isPresent();
  }
}
