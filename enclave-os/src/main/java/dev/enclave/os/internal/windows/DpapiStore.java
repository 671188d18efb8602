package dev.enclave.os.internal.windows;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.internal.Quoted;
import dev.enclave.os.internal.OsStore;
import dev.enclave.os.internal.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** DPAPI, with everything under the user's local application data. */
public final class DpapiStore implements OsStore {

  private static final String LOCAL = "LOCALAPPDATA";

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.variable(LOCAL).isPresent()
        ? Detection.present(Texts.DPAPI_OF_WINDOWS.with(), Texts.VARIABLE_IS_SET.with(LOCAL))
        : new Detection.Absent(Texts.VARIABLE_NOT_SET.with(LOCAL));
  }

  @Override
  public StoreKind kind(BackendContext context) throws BackendFailure {
    Path ours =
        ours(
            context
                .snapshot()
                .variable(LOCAL)
                .orElseThrow(
                    () -> Texts.VARIABLE_NOT_SET.permanent(FailureCode.MISCONFIGURED, LOCAL)));
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
      throw Texts.VARIABLE_NO_PATH.permanent(FailureCode.MISCONFIGURED, LOCAL, Quoted.of(local));
    }
  }
}
