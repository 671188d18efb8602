package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A service that answers long after the deadline, over the wire and by the machine's own clock: the
 * call ends by its deadline all the same, says what that means, and the next one works.
 */
@Tag("full")
public abstract class LateAnswersCampaign {

  /** Long enough for a busy machine to send the request. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** For a busy machine; the answer comes much later. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final Fault LATE = Fault.latency(Duration.ofMinutes(2));

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected LateAnswersCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void aSignatureEndsByItsDeadline() throws Exception {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openInRealTime()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("late").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      key.sign(Claims.MESSAGE);
      if (cloud.requests().signsInMemory()) {
        requireUntouched(bench, key);
        return;
      }
      bench.faults.follow(late(cloud.requests().sign()));
      EnclaveException failure =
          inTime(
              EnclaveException.class,
              () -> key.sign(Claims.MESSAGE, SignOptions.defaults().deadline(DEADLINE)));
      assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
      assertThat(failure.retryable()).isTrue();
      bench.faults.follow(FaultPlan.NONE);
      new Claims().released(key, key.sign(Claims.MESSAGE));
    }
  }

  /** A key in memory asks nobody, so nobody's answer can be late. */
  private static void requireUntouched(Bench bench, SigningKey key) {
    bench.faults.follow(late("*"));
    int before = bench.journal().size();
    SignatureValue signature = key.sign(Claims.MESSAGE, SignOptions.defaults().deadline(DEADLINE));
    assertThat(key.verify(Claims.MESSAGE, signature)).isTrue();
    assertThat(bench.journalSince(before)).isEmpty();
  }

  @Test
  void aReadingEndsByItsDeadline() throws Exception {
    try (Opened opened = open()) {
      opened.create(1, PATIENT);
      FaultPlan plan = FaultPlan.NONE;
      for (String operation : cloud.requests().reads()) {
        plan = plan.every(operation, 1, LATE);
      }
      opened.bench().faults.follow(plan);
      BackendFailure failure = inTime(BackendFailure.class, () -> opened.load(1, DEADLINE));
      assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      opened.bench().faults.follow(FaultPlan.NONE);
      assertThat(opened.load(1, PATIENT).versions()).hasSize(1);
    }
  }

  @Test
  void aCreationEndsByItsDeadline_andDoesNotSayThatNothingHappened() throws Exception {
    try (Opened opened = open()) {
      opened.create(1, PATIENT);
      opened.bench().faults.follow(late(cloud.requests().creates().get(0)));
      AtomicInteger number = new AtomicInteger(1);
      BackendFailure failure;
      do {
        failure =
            inTime(BackendFailure.class, () -> opened.create(number.incrementAndGet(), DEADLINE));
        // A busy machine may not even have sent it by then.
      } while (opened.bench().faults.total() == 0);
      assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    }
  }

  /**
   * Where tokens come from a service of the same server.
   *
   * @param operation that hands them out
   */
  protected void requireTokensInTime(String operation) throws Exception {
    try (Opened warm = open()) {
      warm.create(1, PATIENT);
    }
    try (Opened opened = open()) {
      opened.bench().faults.follow(late(operation));
      BackendFailure failure = inTime(BackendFailure.class, () -> opened.load(1, DEADLINE));
      assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    }
  }

  private static FaultPlan late(String operation) {
    return FaultPlan.NONE.every(operation, 1, LATE);
  }

  private Opened open() throws BackendFailure {
    Bench bench = new Bench(cloud);
    // A process's first call loads the provider's SDK, for longer than one attempt has.
    bench.openCalm().close();
    SkippingTime time = bench.time();
    BackendProvider provider = cloud.provider();
    return new Opened(bench, time, provider.open(bench.deployment().context(provider.id(), time)));
  }

  /** A backend alone, whose failures no engine repeats. */
  private record Opened(Bench bench, SkippingTime time, SigningBackend backend)
      implements AutoCloseable {

    KeySnapshot create(int number, Duration within) throws BackendFailure {
      return backend
          .capability(KeyCreator.class)
          .orElseThrow()
          .create(
              CreateRequest.of(
                  name(number),
                  SigningAlgorithm.ECDSA_P256_SHA256,
                  RotationInterval.NEVER,
                  EnvironmentType.DEVELOPMENT,
                  "create-" + number),
              call(within));
    }

    KeySnapshot load(int number, Duration within) throws BackendFailure {
      return backend.load(name(number), call(within));
    }

    private static KeyName name(int number) {
      return KeyName.of("late-" + number);
    }

    private CallContext call(Duration within) {
      return CallContext.of("late", 1, Deadline.in(within, time), time);
    }

    @Override
    public void close() {
      backend.close();
      bench.close();
    }
  }

  /** The failure, which came when it had to. */
  private static <T extends Exception> T inTime(Class<T> kind, ThrowingCallable call) {
    long began = System.nanoTime();
    T failure = catchThrowableOfType(kind, call);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(failure).as("after " + took).isNotNull();
    assertThat(took).isBetween(DEADLINE.minusMillis(50), DEADLINE.plus(MARGIN));
    return failure;
  }
}
