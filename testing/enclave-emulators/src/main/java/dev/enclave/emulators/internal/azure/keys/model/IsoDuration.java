package dev.enclave.emulators.internal.azure.keys.model;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * ISO 8601 durations as rotation policies have them: "90 days: P90D, 3 months: P3M, 48 hours:
 * PT48H, 1 year and 10 days: P1Y10D".
 */
public record IsoDuration(Period period, Duration time) {

  public static Optional<IsoDuration> parse(String text) {
    int t = text.indexOf('T');
    String days = t < 0 ? text : text.substring(0, t);
    try {
      return Optional.of(
          new IsoDuration(
              days.equals("P") ? Period.ZERO : Period.parse(days),
              t < 0 ? Duration.ZERO : Duration.parse("P" + text.substring(t))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  public Instant after(Instant start) {
    return utc(start).plus(period).plus(time).toInstant();
  }

  public Instant before(Instant end) {
    return utc(end).minus(period).minus(time).toInstant();
  }

  public boolean isAtLeast(Duration least) {
    return !after(Instant.EPOCH).isBefore(Instant.EPOCH.plus(least));
  }

  private static ZonedDateTime utc(Instant instant) {
    return instant.atZone(ZoneOffset.UTC);
  }
}
