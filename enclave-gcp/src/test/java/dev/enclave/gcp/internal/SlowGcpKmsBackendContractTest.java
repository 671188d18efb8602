package dev.enclave.gcp.internal;

import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Every contract where making a key takes seconds and reads are behind, as they may be. */
@ConformanceRecord(
    backend = "gcp-kms",
    against = RanAgainst.OURS,
    what = "our Cloud KMS server, keys made in 3 s, reads 5 s behind")
@Tag("full")
class SlowGcpKmsBackendContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static GcpKmsServer server;

  @BeforeAll
  static void start() {
    server =
        GcpKmsServer.builder()
            .clock(CLOCK::now)
            .generationTime(Duration.ofSeconds(3))
            .eventualConsistency(Duration.ofSeconds(5))
            .start();
    Sessions.makeKeyRing(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    Supplier<GcpSession> sessions = () -> Sessions.with(server);
    return BackendHarness.of(new TestProvider(sessions), new SecureRandom())
        .expecting(TestProvider.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(new ForeignGcpKeys(sessions, CLOCK)::place);
  }
}
