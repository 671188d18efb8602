package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens for many callers at once, from a source that takes its time, by the machine's clock. */
class TokensTest {

  private static final int CALLERS = 16;
  private static final Duration DEADLINE = Duration.ofMillis(400);

  /** A busy machine, not a source that is waited for. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final MachineTime time = new MachineTime();
  private final AtomicInteger fetched = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

  @AfterEach
  void end() {
    answers.countDown();
    callers.shutdownNow();
  }

  @Test
  void letsNobodyWaitBeyondItsDeadline_forASourceThatIsSilent() throws Exception {
    RefreshingValue<String> tokens =
        new TokenChain.Chosen(silent(), Optional.empty())
            .tokens(time, RefreshingValue.threadForEach());
    long began = System.nanoTime();
    for (Future<BackendFailure> failure : all(tokens)) {
      assertThat(failure.get(1, TimeUnit.MINUTES))
          .satisfies(
              e -> {
                assertThat(e.failureClass()).isEqualTo(FailureClass.TRANSIENT);
                assertThat(e.code()).isEqualTo(FailureCode.TIMEOUT);
              });
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plus(SLACK));
    assertThat(fetched).hasValue(1);
  }

  @Test
  void keepsWhatCameTooLateForOne_forTheNext() throws Exception {
    RefreshingValue<String> tokens =
        new TokenChain.Chosen(silent(), Optional.empty())
            .tokens(time, RefreshingValue.threadForEach());
    assertThat(catchThrowableOfType(BackendFailure.class, () -> tokens.get(call())).code())
        .isEqualTo(FailureCode.TIMEOUT);
    answers.countDown();
    CallContext patient =
        CallContext.of("test", 2, Deadline.in(Duration.ofSeconds(30), time), time);
    assertThat(tokens.get(patient)).isEqualTo("token-1");
    assertThat(fetched).hasValue(1);
  }

  @Test
  void tellsOneFailureToAllWhoWaitForIt_andAsksAgainAfterASecond() throws Exception {
    MutableClock clock = new MutableClock();
    RefreshingValue<String> tokens =
        new TokenChain.Chosen(failing(), Optional.empty()).tokens(clock, Runnable::run);
    for (int i = 0; i < CALLERS; i++) {
      assertThat(failure(tokens, clock)).hasMessage("failed 1");
    }
    clock.advance(Duration.ofSeconds(1));
    assertThat(failure(tokens, clock)).hasMessage("failed 2");
  }

  @Test
  void asksAgainAfterASecond_whateverTheWallClockIsSetTo() {
    MutableClock clock = new MutableClock();
    RefreshingValue<String> tokens =
        new TokenChain.Chosen(failing(), Optional.empty()).tokens(clock, Runnable::run);
    assertThat(failure(tokens, clock)).hasMessage("failed 1");
    clock.setWallClock(clock.now().plus(Duration.ofHours(1)));
    assertThat(failure(tokens, clock)).hasMessage("failed 1");
    clock.setWallClock(clock.now().minus(Duration.ofHours(2)));
    clock.advance(Duration.ofSeconds(1));
    assertThat(failure(tokens, clock)).hasMessage("failed 2");
  }

  @Test
  void asksForAnother_whenOneIsRefused_thoughTheWallClockWasSetBack() throws Exception {
    MutableClock clock = new MutableClock();
    answers.countDown();
    RefreshingValue<String> tokens =
        new TokenChain.Chosen(silent(), Optional.empty()).tokens(clock, Runnable::run);
    assertThat(tokens.get(call(clock))).isEqualTo("token-1");
    clock.setWallClock(clock.now().minus(Duration.ofHours(1)));
    clock.advance(Duration.ofSeconds(10));
    tokens.refused();
    assertThat(tokens.get(call(clock))).isEqualTo("token-2");
  }

  private List<Future<BackendFailure>> all(RefreshingValue<String> tokens) {
    List<Future<BackendFailure>> failures = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      failures.add(
          callers.submit(
              () -> catchThrowableOfType(BackendFailure.class, () -> tokens.get(call()))));
    }
    return failures;
  }

  private CallContext call() {
    return CallContext.of("test", 1, Deadline.in(DEADLINE, time), time);
  }

  private static BackendFailure failure(RefreshingValue<String> tokens, MutableClock clock) {
    return catchThrowableOfType(BackendFailure.class, () -> tokens.get(call(clock)));
  }

  private static CallContext call(MutableClock clock) {
    return CallContext.of("test", 1, Deadline.in(Duration.ofSeconds(5), clock), clock);
  }

  private CredentialSource<String> silent() {
    return source(
        number -> {
          await(answers);
          return new Expiring<>("token-" + number, Optional.of(time.now().plusSeconds(3600)));
        });
  }

  private CredentialSource<String> failing() {
    return source(
        number -> {
          throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "failed " + number);
        });
  }

  private interface Fetching {
    Expiring<String> fetch(int number) throws BackendFailure;
  }

  private CredentialSource<String> source(Fetching fetching) {
    return new CredentialSource<>() {
      @Override
      public Expiring<String> fetch() throws BackendFailure {
        return fetching.fetch(fetched.incrementAndGet());
      }

      @Override
      public String named() {
        return "a test";
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class MachineTime implements TimeSource {

    @Override
    public Instant now() {
      return Instant.now();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void pause(Duration duration) {}
  }
}
