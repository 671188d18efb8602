package dev.enclave.emulators.fault;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which requests of an operation get a fault. Immutable; {@link #toString} prints what {@link
 * #parse} reads.
 *
 * @param operation the operation's own name, such as {@code Sign}, {@code get secrets} or {@code
 *     transit/sign}, or {@link #ANY}
 * @param when which of them
 * @param fault what goes wrong
 */
public record FaultRule(String operation, When when, Fault fault) {

  /** Every operation; their requests are counted together for it. */
  public static final String ANY = "*";

  private static final Pattern RULE =
      Pattern.compile(
          "(?<operation>\\*|[A-Za-z][A-Za-z0-9./:-]*(?: (?!every\\b)[a-z/]+)?)\\s+"
              + "(?:(?<from>\\d+)(?:-(?<to>\\d+))?|every\\s+(?<nth>\\d+)|(?<percent>[0-9.]+)%)"
              + "\\s*:\\s*(?<fault>.+)");

  /** Which requests, by their number among those of the operation, from 1. */
  public sealed interface When {

    /**
     * Those between two numbers.
     *
     * @param from the first
     * @param to the last
     */
    record Between(long from, long to) implements When {

      /** Checks the order. */
      public Between {
        if (from < 1 || to < from) {
          throw new IllegalArgumentException(
              "requests " + from + " to " + to + " are none; they are counted from 1");
        }
      }

      @Override
      public String toString() {
        return from == to ? Long.toString(from) : from + "-" + to;
      }
    }

    /**
     * Every {@code nth}.
     *
     * @param nth 1 for all
     */
    record Every(long nth) implements When {

      /** Checks the number. */
      public Every {
        if (nth < 1) {
          throw new IllegalArgumentException("every " + nth + "th request is none; begin at 1");
        }
      }

      @Override
      public String toString() {
        return "every " + nth;
      }
    }

    /**
     * A share of them, chosen by the plan's seed: the same numbers every time.
     *
     * @param percent of all, from 0 to 100
     */
    record Share(double percent) implements When {

      /** Checks the bounds. */
      public Share {
        if (!(percent >= 0 && percent <= 100)) {
          throw new IllegalArgumentException(percent + "% is no share between 0% and 100%");
        }
      }

      @Override
      public String toString() {
        return BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + "%";
      }
    }
  }

  /**
   * Whether it is about the {@code number}-th request. A pure function, so that neither threads nor
   * other operations change what happens.
   *
   * @param seed of the plan
   * @param index of this rule in its plan
   */
  boolean concerns(long number, long seed, int index) {
    if (when instanceof When.Between between) {
      return number >= between.from() && number <= between.to();
    }
    if (when instanceof When.Every every) {
      return number % every.nth() == 0;
    }
    long own = seed * 31 + operation.hashCode();
    return new SplittableRandom(new SplittableRandom(own * 31 + index).nextLong() + number)
            .nextDouble(100)
        < ((When.Share) when).percent();
  }

  boolean isAbout(String asked) {
    return operation.equals(ANY) || operation.equals(asked);
  }

  /**
   * Reads what {@link #toString} prints, such as {@code Sign 3: reset-after}, {@code Sign 5-9:
   * throttled}, {@code CreateKey every 2: unavailable} or {@code * 1%: internal-error}.
   *
   * @throws IllegalArgumentException when {@code text} is no rule
   */
  public static FaultRule parse(String text) {
    Matcher matcher = RULE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no rule. Write an operation or *, which requests (3, 5-9, every 2 or 1%), a"
              + " colon and a fault, as in: Sign 3: reset-after");
    }
    return new FaultRule(
        matcher.group("operation"), when(matcher), Fault.parse(matcher.group("fault")));
  }

  private static When when(Matcher matcher) {
    if (matcher.group("nth") != null) {
      return new When.Every(Long.parseLong(matcher.group("nth")));
    }
    if (matcher.group("percent") != null) {
      return new When.Share(Double.parseDouble(matcher.group("percent")));
    }
    long from = Long.parseLong(matcher.group("from"));
    String to = matcher.group("to");
    return new When.Between(from, to == null ? from : Long.parseLong(to));
  }

  @Override
  public String toString() {
    return operation + " " + when + ": " + fault;
  }
}
