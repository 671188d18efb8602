package dev.enclave.core.internal;

import dev.enclave.KeyName;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.deferral.EngineDeferrals;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.deferral.DeferralProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Where deferred operations are kept: what the builder was given, else the one on the class path.
 *
 * @param given to the builder
 * @param discovery whether the class path is looked at
 * @param loader the class path
 */
record Deferrals(Optional<DeferralProvider> given, boolean discovery, ClassLoader loader) {

  /** Opens the queue, if there is one and a KEK is set for it. */
  void open(StartUpContext context, SharedParts shared) {
    Optional<KeyName> kek = context.configuration().find(SettingNames.JOBS_KEK);
    boolean off =
        context.configuration().find(SettingNames.JOBS_MODE).filter("off"::equals).isPresent();
    if (kek.isEmpty() || off) {
      return;
    }
    provider()
        .ifPresent(
            provider ->
                shared.keep(
                    provider.open(
                        new EngineDeferrals(
                            shared,
                            kek.get(),
                            name -> context.configuration().get(SettingNames.JOBS + name)))));
  }

  private Optional<DeferralProvider> provider() {
    if (given.isPresent() || !discovery) {
      return given;
    }
    List<DeferralProvider> found;
    try {
      found =
          ServiceLoader.load(DeferralProvider.class, loader).stream()
              .map(ServiceLoader.Provider::get)
              .toList();
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "What keeps deferred operations cannot be loaded from the class path: "
              + ForeignText.said(e)
              + ".",
          "Remove or repair its jar.");
    }
    if (found.size() > 1) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_DUPLICATE,
          "There are "
              + found.size()
              + " places for deferred operations on the class path: "
              + String.join(", ", found.stream().map(p -> p.getClass().getName()).toList())
              + ".",
          "Remove all but one.");
    }
    return found.stream().findFirst();
  }
}
