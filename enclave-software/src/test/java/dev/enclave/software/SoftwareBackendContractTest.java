package dev.enclave.software;

import dev.enclave.EnvironmentType;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

@ConformanceRecord(
    backend = "software",
    against = RanAgainst.REAL,
    what = "files of the machine that runs the tests")
class SoftwareBackendContractTest implements BackendContract {

  @TempDir private Path directory = Path.of("");

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(new SoftwareBackendProvider(), new SecureRandom())
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
            BackendTrait.RESEALS,
            BackendTrait.PROBES_PERMISSIONS)
        .in(EnvironmentType.LOCAL, FakeEnvironment.empty())
        .configured(Map.of("directory", directory.resolve("keys").toString()));
  }
}
