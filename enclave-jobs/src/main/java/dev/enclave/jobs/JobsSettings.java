package dev.enclave.jobs;

import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.deferral.DeferralContext;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/**
 * What is set for deferred operations.
 *
 * @param deployment whose rows are ours: the environment type and what was set
 * @param expiry how long a ticket is tried
 * @param drains whether this process carries operations out; else it only keeps them
 */
record JobsSettings(String deployment, Duration expiry, boolean drains) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Duration LONGEST = Duration.ofDays(1);

  static JobsSettings of(DeferralContext context) {
    String name = context.setting("deployment").orElse("default");
    if (!NAME.matcher(name).matches()) {
      throw invalid("deployment", "1 to 64 of the characters a-z, 0-9 and -");
    }
    Duration expiry = context.setting("expiry").map(JobsSettings::duration).orElse(LONGEST);
    if (expiry.isNegative() || expiry.isZero() || expiry.compareTo(LONGEST) > 0) {
      throw invalid("expiry", "a duration of at most P1D, such as PT6H");
    }
    return new JobsSettings(context.environment() + "/" + name, expiry, drains(context));
  }

  private static boolean drains(DeferralContext context) {
    String mode = context.setting("mode").orElse("drain");
    return switch (mode) {
      case "drain" -> true;
      case "submit" -> false;
      default -> throw invalid("mode", "drain, submit or off");
    };
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw invalid("expiry", "a duration of at most P1D, such as PT6H");
    }
  }

  private static ConfigurationException invalid(String setting, String expected) {
    return new ConfigurationException(
        ErrorCode.CONFIGURATION_INVALID_VALUE,
        "Setting enclave.jobs." + setting + " must be " + expected + ".");
  }
}
