package dev.enclave.emulators.internal.vault.access.token;

import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a token lives from now on (openbao sdk/framework/lease.go, CalculateTTL), in whole
 * seconds.
 *
 * @param warnings what the answer says of limits that applied
 */
public record Lifetime(Duration ttl, List<String> warnings) {

  /**
   * What limits a token; zero for what is not set.
   *
   * @param ttl from the role or the request
   * @param maxTtl from the role, counted from the issue of the token
   * @param explicitMaxTtl which even a period does not outlive
   * @param period which each renewal gives anew
   */
  public record Limits(Duration ttl, Duration maxTtl, Duration explicitMaxTtl, Duration period) {}

  /**
   * What a token gets.
   *
   * @param increment that a renewal asks for
   * @throws VaultFailure when its time is over
   */
  static Lifetime of(
      Limits limits,
      Duration increment,
      Duration standard,
      Duration longest,
      Instant issued,
      Instant at) {
    Instant now = at.truncatedTo(ChronoUnit.SECONDS);
    Instant start = issued.truncatedTo(ChronoUnit.SECONDS);
    List<String> warnings = new ArrayList<>();
    Duration max = lesser(lesser(longest, limits.maxTtl()), limits.explicitMaxTtl());
    Duration ttl;
    Duration left;
    if (isSet(limits.period())) {
      ttl = limits.period();
      if (ttl.compareTo(max) > 0) {
        warnings.add(
            "period of \""
                + text(ttl)
                + "\" exceeded the effective max_ttl of \""
                + text(max)
                + "\"; period value is capped accordingly");
        ttl = max;
      }
      if (!isSet(limits.explicitMaxTtl())) {
        return new Lifetime(ttl, warnings);
      }
      left = Duration.between(now, start.plus(limits.explicitMaxTtl()));
    } else {
      ttl = isSet(increment) ? increment : isSet(limits.ttl()) ? limits.ttl() : standard;
      left = Duration.between(now, start.plus(max));
    }
    if (!isSet(left)) {
      throw VaultFailure.ofCore(500, "past the max TTL, cannot renew");
    }
    if (ttl.compareTo(left) > 0) {
      warnings.add(
          "TTL of \""
              + text(ttl)
              + "\" exceeded the effective max_ttl of \""
              + text(left)
              + "\"; TTL value is capped accordingly");
      ttl = left;
    }
    return new Lifetime(ttl, warnings);
  }

  private static Duration lesser(Duration one, Duration other) {
    return isSet(other) && other.compareTo(one) < 0 ? other : one;
  }

  static boolean isSet(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** As Go writes it, without parts that are zero (humanDuration). */
  static String text(Duration duration) {
    StringBuilder text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    if (duration.toSecondsPart() > 0 || text.isEmpty()) {
      text.append(duration.toSecondsPart()).append('s');
    }
    return text.toString();
  }
}
