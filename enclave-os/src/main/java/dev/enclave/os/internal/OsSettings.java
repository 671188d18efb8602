package dev.enclave.os.internal;

import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/** The settings of the backend. */
public final class OsSettings {

  /** Read by the key store. */
  static final String DIRECTORY = "directory";

  static final String UNLOCK_TIMEOUT = "unlock-timeout";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              DIRECTORY,
              "Where sealed key files are kept, for example /home/ada/wallet-keys; by default"
                  + " enclave/keys in the user's data directory, on Linux ~/.local/share."),
          SettingSpec.of(
              UNLOCK_TIMEOUT,
              "How long the user may take to unlock the keyring of Linux, for example PT30S; PT1M"
                  + " by default. PT0S asks nobody, for services that start without a user."));

  private static final Duration UNLOCK = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private OsSettings() {}

  /** How long the user may be waited for; zero to ask nobody. */
  public static Duration unlockTimeout(BackendSettings settings) throws BackendFailure {
    String text = settings.get(UNLOCK_TIMEOUT).orElse(UNLOCK.toString());
    try {
      Duration timeout = Duration.parse(text);
      if (!timeout.isNegative() && timeout.compareTo(LONGEST) <= 0) {
        return timeout;
      }
    } catch (DateTimeParseException e) {
      throw noTimeout(settings, text);
    }
    throw noTimeout(settings, text);
  }

  private static BackendFailure noTimeout(BackendSettings settings, String text) {
    return Texts.NO_UNLOCK_TIMEOUT.permanent(
        FailureCode.MISCONFIGURED, settings.fullName(UNLOCK_TIMEOUT), Quoted.of(text));
  }
}
