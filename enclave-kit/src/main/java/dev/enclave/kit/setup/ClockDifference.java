package dev.enclave.kit.setup;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.TimeSource;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far this machine's clock is from a service's, by the {@code Date} of its answers (RFC 9110
 * §6.6.1). Thread-safe.
 */
public final class ClockDifference {

  /** More is worth a word: tokens are issued for ten minutes and more. */
  public static final Duration LARGEST = Duration.ofMinutes(2);

  /** What can be one. */
  public static final Pattern DATE = Pattern.compile("[A-Za-z0-9 ,:]{1,40}");

  private final TimeSource time;
  private final String service;
  private volatile Duration ahead = Duration.ZERO;

  /**
   * @param service what a finding calls it, such as the API server
   */
  public ClockDifference(TimeSource time, String service) {
    this.time = time;
    this.service = service;
  }

  /**
   * Takes up what an answer says.
   *
   * @param date its header; one that is no date says nothing
   */
  public void observe(String date) {
    // What answers there may keep no clock.
    instant(date).ifPresent(theirs -> ahead = Duration.between(theirs, time.now()));
  }

  /** The instant that such a header names, for {@code CallContext.answeredAt}; none if no date. */
  public static Optional<Instant> instant(String date) {
    try {
      return DATE.matcher(date).matches()
          ? Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** How far, in words, if that is more than {@link #LARGEST}. */
  public Optional<String> observed() {
    Duration now = ahead;
    return now.abs().compareTo(LARGEST) <= 0
        ? Optional.empty()
        : Optional.of(
            Texts.MINUTES_APART.with(now.abs().toMinutes(), now.isNegative() ? "behind" : "ahead"));
  }

  /** What an operator ought to know, if the clocks differ by more than {@link #LARGEST}. */
  public Optional<Finding> finding() {
    return observed()
        .map(
            minutes ->
                Texts.CLOCKS_DIFFER.finding(
                    Severity.WARNING, ErrorCode.POLICY_NOT_MET, service, minutes));
  }
}
