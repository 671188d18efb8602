package dev.enclave.pkcs11.internal.keys;

import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftTpm;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Every contract, in a token of tpm2-pkcs11 over a TPM in software, which wraps nothing. */
@Tag("full")
@Tag("needs-swtpm")
@ConformanceRecord(backend = "pkcs11", against = RanAgainst.REAL, what = "tpm2-pkcs11 over swtpm")
class SoftTpmContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  private static SoftTpm tpm;

  @BeforeAll
  static void start() throws Exception {
    tpm = SoftTpm.start(folder);
  }

  @AfterAll
  static void stop() {
    tpm.close();
  }

  @Override
  public BackendHarness harness() {
    Set<BackendTrait> traits = EnumSet.copyOf(SoftHsmContractTest.TRAITS);
    traits.remove(BackendTrait.WRAPS);
    TokenAdministrator administrator =
        new TokenAdministrator(SoftTpm.library(), SoftTpm.LABEL, SoftTpm.PIN, folder);
    return BackendHarness.of(new Pkcs11BackendProvider(), administrator.context(CLOCK))
        .expecting(traits)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}
