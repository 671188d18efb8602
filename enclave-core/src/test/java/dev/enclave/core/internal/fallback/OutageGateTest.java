package dev.enclave.core.internal.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.core.internal.fallback.OutageGate.Way;
import dev.enclave.core.internal.support.HandTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who asks the backend in an outage, with several callers at the gate at once. */
class OutageGateTest {

  private static final int CALLERS = 8;

  private final HandTime clock = new HandTime();
  private final OutageGate gate = new OutageGate(clock, BackendId.of("cloud"));

  private List<Way> enterTogether() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    CyclicBarrier together = new CyclicBarrier(CALLERS);
    try {
      List<Callable<Way>> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.add(
            () -> {
              together.await();
              return gate.enter(true);
            });
      }
      List<Way> ways = new ArrayList<>();
      for (Future<Way> way : threads.invokeAll(callers)) {
        ways.add(way.get());
      }
      return ways;
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void oneTriesAfterTheHold_andTheOthersFollowItsAnswer() throws Exception {
    assertThat(enterTogether()).containsOnly(Way.OPEN);
    gate.unanswered(Way.OPEN, true);
    assertThat(enterTogether()).containsOnly(Way.HELD);

    clock.advance(OutageGate.HOLD);
    List<Way> ways = enterTogether();
    assertThat(ways).containsOnlyOnce(Way.TRIAL).containsOnly(Way.TRIAL, Way.HELD);

    gate.answered(Way.TRIAL);
    assertThat(enterTogether()).containsOnly(Way.OPEN);
  }

  @Test
  void aTrialThatFindsNothingOutLeavesTheNextToTry() throws Exception {
    gate.unanswered(Way.OPEN, true);
    clock.advance(OutageGate.HOLD);
    assertThat(gate.enter(true)).isEqualTo(Way.TRIAL);
    gate.undecided(Way.TRIAL);
    assertThat(enterTogether()).containsOnlyOnce(Way.TRIAL);
  }

  @Test
  void whoHasNoTimeToFindOutDoesNotTry() {
    gate.unanswered(Way.OPEN, true);
    clock.advance(OutageGate.HOLD.plus(Duration.ofSeconds(1)));
    assertThat(gate.enter(false)).isEqualTo(Way.HELD);
    assertThat(gate.enter(true)).isEqualTo(Way.TRIAL);
  }

  @Test
  void anAnswerToACallFromBeforeTheOutageEndsNothing() {
    gate.unanswered(Way.OPEN, true);
    gate.answered(Way.OPEN);
    assertThat(gate.enter(true)).isEqualTo(Way.HELD);
  }
}
