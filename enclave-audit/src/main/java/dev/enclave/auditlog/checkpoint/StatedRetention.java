package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.texts.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a checkpoint says of retention: a line of its head.
 *
 * @param age how old records get at least
 * @param from when the first may be removed for it
 */
public record StatedRetention(Duration age, Instant from) {

  /** The first word of the line. */
  static final String WORD = "retention";

  /** Whoever shortened it by mistake has this long to notice before records are gone. */
  static final Duration NOTICE = Duration.ofDays(1);

  /** As first stated in a checkpoint of that time. */
  static StatedRetention at(Instant time, Duration age) {
    return new StatedRetention(age, time.plus(NOTICE));
  }

  /** Reads the words of {@link #line}; not every text that can be read is in its one form. */
  static StatedRetention parse(String[] words) {
    return new StatedRetention(Duration.parse(words[1]), Instant.parse(words[3]));
  }

  String line() {
    return WORD + " " + text(age) + " from " + from;
  }

  /** Says from what to what a setting shortens the retention, if it does. */
  public static Optional<String> shortening(Optional<StatedRetention> stated, Duration age) {
    return stated.filter(known -> known.age().compareTo(age) <= 0).isPresent()
        ? Optional.empty()
        : Optional.of(
            Texts.RETENTION_CHANGE.with(
                stated.map(known -> text(known.age())).orElse("all"), text(age)));
  }

  /** In days, if it is of whole days. */
  public static String text(Duration age) {
    return age.equals(Duration.ofDays(age.toDays())) ? "P" + age.toDays() + "D" : age.toString();
  }
}
