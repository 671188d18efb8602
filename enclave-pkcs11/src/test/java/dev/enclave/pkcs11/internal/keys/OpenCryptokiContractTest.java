package dev.enclave.pkcs11.internal.keys;

import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every contract, in the software token of openCryptoki: the machine's only one, which is to be
 * initialised with this label and user PIN, and keeps the keys that are made.
 */
@Tag("full")
@Tag("needs-opencryptoki")
@ConformanceRecord(backend = "pkcs11", against = RanAgainst.REAL, what = "openCryptoki")
class OpenCryptokiContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  private static Path library() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(directory -> Path.of(directory, "opencryptoki", "libopencryptoki.so.0"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError("opencryptoki is not installed: apt-get install opencryptoki"));
  }

  @Override
  public BackendHarness harness() {
    TokenAdministrator administrator =
        new TokenAdministrator(library(), "enclave", "567890", folder);
    return BackendHarness.of(new Pkcs11BackendProvider(), administrator.context(CLOCK))
        .expecting(SoftHsmContractTest.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}
