package dev.enclave.internal;

import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;

/** One wording for a setting of a backend that cannot be what it is. */
public final class WrongSetting {

  private WrongSetting() {}

  /**
   * For a value that does not do.
   *
   * @param fix what to write, as a sentence
   */
  public static BackendFailure of(BackendSettings settings, String name, String value, String fix) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        Texts.SETTING_WRONG.with(settings.fullName(name), Quoted.of(value), fix));
  }
}
