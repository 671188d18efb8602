package dev.enclave;

import java.util.Optional;

/**
 * What a reading of a key found of its environment stamp, the environment type that the key was
 * made for. A stamp that could not be read is not a missing one: it may name any environment type.
 *
 * <p>{@code toString} returns the environment type's name, {@code none}, or {@code unreadable} with
 * the reason.
 */
public sealed interface StampReading {

  /**
   * The key carries a stamp.
   *
   * @param environment the environment type that the stamp names
   */
  record Stamped(EnvironmentType environment) implements StampReading {
    @Override
    public String toString() {
      return environment.name();
    }
  }

  /** The stamp was looked for where it is kept, and the key carries none. */
  record Unstamped() implements StampReading {
    @Override
    public String toString() {
      return "none";
    }
  }

  /**
   * Whether the key carries a stamp is not known.
   *
   * @param reason what was observed: a clause without a full stop, which names the permission that
   *     is missing, if one is; the same for the same cause
   * @param remedy what makes the stamp readable: an imperative clause without a full stop
   */
  record Unreadable(String reason, String remedy) implements StampReading {
    @Override
    public String toString() {
      return "unreadable: " + reason;
    }
  }

  /** The key carries the stamp of {@code environment}. */
  static StampReading of(EnvironmentType environment) {
    return new Stamped(environment);
  }

  /** The key carries no stamp. */
  static StampReading none() {
    return new Unstamped();
  }

  /** A complete reading, which found this or nothing. */
  static StampReading found(Optional<EnvironmentType> stamp) {
    return stamp.map(StampReading::of).orElseGet(StampReading::none);
  }

  /** The stamp could not be read; see {@link Unreadable}. */
  static StampReading unreadable(String reason, String remedy) {
    return new Unreadable(reason, remedy);
  }
}
