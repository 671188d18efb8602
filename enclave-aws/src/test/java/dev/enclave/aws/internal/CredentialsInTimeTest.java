package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An agent that is silent when credentials are needed, over the wire. */
final class CredentialsInTimeTest {

  private static final Duration DEADLINE = Duration.ofMillis(300);

  /** For a busy machine; the agent is waited for longer, if a deadline does not end it. */
  private static final Duration SLACK = Duration.ofMillis(1_200);

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final FakeAws aws = new FakeAws();

  @AfterEach
  void stop() {
    goOn.countDown();
    aws.close();
  }

  @Test
  void aCallEndsByItsDeadline_whileTheAgentIsSilent() throws Exception {
    Openings openings =
        Openings.at(aws)
            .without("access-key-id")
            .without("secret-access-key")
            .on(
                FakeEnvironment.empty()
                    .withVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.url()));
    try (AwsSession session = openings.open()) {
      aws.answering("GET", asked -> silent());
      openings.clock.advance(
          Duration.between(openings.clock.now(), Instant.parse("2036-01-01T00:00:00Z")));
      KmsCalls calls = new KmsCalls(session);
      CallContext call =
          new CallContext("test", 1, Deadline.in(DEADLINE, openings.clock), openings.clock);
      long began = System.nanoTime();
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  calls.send(
                      KmsOperation.LIST_KEYS,
                      "keys",
                      call,
                      (kms, limits) -> kms.listKeys(r -> r.overrideConfiguration(limits))));
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plus(SLACK));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(failure).hasMessageContaining("Credentials from");
      assertThat(aws.server().operations()).doesNotContain("ListKeys");
    }
  }

  private LoopbackServer.Reply silent() {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return LoopbackServer.Reply.RESET;
  }
}
