package dev.enclave.core.internal.config;

import dev.enclave.EnvironmentType;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Which of two values of one setting is the stricter, and what holds where nobody states any.
 *
 * @param reader throws for what is no value
 * @param atLeast whether the first is as strict as the second, or stricter
 * @param ordered whether there is a stricter and a laxer end; else only the same value is as strict
 * @param usual what whoever declares an environment type states by that, if anything
 */
record Scale<T>(
    Function<String, T> reader,
    BiPredicate<T, T> atLeast,
    boolean ordered,
    Function<EnvironmentType, Optional<Usual>> usual) {

  /**
   * What holds where a setting is not set.
   *
   * @param shown as a message names it
   * @param strictest whether every value is laxer
   */
  record Usual(String shown, boolean strictest) {

    static final Usual UNSET = new Usual("not set", true);

    static Usual value(String text) {
      return new Usual(text, false);
    }
  }

  /** Values of which one is stricter than another. */
  static <T> Scale<T> of(Function<String, T> reader, BiPredicate<T, T> atLeast) {
    return new Scale<>(reader, atLeast, true, type -> Optional.empty());
  }

  /** Values that are as strict as themselves alone: what was stated stays. */
  static <T> Scale<T> fixed(Function<String, T> reader) {
    return new Scale<>(reader, Object::equals, false, type -> Optional.empty());
  }

  static <T extends Comparable<T>> Scale<T> greatest(Function<String, T> reader) {
    return of(reader, (a, b) -> a.compareTo(b) >= 0);
  }

  static <T extends Comparable<T>> Scale<T> least(Function<String, T> reader) {
    return of(reader, (a, b) -> a.compareTo(b) <= 0);
  }

  /** In every environment type. */
  Scale<T> everywhere(Function<EnvironmentType, Object> value) {
    return with(type -> Optional.of(Usual.value(value.apply(type).toString())));
  }

  /** In PRODUCTION and STAGING. */
  Scale<T> usually(Object value) {
    return strictly(Usual.value(value.toString()));
  }

  /** In PRODUCTION and STAGING, where that is the strictest there is. */
  Scale<T> usuallyUnset() {
    return strictly(Usual.UNSET);
  }

  private Scale<T> strictly(Usual value) {
    return with(type -> type.isStrict() ? Optional.of(value) : Optional.empty());
  }

  private Scale<T> with(Function<EnvironmentType, Optional<Usual>> stated) {
    return new Scale<>(reader, atLeast, ordered, stated);
  }

  boolean compare(String later, String earlier) {
    return atLeast.test(reader.apply(later), reader.apply(earlier));
  }
}
