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

/** Every contract, in a token of SoftHSM's. */
@Tag("full")
@Tag("needs-softhsm")
@ConformanceRecord(backend = "pkcs11", against = RanAgainst.REAL, what = "SoftHSM 2")
class SoftHsmContractTest implements BackendContract {

  static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
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
          BackendTrait.ADOPTS,
          BackendTrait.RECONCILES);

  private static final MutableClock CLOCK = new MutableClock();

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void start() throws Exception {
    SoftHsm.in(folder).token("enclave");
  }

  private static Set<BackendTrait> with(BackendTrait more) {
    Set<BackendTrait> all = EnumSet.copyOf(TRAITS);
    all.add(more);
    return all;
  }

  @Override
  public BackendHarness harness() {
    TokenAdministrator administrator =
        new TokenAdministrator(SoftHsm.library(), "enclave", SoftHsm.PIN, folder);
    return BackendHarness.of(new Pkcs11BackendProvider(), administrator.context(CLOCK))
        .expecting(with(BackendTrait.IMPORTS))
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}
