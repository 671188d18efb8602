package dev.enclave.os;

import dev.enclave.os.internal.OsStore;
import dev.enclave.os.internal.Texts;
import dev.enclave.os.internal.linux.SecretServiceStore;
import dev.enclave.os.internal.macos.KeychainStore;
import dev.enclave.os.internal.windows.DpapiStore;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Locale;
import java.util.Optional;

/** Which operating system's store there is for a machine. */
final class OsStores {

  private OsStores() {}

  /** The one of the system that {@code os.name} says this is; none for one without. */
  static Optional<OsStore> of(EnvironmentSnapshot environment) {
    String name = environment.property("os.name").orElse("").toLowerCase(Locale.ROOT);
    if (name.equals("linux")) {
      return Optional.of(new SecretServiceStore());
    }
    if (name.startsWith("windows")) {
      return Optional.of(new DpapiStore());
    }
    return name.startsWith("mac os") ? Optional.of(new KeychainStore()) : Optional.empty();
  }

  /** Why there is none. */
  static String unknown(EnvironmentSnapshot environment) {
    return Texts.SYSTEM_UNKNOWN.with(
        environment.property("os.name").orElse(Texts.NAME_NOT_SET.with()));
  }
}
