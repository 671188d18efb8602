package dev.enclave.aws.internal.backend;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.aws.campaign.AwsUnderTest;
import dev.enclave.aws.internal.ForeignKmsKeys;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.aws.internal.TestProvider;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.Denial;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.BackendHarness.ForeignKeys;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Every contract, over the wire, against our own server. */
@ConformanceRecord(backend = "aws-kms", against = RanAgainst.OURS, what = "our AWS KMS server")
class AwsKmsBackendContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static AwsKmsServer server;

  @BeforeAll
  static void start() {
    server = AwsKmsServer.builder().clock(CLOCK::now).start();
  }

  @AfterAll
  static void stop() {
    server.close();
    AwsUnderTest.REQUESTS.requireNoExports(server.journal().entries());
  }

  @Override
  public BackendHarness harness() {
    Supplier<AwsSession> sessions = () -> Sessions.with(server, CLOCK);
    return BackendHarness.of(new TestProvider(sessions), new SecureRandom())
        .expecting(TestProvider.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(
            new ForeignKeys() {
              @Override
              public String place(KeyAlgorithm algorithm) {
                return new ForeignKmsKeys(sessions).place(algorithm);
              }

              @Override
              public Optional<String> rotate(KeyName name) {
                return Optional.of(new ForeignKmsKeys(sessions).rotate(name));
              }

              @Override
              public boolean withholdStamp(String uri) {
                String arn = uri.replaceFirst("#.*", "");
                server.deny(new Denial("*", "kms:ListResourceTags", arn));
                return true;
              }
            });
  }
}
