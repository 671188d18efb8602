package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An agent that is silent when credentials are needed, over the wire. */
final class CredentialsInTimeTest {

  private static final Duration DEADLINE = Duration.ofMillis(300);

  /** For a busy machine. What ended the call, its message says. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  /** Of the credentials, which are renewed five minutes ahead. */
  private static final String END = "2036-01-01T00:00:00Z";

  /** A call that waits for the agent takes longer, each time. */
  private static final Duration LONG = Duration.ofSeconds(5);

  /** A busy machine alone takes longer once. */
  private static final int MOST_TRIES = 10;

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final FakeAws aws = new FakeAws();
  private Openings openings = Openings.at(aws);

  @AfterEach
  void stop() {
    goOn.countDown();
    aws.close();
  }

  @Test
  void aCallEndsByItsDeadline_whileTheAgentIsSilent() throws Exception {
    try (AwsSession session = openings().open()) {
      aws.answering("GET", asked -> silent());
      at("2036-01-01T00:00:00Z");
      long began = System.nanoTime();
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> list(session, DEADLINE));
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plus(SLACK));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
      assertThat(failure)
          .hasMessageContaining("Credentials from")
          .hasMessageContaining("did not come before the deadline");
      assertThat(aws.server().operations()).doesNotContain("ListKeys");
    }
  }

  @Test
  void noCallIsDelayed_whileTheAgentIsSilentAndThereAreGoodCredentials() throws Exception {
    for (String time : List.of("2035-12-31T23:56:00Z", "2035-12-31T23:59:00Z")) {
      Duration took = duration(time);
      for (int more = 1; took.compareTo(LONG) >= 0 && more < MOST_TRIES; more++) {
        took = duration(time);
      }
      assertThat(took).as(time).isLessThan(LONG);
    }
  }

  /** Of two calls at a time at which a new session asks the agent, which does not answer. */
  private Duration duration(String time) throws Exception {
    openings = Openings.at(aws);
    CountDownLatch renewing = new CountDownLatch(1);
    aws.answering("GET", asked -> LoopbackServer.Reply.of(200, FakeAws.document(END)));
    try (AwsSession session = openings().open()) {
      aws.answering(
          "GET",
          asked -> {
            renewing.countDown();
            return silent();
          });
      at(time);
      int before = listings();
      long began = System.nanoTime();
      list(session, SLACK);
      list(session, SLACK);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertThat(renewing.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(listings()).isEqualTo(before + 2);
      return took;
    }
  }

  private int listings() {
    return Collections.frequency(aws.server().operations(), "ListKeys");
  }

  private Openings openings() {
    return openings
        .without("access-key-id")
        .without("secret-access-key")
        .on(FakeEnvironment.empty().withVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.url()));
  }

  private void at(String time) {
    openings.clock.advance(Duration.between(openings.clock.now(), Instant.parse(time)));
  }

  private void list(AwsSession session, Duration deadline) throws BackendFailure {
    CallContext call =
        CallContext.of("test", 1, Deadline.in(deadline, openings.clock), openings.clock);
    new KmsCalls(session).send(KmsOperation.LIST_KEYS, "keys", call, r -> {});
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
