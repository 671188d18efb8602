package dev.enclave.os.internal.windows;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.internal.Quoted;
import dev.enclave.os.internal.OsSettings;
import dev.enclave.os.internal.OsStore;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** DPAPI, with everything under the user's local application data. */
public final class DpapiStore implements OsStore {

  private static final String LOCAL = "LOCALAPPDATA";
  private static final String NOT_SET =
      LOCAL + " is not set, which names the user's local application data";

  private static final String LOG_IN = "Run as a user who has logged in, with a profile.";

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.variable(LOCAL).isPresent()
        ? Detection.present("DPAPI of Windows", LOCAL + " is set")
        : new Detection.Absent(NOT_SET + ". " + LOG_IN);
  }

  @Override
  public StoreKind kind(BackendContext context) throws BackendFailure {
    Path ours =
        ours(
            context
                .snapshot()
                .variable(LOCAL)
                .orElseThrow(() -> OsSettings.misconfigured(NOT_SET + ".", LOG_IN)));
    return StoreKind.sealedBy(
        new DpapiPlace(new DpapiKeys(ours.resolve("sealing-keys"))),
        BackendId.OS,
        Assurance.OS_SEALED,
        environment -> Optional.of(ours.resolve("keys").toString()));
  }

  private static Path ours(String local) throws BackendFailure {
    try {
      return Path.of(local, "Enclave");
    } catch (InvalidPathException e) {
      throw OsSettings.misconfigured(
          LOCAL + " is " + Quoted.of(local) + ", which is no path.", "Set it as Windows does.");
    }
  }
}
