package dev.enclave.emulators.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.fault.Fault.Refused.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {

  private static final FaultPlan MANY =
      FaultPlan.seeded(42)
          .on("Sign", 3, Fault.resetAfter())
          .on("Sign", 4, Fault.throttled(5))
          .between("Sign", 5, 9, Fault.refused(Reason.THROTTLED))
          .every("CreateKey", 2, Fault.refusedButApplied(Reason.INTERNAL_ERROR))
          .share("*", 0.125, Fault.latency(Duration.ofMillis(20)))
          .share("Sign", 1, Fault.refused(Reason.EXPIRED_TOKEN))
          .on("Sign", 77, Fault.truncated(10))
          .on("Sign", 78, Fault.wrong("another-key"))
          .on("Sign", 79, Fault.resetBefore())
          .on("get secrets", 80, Fault.resetAfter())
          .every("create serviceaccounts/token", 2, Fault.resetBefore());

  @Test
  void printsWhatItReads() {
    assertThat(FaultPlan.parse(MANY.toString())).isEqualTo(MANY);
    assertThat(MANY.toString())
        .isEqualTo(
            """
            seed 42
            Sign 3: reset-after
            Sign 4: throttled 5
            Sign 5-9: throttled
            CreateKey every 2: internal-error applied
            * 0.125%: latency PT0.02S
            Sign 1%: expired-token
            Sign 77: truncated 10
            Sign 78: wrong another-key
            Sign 79: reset-before
            get secrets 80: reset-after
            create serviceaccounts/token every 2: reset-before
            """);
  }

  @Test
  void readsOverCommentsAndEmptyLines() {
    assertThat(FaultPlan.parse("# nothing yet\n\n  Sign 1: reset-before # the first\n"))
        .isEqualTo(FaultPlan.NONE.on("Sign", 1, Fault.resetBefore()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sign",
        "Sign 1",
        "Sign 0: reset-before",
        "Sign 3-2: reset-before",
        "Sign every 0: timeout",
        "Sign 101%: timeout",
        "Sign 1: reset",
        "Sign 1: reset-before applied",
        "Sign 1: latency",
        "Sign 1: latency 20ms",
        "Sign 1: latency PT0S",
        "Sign 1: truncated -1",
        "Sign 1: wrong",
        "Sign 1: wrong Another Key",
        "Sign 1: outage refused",
        "Sign x: timeout",
        "seed x"
      })
  void refusesWhatIsNoRule_withTheNumberOfTheLine(String line) {
    assertThatThrownBy(() -> FaultPlan.parse("Sign 1: timeout\n" + line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Line 2: ");
  }

  @Test
  void countsRequestsOfEachOperationFromOne() {
    FaultInjector injector = new FaultInjector(FaultPlan.NONE.on("Sign", 2, Fault.resetBefore()));

    assertThat(injector.next("Sign").none()).isTrue();
    assertThat(injector.next("CreateKey").none()).isTrue();
    assertThat(injector.next("Sign").fault()).hasValue(Fault.resetBefore());
    assertThat(injector.next("Sign").none()).isTrue();
    assertThat(injector.injected()).isEqualTo(Map.of("reset-before", 1L));
  }

  @Test
  void countsAllRequests_forARuleAboutEveryOperation() {
    FaultInjector injector = new FaultInjector(FaultPlan.parse("* 3: timeout"));

    assertThat(injector.next("Sign").none()).isTrue();
    assertThat(injector.next("CreateKey").none()).isTrue();
    assertThat(injector.next("ListKeys").fault()).hasValue(Fault.refused(Reason.TIMEOUT));
  }

  @Test
  void appliesALatencyAndAnotherFaultTogether_theFirstOfEach() {
    FaultInjector injector =
        new FaultInjector(
            FaultPlan.parse(
                "* every 1: latency PT1S\nSign 1: reset-after\n"
                    + "Sign 1: timeout\nSign 1: latency PT2S"));

    assertThat(injector.next("Sign").toString()).isEqualTo("latency PT1S, reset-after");
  }

  @Test
  void aNewPlanBeginsToCountAnew() {
    FaultInjector injector = new FaultInjector();
    injector.next("Sign");
    injector.follow(FaultPlan.NONE.on("Sign", 1, Fault.resetBefore()));

    assertThat(injector.next("Sign").fault()).hasValue(Fault.resetBefore());
  }

  @Test
  void aShareOfOnePercentIsOnePercent_andTheSameOnesEveryTime() {
    FaultPlan plan = FaultPlan.seeded(7).share("Sign", 1, Fault.refused(Reason.UNAVAILABLE));

    List<Integer> hit = numbersHit(new FaultInjector(plan), 100_000);

    assertThat(hit).hasSizeBetween(900, 1100);
    assertThat(numbersHit(new FaultInjector(FaultPlan.parse(plan.toString())), 100_000))
        .isEqualTo(hit);
    assertThat(numbersHit(new FaultInjector(new FaultPlan(8, plan.rules())), 100_000))
        .isNotEqualTo(hit);
  }

  private static List<Integer> numbersHit(FaultInjector injector, int requests) {
    List<Integer> hit = new ArrayList<>();
    for (int i = 1; i <= requests; i++) {
      if (!injector.next("Sign").none()) {
        hit.add(i);
      }
    }
    return hit;
  }

  @Test
  void twoSharesOfOneOperationAreChosenApart() {
    FaultInjector injector =
        new FaultInjector(FaultPlan.parse("seed 7\nSign 50%: timeout\nSign 50%: latency PT1S"));
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      seen.merge(injector.next("Sign").toString(), 1, Integer::sum);
    }

    assertThat(seen).hasSize(4).allSatisfy((what, count) -> assertThat(count).isBetween(150, 350));
  }

  @Test
  void doesTheSameHoweverManyThreadsAsk() throws Exception {
    FaultPlan plan =
        FaultPlan.parse("seed 3\nSign 1%: timeout\nSign every 10: reset-after\n* 1%: throttled");
    FaultInjector alone = new FaultInjector(plan);
    FaultInjector shared = new FaultInjector(plan);
    for (int i = 0; i < 8000; i++) {
      alone.next("Sign");
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Void> thousand =
          () -> {
            for (int i = 0; i < 1000; i++) {
              shared.next("Sign");
            }
            return null;
          };
      threads.invokeAll(java.util.Collections.nCopies(8, thousand));
    } finally {
      threads.shutdown();
    }

    assertThat(shared.injected()).isEqualTo(alone.injected());
  }

  @Test
  void anOutageMeetsEveryRequest_andDoesNotCountForThePlan() {
    FaultInjector injector = new FaultInjector(FaultPlan.NONE.on("Sign", 1, Fault.resetAfter()));
    injector.beginOutage(Fault.Outage.RESET);
    assertThat(injector.next("Sign").fault()).hasValue(Fault.Outage.RESET);
    assertThat(injector.next("Sign").fault()).hasValue(Fault.Outage.RESET);
    injector.endOutage();

    assertThat(injector.next("Sign").fault()).hasValue(Fault.resetAfter());
    assertThat(injector.total()).isEqualTo(3);
  }

  @Test
  void refusesAWrongAnswerThatTheServiceHasNot() {
    FaultInjector injector = new FaultInjector();
    injector.attach(new NoServer());

    assertThatThrownBy(() -> injector.follow(FaultPlan.parse("Sign 1: wrong another-key")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another-key")
        .hasMessageContaining("[flipped-bit]");
  }

  @Test
  void refusesAnOutageOfConnections_beforeThereIsAServer() {
    assertThatThrownBy(() -> new FaultInjector().beginOutage(Fault.Outage.REFUSED))
        .isInstanceOf(IllegalStateException.class);
  }

  private static final class NoServer implements FaultInjector.Server {
    @Override
    public Set<String> wrongAnswers() {
      return Set.of("flipped-bit");
    }

    @Override
    public void refuseConnections() {}

    @Override
    public void acceptConnections() {}
  }
}
