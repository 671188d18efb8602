package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.call.RetryingCaller.CircuitBreaker;
import dev.enclave.core.internal.support.HandTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the breaker lets through, attempt by attempt, with many under way. */
final class CircuitBreakerTest {

  private static final Duration FIRST_HOLD_AT_MOST =
      CircuitBreaker.SHORTEST_HOLD.multipliedBy(3).dividedBy(2);

  private final HandTime time = new HandTime();
  private final CircuitBreaker breaker = new CircuitBreaker(time, new SplittableRandom(11));

  @Test
  void anAnswerToWhatWasSentBeforeTheOutageDoesNotCloseIt() {
    int before = breaker.enter();
    open();

    breaker.answered(before);

    assertThat(breaker.enter()).isEqualTo(CircuitBreaker.HELD_BACK);
  }

  @Test
  void lateFailuresOfWhatWasSentBeforeTheOutageDoNotProlongIt() {
    List<Integer> underWay = IntStream.range(0, 1000).mapToObj(i -> breaker.enter()).toList();
    open();
    Instant promised = breaker.retryAt().orElseThrow();
    time.advance(CircuitBreaker.SHORTEST_HOLD.dividedBy(2));
    underWay.forEach(begun -> breaker.failed(begun, true));
    time.advance(Duration.between(time.now(), promised));

    assertThat(breaker.enter()).isNotEqualTo(CircuitBreaker.HELD_BACK);
  }

  @Test
  void silenceForCallersInAHurryOpensIt_andProvesNothing() {
    for (int call = 0; call < CircuitBreaker.FAILURES_TO_OPEN; call++) {
      breaker.failed(breaker.enter(), false);
    }
    assertThat(breaker.enter()).isEqualTo(CircuitBreaker.HELD_BACK);
    assertThat(breaker.proven()).isFalse();

    time.advance(FIRST_HOLD_AT_MOST);
    breaker.failed(breaker.enter(), true);
    assertThat(breaker.proven()).isTrue();

    time.advance(CircuitBreaker.LONGEST_HOLD.multipliedBy(2));
    breaker.answered(breaker.enter());
    assertThat(breaker.proven()).isFalse();
  }

  @Test
  void onlyOneOfThousandCallersProbes() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);

    assertThat(letThrough(1000)).hasSize(1);
  }

  @Test
  void aProbeThatNobodyReportsIsFollowedByAnother() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    assertThat(letThrough(2)).hasSize(1);
    time.advance(FIRST_HOLD_AT_MOST);

    assertThat(letThrough(2)).hasSize(1);
  }

  @Test
  void everyProbeWithoutAnAnswerDoublesTheHold_upToTheLongest() {
    open();
    for (int seconds : List.of(1, 2, 4, 4, 4)) {
      Duration shortest = Duration.ofSeconds(seconds);
      time.advance(shortest.minusNanos(1));
      assertThat(breaker.enter()).isEqualTo(CircuitBreaker.HELD_BACK);
      time.advance(shortest.dividedBy(2).plusNanos(1));
      breaker.failed(breaker.enter(), true);
    }
  }

  @Test
  void processesThatLostTheBackendTogetherDoNotProbeTogether() {
    Set<Instant> probes = new HashSet<>();
    for (int process = 0; process < 100; process++) {
      HandTime clock = new HandTime();
      CircuitBreaker own = new CircuitBreaker(clock, new SplittableRandom(process));
      for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
        own.failed(own.enter(), true);
      }
      while (own.enter() == CircuitBreaker.HELD_BACK) {
        clock.advance(Duration.ofMillis(5));
      }
      probes.add(clock.now());
    }

    assertThat(probes).hasSizeGreaterThan(50);
  }

  @Test
  void callersAreToldMomentsOfTheirOwn_noneBeforeTheProbe() {
    open();
    Instant opened = time.now();
    List<Instant> told =
        IntStream.range(0, 1000).mapToObj(i -> breaker.retryAt().orElseThrow()).toList();

    assertThat(new HashSet<>(told)).hasSizeGreaterThan(990);
    assertThat(told)
        .allSatisfy(
            at ->
                assertThat(at)
                    .isBetween(
                        opened.plus(CircuitBreaker.SHORTEST_HOLD),
                        opened.plus(CircuitBreaker.SHORTEST_HOLD.multipliedBy(3))));
  }

  @Test
  void everyRoundTripLetsTwiceAsManyThrough_untilNobodyIsHeldBack() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    List<Integer> rounds = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      List<Integer> underWay = letThrough(1000);
      rounds.add(underWay.size());
      underWay.forEach(breaker::answered);
    }

    assertThat(rounds).startsWith(1, 2, 4, 8, 16, 32, 64, 1000).endsWith(1000);
  }

  @Test
  void throttledAnswersLetNoMoreThrough() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    letThrough(1000).forEach(breaker::answered);
    for (int round = 0; round < 20; round++) {
      List<Integer> underWay = letThrough(1000);
      assertThat(underWay).hasSize(2);
      underWay.forEach(breaker::throttled);
    }
  }

  @Test
  void oneLostAnswerOnTheWayBackDoesNotBeginTheOutageAnew() {
    Deque<Integer> underWay = recoveringWith(8);
    breaker.failed(underWay.pop(), true);
    underWay.forEach(breaker::answered);

    assertThat(letThrough(1000)).hasSize(14);
  }

  @Test
  void threeInARowOnTheWayBackDo() {
    Deque<Integer> underWay = recoveringWith(8);
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN_AGAIN; i++) {
      breaker.failed(underWay.pop(), true);
    }
    underWay.forEach(breaker::answered);

    assertThat(breaker.enter()).isEqualTo(CircuitBreaker.HELD_BACK);
  }

  @Test
  void lettingBackInDoesNotStallWhenNobodyReports() {
    recoveringWith(8);
    assertThat(letThrough(1000)).isEmpty();
    time.advance(FIRST_HOLD_AT_MOST);

    assertThat(letThrough(1000)).hasSize(1);
  }

  @Test
  void fewCallersCloseItToo() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    for (int call = 0; call < 200; call++) {
      int era = breaker.enter();
      assertThat(era).isNotEqualTo(CircuitBreaker.HELD_BACK);
      breaker.answered(era);
    }

    assertThat(letThrough(1000)).hasSize(1000);
  }

  private Deque<Integer> recoveringWith(int wanted) {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    Deque<Integer> underWay = new ArrayDeque<>(letThrough(1000));
    while (underWay.size() < wanted) {
      underWay.forEach(breaker::answered);
      underWay = new ArrayDeque<>(letThrough(1000));
    }
    return underWay;
  }

  private List<Integer> letThrough(int callers) {
    List<Integer> eras = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      int era = breaker.enter();
      if (era != CircuitBreaker.HELD_BACK) {
        eras.add(era);
      }
    }
    return eras;
  }

  private void open() {
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
      breaker.failed(breaker.enter(), true);
    }
    assertThat(breaker.enter()).isEqualTo(CircuitBreaker.HELD_BACK);
  }
}
