package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The instance metadata service does not answer when a token is to be renewed. */
class HangingIdentityTest {

  private static final Duration LONG = Duration.ofMinutes(3);

  /** For a busy machine; the service is waited for longer, if anybody waits for it. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final MutableClock clock = new MutableClock();
  private final AtomicInteger questions = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(2);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AzureKeyVaultServer server =
      KeyVaults.server().clock(clock::now).tokenLifetime(Duration.ofHours(1)).start();
  private CapableBackend backend;
  private KeySnapshot key;

  @BeforeEach
  void open() throws BackendFailure {
    BackendContext context = KeyVaults.context(server, clock);
    backend =
        new CapableBackend(
            AzureKeyVaultBackend.over(
                AzureSessions.open(context, KeyVaults.by(this::hanging), KeyVaults::nowhere),
                context));
    key =
        backend.create(
            CreateRequest.of(
                AzureBench.NAME,
                SigningAlgorithm.ECDSA_P256_SHA256,
                RotationInterval.NEVER,
                EnvironmentType.DEVELOPMENT,
                "op"),
            call(LONG));
  }

  /** From the second question on it hangs. */
  private URI hanging(URI asked) {
    if ("169.254.169.254".equals(asked.getHost())) {
      this.asked.countDown();
      if (questions.incrementAndGet() > 1) {
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted");
        }
      }
    }
    return KeyVaults.network(server).apply(asked);
  }

  @AfterEach
  void close() {
    goOn.countDown();
    backend.close();
    server.close();
  }

  @Test
  void delaysNoCall_whileThereIsAGoodToken() throws Exception {
    clock.advance(Duration.ofMinutes(57));
    assertThat(CompletableFuture.supplyAsync(() -> signing(LONG))).succeedsWithin(SLACK);
    assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
    clock.advance(Duration.ofMinutes(2));
    assertThat(CompletableFuture.supplyAsync(() -> signing(LONG))).succeedsWithin(SLACK);
    assertThat(questions).hasValue(2);
  }

  @Test
  void endsACallByItsDeadline_onceTheTokenHasEnded() {
    clock.advance(Duration.ofMinutes(61));
    Duration deadline = Duration.ofMillis(300);
    long began = System.nanoTime();
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> sign(deadline));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(deadline.plus(SLACK));
    assertThat(failure)
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .returns(FailureCode.TIMEOUT, BackendFailure::code)
        .hasMessageContaining("token of the instance metadata service")
        .hasMessageContaining("before the deadline");
  }

  private boolean signing(Duration deadline) {
    try {
      sign(deadline);
      return true;
    } catch (BackendFailure e) {
      throw new AssertionError(e.getMessage());
    }
  }

  private void sign(Duration deadline) throws BackendFailure {
    backend.sign(key.ref(key.versions().get(0)), AzureBench.DIGEST, call(deadline));
  }

  private CallContext call(Duration deadline) {
    return CallContext.of("op", 1, Deadline.in(deadline, clock), clock);
  }
}
