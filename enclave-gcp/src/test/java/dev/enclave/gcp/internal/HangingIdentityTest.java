package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metadata server does not answer when a token is to be renewed. */
class HangingIdentityTest {

  private static final Digest PAYMENT = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);

  private static final Duration LONG = Duration.ofMinutes(3);

  /** For a busy machine; the metadata server is waited for longer, if anybody waits for it. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final MutableClock clock = new MutableClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .tls()
          .keyRing("wallet")
          .clock(clock::now)
          .tokenLifetime(Duration.ofHours(1))
          .start();
  private final GoogleNetwork network = new GoogleNetwork(server);
  private final AtomicInteger questions = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(2);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private SigningBackend backend;
  private KeySnapshot key;

  @BeforeEach
  void open() throws BackendFailure {
    backend =
        network.open(
            BackendContext.of(
                new BackendSettings(
                    BackendId.GCP_KMS, Map.of("key-ring", server.keyRingName("wallet"))),
                EnvironmentType.PRODUCTION,
                FakeEnvironment.empty().withMetadata(this::answer),
                clock,
                new SecureRandom()));
    key =
        backend
            .capability(KeyCreator.class)
            .orElseThrow()
            .create(
                CreateRequest.of(
                    KeyName.of("wallet"),
                    SigningAlgorithm.ECDSA_P256_SHA256,
                    RotationInterval.NEVER,
                    EnvironmentType.PRODUCTION,
                    "op"),
                call(LONG));
  }

  private MetadataAnswer answer(MetadataRequest request) {
    asked.countDown();
    if (questions.incrementAndGet() > 1) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new MetadataAnswer.Silent("interrupted");
      }
    }
    return network.send(request);
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
        .hasMessageContaining("An access token from the metadata server did not come before");
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
    backend
        .capability(KeySigner.class)
        .orElseThrow()
        .sign(key.ref(key.versions().get(0)), PAYMENT, call(deadline));
  }

  private CallContext call(Duration deadline) {
    return CallContext.of("op", 1, Deadline.in(deadline, clock), clock);
  }
}
