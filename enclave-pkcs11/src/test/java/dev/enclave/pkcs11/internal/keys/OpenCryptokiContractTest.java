package dev.enclave.pkcs11.internal.keys;

import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.OpenCryptoki;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Every contract, in the software token of openCryptoki, which is initialised for it. */
@Tag("full")
@Tag("needs-opencryptoki")
@ConformanceRecord(backend = "pkcs11", against = RanAgainst.REAL, what = "openCryptoki")
class OpenCryptokiContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  private static OpenCryptoki openCryptoki;

  @BeforeAll
  static void start() throws Exception {
    openCryptoki = OpenCryptoki.start();
    openCryptoki.token();
  }

  @AfterAll
  static void stop() throws Exception {
    openCryptoki.close();
  }

  @Override
  public BackendHarness harness() {
    TokenAdministrator administrator =
        new TokenAdministrator(
            OpenCryptoki.library(), OpenCryptoki.LABEL, OpenCryptoki.PIN, folder);
    return BackendHarness.of(new Pkcs11BackendProvider(), administrator.context(CLOCK))
        .expecting(SoftHsmContractTest.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}
