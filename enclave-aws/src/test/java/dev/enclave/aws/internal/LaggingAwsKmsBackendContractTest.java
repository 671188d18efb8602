package dev.enclave.aws.internal;

import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.emulators.AwsKmsServer;
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

/** Every contract against our own server when reads are seconds behind, as KMS's may be. */
@ConformanceRecord(
    backend = "aws-kms",
    against = RanAgainst.OURS,
    what = "our AWS KMS server, reads 5 s behind")
@Tag("full")
class LaggingAwsKmsBackendContractTest implements BackendContract {

  private static final Duration LAG = Duration.ofSeconds(5);
  private static final MutableClock CLOCK = new MutableClock();

  private static AwsKmsServer server;

  @BeforeAll
  static void start() {
    server = AwsKmsServer.builder().clock(CLOCK::now).eventualConsistency(LAG).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    Supplier<AwsSession> sessions = () -> Sessions.with(server, CLOCK);
    return BackendHarness.of(new TestProvider(sessions), new SecureRandom())
        .expecting(TestProvider.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(new ForeignKmsKeys(sessions)::place);
  }
}
