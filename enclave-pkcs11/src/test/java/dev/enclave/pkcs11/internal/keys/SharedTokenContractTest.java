package dev.enclave.pkcs11.internal.keys;

import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Every contract, in a token that several hosts share, where a settling rule decides. */
@Tag("full")
@Tag("needs-softhsm")
@ConformanceRecord(
    backend = "pkcs11",
    against = RanAgainst.REAL,
    what = "SoftHSM 2, shared by hosts")
class SharedTokenContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void start() throws Exception {
    SoftHsm.in(folder).token("enclave");
  }

  @Override
  public BackendHarness harness() {
    Set<BackendTrait> traits = EnumSet.copyOf(SoftHsmContractTest.TRAITS);
    traits.remove(BackendTrait.COMPARE_AND_SET);
    traits.add(BackendTrait.IMPORTS);
    TokenAdministrator administrator =
        new TokenAdministrator(SoftHsm.library(), "enclave", SoftHsm.PIN, folder);
    return BackendHarness.of(
            new Pkcs11BackendProvider(), administrator.context(CLOCK, "settle-seconds", "1"))
        .expecting(traits)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}
