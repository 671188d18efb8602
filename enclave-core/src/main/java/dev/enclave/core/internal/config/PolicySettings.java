package dev.enclave.core.internal.config;

import dev.enclave.Bytes;
import dev.enclave.Fallback;
import dev.enclave.Fingerprint;
import dev.enclave.RotationInterval;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/** How the settings that make up the policy are read, and what holds where they are not set. */
public final class PolicySettings {

  private static final Duration LEAST_READING_AGE = Duration.ofSeconds(10);

  /** The clouds' backends go by what was read, so that nothing else bounds its age. */
  private static final Duration GREATEST_READING_AGE = Duration.ofHours(1);

  /** How many have to approve a migration where nobody says. */
  public static final int DEFAULT_QUORUM = 2;

  /** The age from which no reading of a remote key serves, where nobody says. */
  public static final Duration DEFAULT_READING_AGE = Duration.ofMinutes(10);

  /** For how long a plan of a migration holds, where nobody says. */
  public static final Duration DEFAULT_PLAN_VALIDITY = Duration.ofDays(1);

  /** How long the old key of a migration is kept, where nobody says. */
  public static final Duration DEFAULT_DESTROY_AFTER = Duration.ofDays(30);

  /** How long a companion signs after it was endorsed, where nobody says. */
  public static final Duration DEFAULT_VALID_FOR = Duration.ofHours(8);

  private static final int MOST_APPROVERS = 100;
  private static final Duration LEAST_PLAN_VALIDITY = Duration.ofMinutes(1);
  private static final Duration GREATEST_PLAN_VALIDITY = Duration.ofDays(30);
  private static final Duration GREATEST_DESTROY_AFTER = Duration.ofDays(3653);

  private static final Duration LONGEST_VERSION_TIME = Duration.ofDays(36_525);
  private static final Duration LEAST_VALID_FOR = Duration.ofHours(1);

  private static final Duration GREATEST_VALID_FOR = Fallback.Endorsement.LONGEST;

  private PolicySettings() {}

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

  /** Reads a time in the life of a version. */
  public static Duration versionTime(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (duration.toSeconds() > 0 && duration.compareTo(LONGEST_VERSION_TIME) <= 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration from a second to a hundred years");
  }

  /** Reads how old audit records get at least. */
  public static Duration retention(String text) {
    try {
      Duration age = Duration.parse(text);
      if (age.compareTo(Duration.ofDays(1)) >= 0) {
        return age;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration of a day or more");
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
}
