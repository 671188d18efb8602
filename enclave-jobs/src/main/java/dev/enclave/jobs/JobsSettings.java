package dev.enclave.jobs;

import dev.enclave.error.EnclaveException;
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
      throw invalid("deployment", Texts.A_DEPLOYMENT.with());
    }
    Duration expiry = context.setting("expiry").map(JobsSettings::duration).orElse(LONGEST);
    if (expiry.isNegative() || expiry.isZero() || expiry.compareTo(LONGEST) > 0) {
      throw invalid("expiry", Texts.A_DURATION.with());
    }
    return new JobsSettings(context.environment() + "/" + name, expiry, drains(context));
  }

  private static boolean drains(DeferralContext context) {
    String mode = context.setting("mode").orElse("drain");
    return switch (mode) {
      case "drain" -> true;
      case "submit" -> false;
      default -> throw invalid("mode", Texts.A_MODE.with());
    };
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw invalid("expiry", Texts.A_DURATION.with());
    }
  }

  private static EnclaveException invalid(String setting, String expected) {
    return Texts.SETTING_INVALID.as(ErrorCode.CONFIGURATION_INVALID_VALUE, setting, expected);
  }
}
