package dev.enclave.emulators.fault;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something that goes wrong with one request. Immutable; {@code toString} prints what {@link
 * #parse} reads.
 */
public sealed interface Fault {

  /**
   * The request is carried out, later.
   *
   * @param delay how much later; more than nothing
   */
  record Latency(Duration delay) implements Fault {

    /** Checks the delay. */
    public Latency {
      if (delay.isNegative() || delay.isZero()) {
        throw new IllegalArgumentException("latency " + delay + " is none; give a longer one");
      }
    }

    @Override
    public String toString() {
      return "latency " + delay;
    }
  }

  /** The connection breaks; the client cannot know where. */
  enum Reset implements Fault {
    /** Before the request was applied: nothing happened. */
    BEFORE,
    /** After it was applied: only the answer is lost. */
    AFTER;

    @Override
    public String toString() {
      return "reset-" + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The request is applied, and the connection closes in the middle of the answer.
   *
   * @param bytes how much of the answer's body still arrives, at least zero
   */
  record Truncated(int bytes) implements Fault {

    /** Checks the length. */
    public Truncated {
      if (bytes < 0) {
        throw new IllegalArgumentException("a body cannot be cut off at " + bytes + " bytes");
      }
    }

    @Override
    public String toString() {
      return "truncated " + bytes;
    }
  }

  /**
   * The service answers with an error, in its own words.
   *
   * @param reason what it says
   * @param applied whether it has carried the request out all the same
   * @param retryAfter the seconds that a Retry-After header asks the client to wait
   */
  record Refused(Reason reason, boolean applied, Optional<Integer> retryAfter) implements Fault {

    /** Checks the wait. */
    public Refused {
      if (retryAfter.filter(seconds -> seconds < 0).isPresent()) {
        throw new IllegalArgumentException("nobody can wait for a time that is over");
      }
    }

    /** Without a Retry-After header. */
    public Refused(Reason reason, boolean applied) {
      this(reason, applied, Optional.empty());
    }

    /** What a service says when it does not do what it is asked. */
    public enum Reason {
      /** Something failed inside the service (HTTP 500). */
      INTERNAL_ERROR,
      /** The service is not available (HTTP 503). */
      UNAVAILABLE,
      /** Something that the service depends on did not answer it in time. */
      TIMEOUT,
      /** Too many requests. */
      THROTTLED,
      /** The client's temporary credentials have expired. */
      EXPIRED_TOKEN
    }

    @Override
    public String toString() {
      return reason.name().toLowerCase(Locale.ROOT).replace('_', '-')
          + (applied ? " applied" : "")
          + retryAfter.map(seconds -> " " + seconds).orElse("");
    }
  }

  /**
   * The service answers wrongly.
   *
   * @param kind which wrong answer; each service has its own, by names such as {@code another-key}
   */
  record Wrong(String kind) implements Fault {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]*");

    /** Checks the name's grammar. */
    public Wrong {
      if (!KIND.matcher(kind).matches()) {
        throw new IllegalArgumentException(
            "wrong answer \"" + kind + "\" is not named in lower case, digits and hyphens");
      }
    }

    @Override
    public String toString() {
      return "wrong " + kind;
    }
  }

  /** Nothing reaches the service until the injector is told that it does again. */
  enum Outage implements Fault {
    /** Every connection is reset when a request comes over it. */
    RESET,
    /** No connection can be made. */
    REFUSED;

    @Override
    public String toString() {
      return "outage " + name().toLowerCase(Locale.ROOT);
    }
  }

  /** The request is carried out {@code delay} later. */
  static Fault latency(Duration delay) {
    return new Latency(delay);
  }

  /** The connection breaks before the request is applied. */
  static Fault resetBefore() {
    return Reset.BEFORE;
  }

  /** The connection breaks after the request was applied. */
  static Fault resetAfter() {
    return Reset.AFTER;
  }

  /** {@code bytes} bytes of the answer's body arrive. */
  static Fault truncated(int bytes) {
    return new Truncated(bytes);
  }

  /** The service refuses, and nothing happens. */
  static Fault refused(Refused.Reason reason) {
    return new Refused(reason, false);
  }

  /** The service throttles, and says by a Retry-After header how many seconds it wants to rest. */
  static Fault throttled(int retryAfterSeconds) {
    return new Refused(Refused.Reason.THROTTLED, false, Optional.of(retryAfterSeconds));
  }

  /** The service says that it failed, and did not. */
  static Fault refusedButApplied(Refused.Reason reason) {
    return new Refused(reason, true);
  }

  /** The service answers wrongly. */
  static Fault wrong(String kind) {
    return new Wrong(kind);
  }

  /**
   * Reads what {@code toString} prints.
   *
   * @throws IllegalArgumentException when {@code text} names no fault
   */
  static Fault parse(String text) {
    String[] words = text.strip().split("\\s+", -1);
    Optional<Fault> simple = simple(words[0], words.length == 2 && words[1].equals("applied"));
    if (simple.isPresent() && words.length == (simple.get().toString().contains(" ") ? 2 : 1)) {
      return simple.get();
    }
    if (words.length != 2) {
      throw unknown(text);
    }
    return withArgument(words[0], words[1]).orElseThrow(() -> unknown(text));
  }

  private static Optional<Fault> withArgument(String word, String argument) {
    try {
      return switch (word) {
        case "latency" -> Optional.of(latency(Duration.parse(argument)));
        case "truncated" -> Optional.of(truncated(Integer.parseInt(argument)));
        case "wrong" -> Optional.of(wrong(argument));
        case "throttled" -> Optional.of(throttled(Integer.parseInt(argument)));
        default -> Optional.empty();
      };
    } catch (DateTimeParseException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Fault> simple(String word, boolean applied) {
    for (Reset reset : Reset.values()) {
      if (reset.toString().equals(word)) {
        return Optional.of(reset);
      }
    }
    for (Refused.Reason reason : Refused.Reason.values()) {
      if (new Refused(reason, false).toString().equals(word)) {
        return Optional.of(new Refused(reason, applied));
      }
    }
    return Optional.empty();
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" is no fault. Write latency PT0.2S, reset-before, reset-after, truncated 10,"
            + " internal-error, unavailable, timeout, throttled, expired-token (each also with"
            + " \"applied\" behind it), throttled 5 (with Retry-After), or wrong and the name of a"
            + " wrong answer.");
  }
}
