package dev.enclave.gcp.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.campaign.GcpUnderTest;
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
@ConformanceRecord(backend = "gcp-kms", against = RanAgainst.OURS, what = "our Cloud KMS server")
class GcpKmsBackendContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static GcpKmsServer server;

  @BeforeAll
  static void start() {
    server = GcpKmsServer.builder().clock(CLOCK::now).start();
    Sessions.makeKeyRing(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    GcpUnderTest.REQUESTS.requireNoExports(
        server.journal().entries().stream()
            // The test's own, before Enclave comes.
            .filter(entry -> !entry.operation().equals("CreateKeyRing"))
            .toList());
  }

  @Override
  public BackendHarness harness() {
    Supplier<GcpSession> sessions = () -> Sessions.with(server);
    return BackendHarness.of(new TestProvider(sessions), new SecureRandom())
        .expecting(TestProvider.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(
            new ForeignKeys() {
              @Override
              public String place(KeyAlgorithm algorithm) throws Exception {
                return new ForeignGcpKeys(sessions, CLOCK).place(algorithm);
              }

              @Override
              public Optional<String> rotate(KeyName name) throws Exception {
                return Optional.of(new ForeignGcpKeys(sessions, CLOCK).rotate(name));
              }

              @Override
              public boolean withholdStamp(String uri) {
                String key = uri.replaceFirst("#.*", "");
                server.deny(new Denial("*", "cloudkms.cryptoKeys.get", key));
                return true;
              }
            });
  }
}
