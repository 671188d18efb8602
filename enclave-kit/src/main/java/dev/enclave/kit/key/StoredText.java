package dev.enclave.kit.key;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.texts.Texts;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was written into tags or labels, which anybody with an account can change: what does
 * not read counts as absent, except a stamp, and no number is larger than {@value #HIGHEST}.
 */
public final class StoredText {

  /** A bound on what a mangled number can make us look for; none of ours gets near it. */
  public static final int HIGHEST = 10_000;

  private StoredText() {}

  /** A decimal number from 1 to {@link #HIGHEST}, larger ones cut down to that; 0 if it is none. */
  public static int number(@Nullable String text) {
    return text != null && text.matches("[1-9][0-9]{0,4}")
        ? Math.min(Integer.parseInt(text), HIGHEST)
        : 0;
  }

  /** Milliseconds since 1970 in UTC, in decimal. */
  public static Optional<Instant> instant(String epochMillis) {
    try {
      return epochMillis.matches("-?[0-9]{1,15}")
          ? Optional.of(Instant.ofEpochMilli(Long.parseLong(epochMillis)))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A key's name. */
  public static Optional<KeyName> name(String text) {
    return read(() -> KeyName.of(text));
  }

  /** The algorithm of that very name. */
  public static Optional<KeyAlgorithm> algorithm(String name) {
    return KeyAlgorithm.all().stream().filter(a -> a.name().equals(name)).findFirst();
  }

  /** A rotation interval, as {@link RotationInterval#toString} writes it. */
  public static Optional<RotationInterval> interval(String text) {
    return read(() -> RotationInterval.parse(text));
  }

  /** A handle in its text form. */
  static Optional<KeyHandle> handle(String text) {
    return read(() -> KeyHandle.parse(text));
  }

  private static <T> Optional<T> read(Supplier<T> text) {
    try {
      return Optional.of(text.get());
    } catch (EnclaveException e) {
      return Optional.empty();
    }
  }

  /**
   * An environment stamp. Text that names no environment type is no absent stamp: it may have named
   * any before somebody changed it.
   *
   * @param field what holds the stamp, such as {@code tag enclave:environment}
   * @param spelling how the service's keys carry an environment type
   */
  public static StampReading stamp(
      String field, @Nullable String text, Function<EnvironmentType, String> spelling) {
    if (text == null) {
      return StampReading.none();
    }
    return Arrays.stream(EnvironmentType.values())
        .filter(type -> spelling.apply(type).equals(text))
        .findFirst()
        .map(StampReading::of)
        .orElseGet(
            () ->
                StampReading.unreadable(
                    Texts.NO_ENVIRONMENT_TYPE.observed(field),
                    Texts.NO_ENVIRONMENT_TYPE.advice(field)));
  }

  /** The constant of that very name. */
  public static <E extends Enum<E>> Optional<E> constant(E[] constants, String name) {
    return Arrays.stream(constants).filter(c -> c.name().equals(name)).findFirst();
  }
}
