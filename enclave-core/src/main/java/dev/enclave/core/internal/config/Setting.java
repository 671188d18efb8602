package dev.enclave.core.internal.config;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A row of the table in {@link Settings}.
 *
 * @param name in full
 * @param expected what would be right, for a message
 * @param reader throws for what is no value
 * @param otherwise what holds where nobody states a value, if that is the same everywhere
 * @param scale which of two values is the stricter; none where a later source lowers nothing
 * @param implied what whoever declares an environment type states by that, if anything
 */
public record Setting<T>(
    String name,
    String expected,
    Function<String, T> reader,
    Optional<T> otherwise,
    Optional<Scale<T>> scale,
    Function<EnvironmentType, Optional<Implied>> implied) {

  /**
   * Which of two values is the stricter.
   *
   * @param atLeast whether the first is as strict as the second, or stricter
   * @param ordered whether there is a stricter and a laxer end; else only the same value is as
   *     strict, and what was stated stays
   */
  record Scale<T>(BiPredicate<T, T> atLeast, boolean ordered) {}

  /**
   * What is stated without being written.
   *
   * @param shown as a message names it
   * @param strictest whether every value is laxer
   */
  record Implied(String shown, boolean strictest) {}

  static <T> Setting<T> of(String name, String expected, Function<String, T> reader) {
    return new Setting<>(
        name, expected, reader, Optional.empty(), Optional.empty(), type -> Optional.empty());
  }

  /** Any text. */
  static Setting<String> text(String name) {
    return of(name, Texts.A_TEXT.with(), Function.identity());
  }

  /** A constant; case is not significant, {@code -} is {@code _}. */
  static <E extends Enum<E>> Setting<E> choice(String name, Class<E> type) {
    List<String> all = Arrays.stream(type.getEnumConstants()).map(Configuration::spelled).toList();
    return of(
        name,
        Texts.ONE_OF.with(String.join(", ", all)),
        text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  static Setting<Boolean> truth(String name) {
    return of(
        name,
        Texts.TRUE_OR_FALSE.with(),
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
          }
          return Boolean.valueOf(text);
        });
  }

  /** A comma-separated list. */
  static <T> Setting<List<T>> list(String name, String expected, Function<String, T> reader) {
    return of(
        name,
        expected,
        text -> Arrays.stream(text.split(",", -1)).map(String::strip).map(reader).toList());
  }

  static Setting<Duration> duration(
      String name, String expected, Duration least, Duration greatest) {
    return of(
        name,
        expected,
        text -> {
          try {
            Duration duration = Duration.parse(text);
            if (duration.compareTo(least) >= 0 && duration.compareTo(greatest) <= 0) {
              return duration;
            }
          } catch (DateTimeParseException e) {
            // Told below.
          }
          throw new IllegalArgumentException("no duration from " + least + " to " + greatest);
        });
  }

  /** The stricter is what {@code atLeast} says. */
  Setting<T> stricter(BiPredicate<T, T> atLeast) {
    return scaled(new Scale<>(atLeast, true));
  }

  /** What was stated stays. */
  Setting<T> fixed() {
    return scaled(new Scale<>(Object::equals, false));
  }

  private Setting<T> scaled(Scale<T> by) {
    return new Setting<>(name, expected, reader, otherwise, Optional.of(by), implied);
  }

  /** For {@link #stricter}. */
  static <T extends Comparable<? super T>> boolean greatest(T one, T other) {
    return one.compareTo(other) >= 0;
  }

  /** For {@link #stricter}. */
  static <T extends Comparable<? super T>> boolean least(T one, T other) {
    return one.compareTo(other) <= 0;
  }

  /** For {@link #stricter}. */
  static <T> boolean within(List<T> one, List<T> other) {
    return other.containsAll(one);
  }

  /** Where nobody says: everywhere, and stated by whoever declares PRODUCTION or STAGING. */
  Setting<T> otherwise(T value) {
    return new Setting<>(name, expected, reader, Optional.of(value), scale, implied)
        .usually(value instanceof Enum<?> e ? Configuration.spelled(e) : value.toString());
  }

  /** Stated by whoever declares PRODUCTION or STAGING. */
  Setting<T> usually(String shown) {
    return strictly(new Implied(shown, false));
  }

  /** The same, where to say nothing is the strictest there is. */
  Setting<T> usuallyUnset() {
    return strictly(new Implied(Texts.NOT_SET.with(), true));
  }

  private Setting<T> strictly(Implied value) {
    return implying(type -> type.isStrict() ? Optional.of(value) : Optional.empty());
  }

  Setting<T> implying(Function<EnvironmentType, Optional<Implied>> byType) {
    return new Setting<>(name, expected, reader, otherwise, scale, byType);
  }

  /** What holds where nobody states a value, of a setting that has that. */
  public T usual() {
    return otherwise.orElseThrow();
  }

  boolean readable(String value) {
    try {
      return atLeast(value, value);
    } catch (IllegalArgumentException | EnclaveException e) {
      return false;
    }
  }

  /** Whether {@code later} is as strict as {@code earlier}, or stricter; both are readable. */
  boolean atLeast(String later, String earlier) {
    return scale.orElseThrow().atLeast().test(reader.apply(later), reader.apply(earlier));
  }

  boolean ordered() {
    return scale.orElseThrow().ordered();
  }

  /** The name, as messages have it. */
  @Override
  public String toString() {
    return name;
  }
}
