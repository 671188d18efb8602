package dev.enclave.os;

import dev.enclave.os.internal.linux.NeedsKeyring;
import dev.enclave.os.internal.linux.RealDesk;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
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
  private static @Nullable RealDesk desk;

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void startKeyring() {
    desk = RealDesk.unlocked(home);
  }

  @AfterAll
  static void stopKeyring() {
    Objects.requireNonNull(desk).close();
  }

  @Override
  public BackendHarness harness() {
    return LocalContractTest.harness(Objects.requireNonNull(desk), directory);
  }
}
