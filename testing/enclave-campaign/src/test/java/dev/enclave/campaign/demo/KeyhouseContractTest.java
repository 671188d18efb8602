package dev.enclave.campaign.demo;

import dev.enclave.KeyAlgorithm;
import dev.enclave.campaign.demo.backend.KeyhouseProvider;
import dev.enclave.campaign.demo.service.KeyhouseAccount;
import dev.enclave.campaign.demo.service.KeyhouseServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.BackendContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * Every contract, over the wire, where reads are late. Tokens expire every hour, and the contracts
 * wait for longer.
 */
@Tag("full")
class KeyhouseContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();
  private static final AtomicInteger FOREIGN = new AtomicInteger();

  private static KeyhouseServer server;

  @BeforeAll
  static void start() {
    server =
        KeyhouseServer.start(
            new FaultInjector(), CLOCK::now, Duration.ofHours(1), Duration.ofSeconds(5));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(
            new KeyhouseProvider(),
            KeyhouseUnderTest.deployment(server).context(new KeyhouseProvider().id(), CLOCK))
        .expecting(
            BackendTrait.REMOTE,
            BackendTrait.PERSISTENT,
            BackendTrait.EVENTUALLY_CONSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS,
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.LISTS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE,
            BackendTrait.ADOPTS,
            BackendTrait.RECONCILES)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(KeyhouseContractTest::place);
  }

  private static String place(KeyAlgorithm algorithm) {
    try (KeyhouseAccount account = new KeyhouseAccount(server.endpoint(), server.secret())) {
      return account.create(
          "foreign-" + FOREIGN.incrementAndGet(), algorithm.joseName().orElseThrow());
    }
  }
}
