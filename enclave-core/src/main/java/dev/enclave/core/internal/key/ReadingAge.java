package dev.enclave.core.internal.key;

import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;

/**
 * What the age of a reading means for who uses the key.
 *
 * @param ahead from this age on a newer one is fetched, and nobody waits for it
 * @param old from this age on the reading serves only while no newer one can be had
 * @param maximum from this age on the reading serves nobody
 */
public record ReadingAge(Duration ahead, Duration old, Duration maximum) {

  /** Of a backend in this process, which is read faster than anybody could read ahead. */
  public static final ReadingAge LOCAL = always(Duration.ofSeconds(2));

  private static final Duration REMOTE_OLD = Duration.ofMinutes(2);

  private static ReadingAge always(Duration age) {
    return new ReadingAge(age, age, age);
  }

  /** Of a remote backend, with the maximum given. */
  static ReadingAge remote(Duration maximum) {
    Duration old = maximum.compareTo(REMOTE_OLD) < 0 ? maximum : REMOTE_OLD;
    return new ReadingAge(old.multipliedBy(3).dividedBy(4), old, maximum);
  }

  /**
   * Of a remote backend, as configured.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when the setting
   *     has another value
   */
  public static ReadingAge remote(Configuration configuration) {
    return remote(configuration.get(Settings.READING_MAXIMUM_AGE));
  }
}
