package dev.enclave.core.internal.config;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.Fallback;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.RotationInterval;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** How the settings that make up the policy are read, and which of two values is the stricter. */
public final class PolicySettings {

  /**
   * The values of one setting.
   *
   * @param reader throws for what is no value
   * @param atLeast whether the first is as strict as the second, or stricter
   */
  private record Scale<T>(Function<String, T> reader, BiPredicate<T, T> atLeast) {

    boolean compare(String later, String earlier) {
      return atLeast.test(reader.apply(later), reader.apply(earlier));
    }
  }

  private static final Duration LEAST_READING_AGE = Duration.ofSeconds(10);

  /** The clouds' backends go by what was read, so that nothing else bounds its age. */
  private static final Duration GREATEST_READING_AGE = Duration.ofHours(1);

  /** How many have to approve a migration where nobody says. */
  public static final int DEFAULT_QUORUM = 2;

  private static final int MOST_APPROVERS = 100;
  private static final Duration LEAST_PLAN_VALIDITY = Duration.ofMinutes(1);
  private static final Duration GREATEST_PLAN_VALIDITY = Duration.ofDays(30);
  private static final Duration GREATEST_DESTROY_AFTER = Duration.ofDays(3653);

  private static final Duration LEAST_VALID_FOR = Duration.ofHours(1);

  private static final Duration GREATEST_VALID_FOR = Fallback.Endorsement.LONGEST;

  private static final Map<String, Scale<?>> SCALES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  SettingNames.ENVIRONMENT,
                  new Scale<>(
                      Configuration.constant(EnvironmentType.class),
                      (a, b) -> a.compareTo(b) <= 0)),
              Map.entry(
                  SettingNames.MINIMUM_ASSURANCE,
                  new Scale<>(Configuration.constant(Assurance.class), Assurance::atLeast)),
              Map.entry(
                  SettingNames.BACKENDS,
                  new Scale<>(Configuration.list(BackendId::new), PolicySettings::within)),
              Map.entry(
                  SettingNames.ALGORITHMS,
                  new Scale<>(Configuration.list(KeyAlgorithm::parse), PolicySettings::within)),
              Map.entry(
                  SettingNames.ROTATION_INTERVAL,
                  new Scale<>(PolicySettings::rotation, PolicySettings::asOften)),
              Map.entry(
                  SettingNames.ROTATION_AUTOMATIC,
                  new Scale<>(Configuration.constant(Switch.class), (a, b) -> a.compareTo(b) >= 0)),
              Map.entry(
                  SettingNames.READING_MAXIMUM_AGE,
                  new Scale<>(PolicySettings::readingAge, (a, b) -> a.compareTo(b) <= 0)),
              Map.entry(
                  SettingNames.MIGRATION_APPROVERS,
                  new Scale<>(
                      Configuration.list(PolicySettings::fingerprint), PolicySettings::within)),
              Map.entry(
                  SettingNames.MIGRATION_QUORUM,
                  new Scale<>(PolicySettings::quorum, (a, b) -> a >= b)),
              Map.entry(
                  SettingNames.MIGRATION_VALIDITY,
                  new Scale<>(PolicySettings::planValidity, (a, b) -> a.compareTo(b) <= 0)),
              Map.entry(
                  SettingNames.MIGRATION_FOLLOW,
                  new Scale<>(PolicySettings::truth, (a, b) -> !a || b)),
              Map.entry(
                  SettingNames.MIGRATION_DESTROY_AFTER,
                  new Scale<>(PolicySettings::destroyAfter, (a, b) -> a.compareTo(b) >= 0)),
              Map.entry(
                  SettingNames.FALLBACK,
                  new Scale<>(
                      Configuration.constant(FallbackChoice.class), (a, b) -> a.compareTo(b) >= 0)),
              Map.entry(
                  SettingNames.FALLBACK_VALID_FOR,
                  new Scale<>(PolicySettings::fallbackValidFor, (a, b) -> a.compareTo(b) <= 0)),
              Map.entry(
                  SettingNames.ACKNOWLEDGE, new Scale<>(PolicySettings::truth, (a, b) -> !a || b)),
              Map.entry(
                  SettingNames.AUDIT_COUNTERSIGN,
                  new Scale<>(
                      Configuration.constant(CountersignChoice.class),
                      (a, b) -> a.compareTo(b) >= 0))));

  /** Of what is accepted or acknowledged: {@code false} is stricter. */
  private static final Scale<Boolean> ACCEPTANCE =
      new Scale<>(PolicySettings::truth, (a, b) -> !a || b);

  private PolicySettings() {}

  static boolean has(String name) {
    return SCALES.containsKey(name) || SettingNames.acceptsUnreadableStamp(name);
  }

  static Set<String> names() {
    return SCALES.keySet();
  }

  static boolean readable(String name, String value) {
    try {
      return atLeast(name, value, value);
    } catch (IllegalArgumentException | EnclaveException e) {
      return false;
    }
  }

  /** Whether {@code later} is as strict as {@code earlier}, or stricter; both are readable. */
  static boolean atLeast(String name, String later, String earlier) {
    return scale(name).compare(later, earlier);
  }

  private static Scale<?> scale(String name) {
    if (SettingNames.acceptsUnreadableStamp(name)) {
      return ACCEPTANCE;
    }
    Scale<?> scale = SCALES.get(name);
    if (scale == null) {
      throw new IllegalArgumentException(name + " is no setting of the policy");
    }
    return scale;
  }

  /** The environment type of a readable value. */
  static Optional<EnvironmentType> environment(String value) {
    return readable(SettingNames.ENVIRONMENT, value)
        ? Optional.of(Configuration.constant(EnvironmentType.class).apply(value))
        : Optional.empty();
  }

  /** Reads {@code true} or {@code false}. */
  public static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("neither true nor false");
    }
    return Boolean.parseBoolean(text);
  }

  /** Reads the rotation interval of a policy. */
  public static RotationInterval rotation(String text) {
    RotationInterval interval = RotationInterval.parse(text);
    if (interval.inherited()) {
      throw new IllegalArgumentException("the policy cannot inherit from itself");
    }
    return interval;
  }

  /** Reads the age from which no reading of a remote key may serve. */
  public static Duration readingAge(String text) {
    try {
      Duration age = Duration.parse(text);
      if (age.compareTo(LEAST_READING_AGE) >= 0 && age.compareTo(GREATEST_READING_AGE) <= 0) {
        return age;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration from 10 seconds to an hour");
  }

  /** Reads the public key of one who may approve migrations. */
  public static Fingerprint fingerprint(String text) {
    return new Fingerprint(Bytes.ofHex(text));
  }

  /** Reads how many have to approve a migration. */
  public static int quorum(String text) {
    int quorum = Integer.parseInt(text);
    if (quorum < 1 || quorum > MOST_APPROVERS) {
      throw new IllegalArgumentException("no number from 1 to " + MOST_APPROVERS);
    }
    return quorum;
  }

  /** Reads for how long a plan of a migration may be carried out. */
  public static Duration planValidity(String text) {
    try {
      Duration validity = Duration.parse(text);
      if (validity.compareTo(LEAST_PLAN_VALIDITY) >= 0
          && validity.compareTo(GREATEST_PLAN_VALIDITY) <= 0) {
        return validity;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration from a minute to 30 days");
  }

  /** Reads how long the old key of a migration is kept. */
  public static Duration destroyAfter(String text) {
    try {
      Duration after = Duration.parse(text);
      if (!after.isNegative() && after.compareTo(GREATEST_DESTROY_AFTER) <= 0) {
        return after;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration up to 10 years");
  }

  /** Reads how long a companion may sign after it was endorsed. */
  public static Duration fallbackValidFor(String text) {
    try {
      Duration validFor = Duration.parse(text);
      if (validFor.compareTo(LEAST_VALID_FOR) >= 0 && validFor.compareTo(GREATEST_VALID_FOR) <= 0) {
        return validFor;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration from an hour to a day");
  }

  private static boolean asOften(RotationInterval one, RotationInterval other) {
    Optional<Duration> limit = other.period();
    return limit.isEmpty() || one.period().filter(p -> p.compareTo(limit.get()) <= 0).isPresent();
  }

  private static <T> boolean within(Collection<T> one, Collection<T> other) {
    return other.containsAll(one);
  }
}
