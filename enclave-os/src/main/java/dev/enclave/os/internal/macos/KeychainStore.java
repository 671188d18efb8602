package dev.enclave.os.internal.macos;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.os.internal.OsStore;
import dev.enclave.os.internal.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** The user's default keychain, which is the login keychain unless the user chose another. */
public final class KeychainStore implements OsStore {

  private static final String KEYCHAINS = "/Library/Keychains";

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    String folder = environment.property("user.home").orElse("") + KEYCHAINS;
    return environment.exists(folder)
        ? Detection.present(Texts.KEYCHAINS_OF_MACOS.with(folder))
        : new Detection.Absent(Texts.NO_KEYCHAIN_FOLDER.with(folder));
  }

  @Override
  public StoreKind kind(BackendContext context) {
    return StoreKind.sealedBy(
        new KeychainPlace(SecurityFramework::load),
        BackendId.OS,
        Assurance.OS_SEALED,
        environment ->
            environment
                .property("user.home")
                .map(home -> home + "/Library/Application Support/Enclave/keys"));
  }
}
