package dev.enclave.os.internal.linux;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.os.internal.OsSettings;
import dev.enclave.os.internal.OsStore;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.time.Duration;
import java.util.Optional;

/** The Secret Service: GNOME Keyring, KWallet, KeePassXC. */
public final class SecretServiceStore implements OsStore {

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return SessionBus.detect(environment);
  }

  @Override
  public StoreKind kind(BackendContext context) throws BackendFailure {
    Duration patience = OsSettings.unlockTimeout(context.settings());
    return StoreKind.sealedBy(
        new SecretServicePlace(context.snapshot(), patience, context.random()),
        BackendId.OS,
        Assurance.OS_SEALED,
        SecretServiceStore::dataDirectory);
  }

  /**
   * As the XDG Base Directory Specification says: an absolute path counts, another one does not.
   */
  private static Optional<String> dataDirectory(EnvironmentSnapshot environment) {
    return environment
        .variable("XDG_DATA_HOME")
        .filter(path -> path.startsWith("/"))
        .or(() -> environment.property("user.home").map(home -> home + "/.local/share"))
        .map(data -> data + "/enclave/keys");
  }
}
