package dev.enclave.os;

import dev.enclave.EnvironmentType;
import dev.enclave.os.internal.linux.KeyringDesk;
import dev.enclave.os.internal.linux.NeedsKeyring;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@NeedsKeyring
@ConformanceRecord(
    backend = "os",
    against = RanAgainst.REAL,
    what = "GNOME Keyring (gnome-keyring-daemon) on a private session bus, Linux")
@Tag("full")
@Tag("needs-keyring")
class OsBackendContractTest implements BackendContract {

  @TempDir private static Path home = Path.of("");
  private static @Nullable KeyringDesk desk;

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void startKeyring() {
    desk = KeyringDesk.unlocked(home);
  }

  @AfterAll
  static void stopKeyring() {
    Objects.requireNonNull(desk).close();
  }

  @Override
  public BackendHarness harness() {
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
        .in(EnvironmentType.DEVELOPMENT, Objects.requireNonNull(desk).environment())
        .configured(Map.of("directory", directory.resolve("keys").toString()));
  }
}
