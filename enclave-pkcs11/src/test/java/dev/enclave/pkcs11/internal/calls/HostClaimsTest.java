package dev.enclave.pkcs11.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class HostClaimsTest {

  private static final Duration SETTLE = Duration.ofSeconds(2);

  /** One stops between its search and its claim, and both while they hold. */
  private static final int SWITCHES = 3;

  private final MutableClock clock = new MutableClock();
  private final Objects token = new Objects();

  /** The token's, whose every use may be another host's turn. */
  private static class Objects implements HostClaims.Place {

    final Map<String, Instant> claims = new TreeMap<>();
    int puts;

    void reached() {}

    @Override
    public Map<String, Instant> all() {
      reached();
      return Map.copyOf(claims);
    }

    @Override
    public void put(String id, Instant at) {
      reached();
      puts++;
      claims.put(id, at);
    }

    @Override
    public void remove(String id) throws BackendFailure {
      reached();
      claims.remove(id);
    }
  }

  /** Few looks long, so that all orders of them can be tried. */
  private static CallContext call(TimeSource time) {
    return CallContext.of("op", 1, Deadline.in(SETTLE.multipliedBy(2), time), time);
  }

  /** While one pauses, others go on before any time has passed, or after. */
  private record TurningTime(MutableClock clock, Turns turns) implements TimeSource {

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }

    @Override
    public void pause(Duration duration) {
      long end = clock.nanoTime() + duration.toNanos();
      turns.turn();
      clock.advance(Duration.ofNanos(Math.max(0, end - clock.nanoTime())));
    }
  }

  @Test
  void oneHostHoldsAtATime_inEachOrderOfTheirSteps() throws Exception {
    int[] held = new int[1];
    int orders =
        Turns.inEachOrder(
            SWITCHES,
            turns -> {
              TimeSource time = new TurningTime(clock, turns);
              int[] holding = new int[1];
              Objects shared =
                  new Objects() {
                    @Override
                    void reached() {
                      turns.turn();
                    }
                  };
              Callable<Boolean> host =
                  () -> {
                    HostClaims claims = new HostClaims(SETTLE);
                    try {
                      String id = claims.take(shared, call(time));
                      assertThat(++holding[0]).as("%s", turns).isEqualTo(1);
                      turns.turn();
                      holding[0]--;
                      claims.remove(shared, id);
                      return true;
                    } catch (BackendFailure told) {
                      assertThat(told.failureClass()).isEqualTo(FailureClass.TRANSIENT);
                      return false;
                    }
                  };
              List<Boolean> all = turns.race(Collections.nCopies(2, host));
              held[0] += Collections.frequency(all, true);
              assertThat(shared.claims).as("%s", turns).isEmpty();
            });
    System.out.println("two hosts, one token: " + orders + " orders, " + held[0] + " held it");
    assertThat(orders).isGreaterThan(400);
    assertThat(held[0]).isGreaterThan(orders);
  }

  @Test
  void beginsAgain_whenMoreThanHalfTheSettleTimePassedSinceItLooked() throws Exception {
    Objects slowOnce =
        new Objects() {
          @Override
          public void put(String id, Instant at) {
            super.put(id, at);
            clock.advance(puts == 1 ? SETTLE.dividedBy(2).plusNanos(1) : Duration.ZERO);
          }
        };
    String held = new HostClaims(SETTLE).take(slowOnce, call(clock));
    assertThat(slowOnce.puts).isEqualTo(2);
    assertThat(slowOnce.claims).containsOnlyKeys(held);
  }

  @Test
  void beginsNoChange_whenItsClaimIsOld() throws Exception {
    Objects slowOnce =
        new Objects() {
          private int looks;

          @Override
          public Map<String, Instant> all() {
            clock.advance(++looks == 2 ? HostClaims.SAFE : Duration.ZERO);
            return super.all();
          }
        };
    Deadline deadline = Deadline.in(Duration.ofHours(1), clock);
    new HostClaims(SETTLE).take(slowOnce, CallContext.of("op", 1, deadline, clock));
    assertThat(slowOnce.puts).isEqualTo(2);
  }

  @Test
  void waitsForAnotherHost_untilTheDeadline_orUntilItsClaimIsOlderThanItsLife() throws Exception {
    token.put("dead", clock.now());
    HostClaims claims = new HostClaims(SETTLE);
    BackendFailure told =
        catchThrowableOfType(BackendFailure.class, () -> claims.take(token, call(clock)));
    assertThat(told.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(told.code()).isEqualTo(FailureCode.TIMEOUT);
    assertThat(token.claims).containsOnlyKeys("dead");
    clock.advance(HostClaims.LIFE);
    String held = claims.take(token, call(clock));
    assertThat(token.claims).containsOnlyKeys(held);
  }

  @Test
  void removesItsOwnAtOnce_whichAFailureHasLeft() throws Exception {
    Objects broken =
        new Objects() {
          private boolean failed;

          @Override
          public void remove(String id) throws BackendFailure {
            if (!failed) {
              failed = true;
              throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "It is not there.");
            }
            super.remove(id);
          }
        };
    HostClaims claims = new HostClaims(SETTLE);
    claims.remove(broken, claims.take(broken, call(clock)));
    assertThat(broken.claims).hasSize(1);
    Instant before = clock.now();
    String held = claims.take(broken, call(clock));
    assertThat(broken.claims).containsOnlyKeys(held);
    assertThat(Duration.between(before, clock.now())).isEqualTo(SETTLE);
  }
}
