package dev.enclave.os;

import dev.enclave.EnvironmentType;
import dev.enclave.os.internal.linux.KeyringDesk;
import dev.enclave.os.internal.linux.LocalDesk;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a Secret Service of ours in this process; {@link OsBackendContractTest} has a real one.
 */
class LocalContractTest implements BackendContract {

  @TempDir private static Path home = Path.of("");
  private static @Nullable KeyringDesk desk;

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void startKeyring() {
    desk = LocalDesk.unlocked(home);
  }

  @AfterAll
  static void stopKeyring() {
    Objects.requireNonNull(desk).close();
  }

  @Override
  public BackendHarness harness() {
    return harness(Objects.requireNonNull(desk), directory);
  }

  /** The backend at a desk. */
  static BackendHarness harness(KeyringDesk desk, Path directory) {
    return BackendHarness.of(new OsBackendProvider(), new SecureRandom())
        .expecting(
            BackendTrait.PERSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS,
            BackendTrait.KEEPS_PUBLIC_KEYS,
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.LISTS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE,
            BackendTrait.WRAPS,
            BackendTrait.EXPORTS,
            BackendTrait.IMPORTS,
            BackendTrait.PROBES_PERMISSIONS)
        .in(EnvironmentType.DEVELOPMENT, desk.environment())
        .configured(Map.of("directory", directory.resolve("keys").toString()));
  }
}
