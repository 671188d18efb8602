package dev.enclave.kit.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a token does in virtual time; a fetch takes none unless a test holds it. */
class RefreshingValueTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final Duration AT_ONCE = Duration.ZERO;

  private final MutableClock clock = new MutableClock();
  private final Queue<Runnable> held = new ArrayDeque<>();
  private Optional<Duration> life = Optional.of(HOUR);
  private boolean failing;
  private int fetches;

  private Expiring<String> fetch() throws BackendFailure {
    fetches++;
    if (failing) {
      throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "failed " + fetches);
    }
    return new Expiring<>("secret-" + fetches, life.map(l -> clock.now().plus(l)));
  }

  /** Fetches in the caller's thread. */
  private RefreshingValue<String> immediate() {
    return new RefreshingValue<>("A token", this::fetch, AHEAD, clock, Runnable::run);
  }

  /** Fetches when the test says so. */
  private RefreshingValue<String> hanging() throws BackendFailure {
    RefreshingValue<String> value =
        new RefreshingValue<>("A token", this::fetch, AHEAD, clock, held::add);
    value.fetchFirst();
    return value;
  }

  @Test
  void isFetchedOnce_andServesUntilFiveMinutesBeforeItsEnd() throws Exception {
    RefreshingValue<String> value = immediate();
    assertThat(fetches).isZero();
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    clock.advance(HOUR.minus(AHEAD).minusNanos(1));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    assertThat(fetches).isEqualTo(1);
    clock.advance(Duration.ofNanos(1));
    value.get(AT_ONCE);
    assertThat(fetches).isEqualTo(2);
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-2");
  }

  @Test
  void servesForThreeQuartersOfALifeOfMinutes() throws Exception {
    life = Optional.of(Duration.ofMinutes(4));
    RefreshingValue<String> value = hanging();
    clock.advance(Duration.ofMinutes(3).minusNanos(1));
    value.get(AT_ONCE);
    assertThat(held).isEmpty();
    clock.advance(Duration.ofNanos(1));
    value.get(AT_ONCE);
    assertThat(held).hasSize(1);
  }

  @Test
  void isNeverRenewed_ifItHasNoEnd() throws Exception {
    life = Optional.empty();
    RefreshingValue<String> value = hanging();
    clock.advance(Duration.ofDays(10_000));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    assertThat(held).isEmpty();
  }

  /** Whose end is decided about by whoever takes it. */
  private RefreshingValue<String> untilRefused() {
    RefreshingValue.Source<String> source =
        new RefreshingValue.Source<>() {
          @Override
          public Expiring<String> fetch() throws BackendFailure {
            return RefreshingValueTest.this.fetch();
          }

          @Override
          public boolean untilRefused() {
            return true;
          }
        };
    return new RefreshingValue<>("A token", source, AHEAD, clock, Runnable::run);
  }

  @Test
  void servesBeyondItsEnd_whileItsSourceFails_untilItIsRefused() throws Exception {
    RefreshingValue<String> value = untilRefused();
    value.fetchFirst();
    failing = true;
    clock.advance(HOUR.plusSeconds(1));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    assertThat(value.atHand()).contains("secret-1");
    assertThat(fetches).as("the source is asked every ten seconds").isEqualTo(2);
    clock.advance(Duration.ofSeconds(10));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    assertThat(fetches).isEqualTo(3);
    value.refused();
    clock.advance(Duration.ofSeconds(10));
    assertThat(failure(value)).hasMessage("failed 4");
    assertThat(value.atHand()).isEmpty();
    failing = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-5");
  }

  @Test
  void takesOneThatHasEnded_whereItsEndIsDecidedElsewhere() throws Exception {
    life = Optional.of(Duration.ofMinutes(-1));
    RefreshingValue<String> value = untilRefused();
    value.fetchFirst();
    for (int i = 0; i < 3; i++) {
      assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    }
    assertThat(fetches).isEqualTo(1);
    life = Optional.of(HOUR);
    clock.advance(Duration.ofMinutes(5));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-2");
  }

  @Test
  void keepsNobodyWaiting_whileAFetchHangs_untilTheEnd() throws Exception {
    RefreshingValue<String> value = hanging();
    clock.advance(HOUR.minus(AHEAD));
    for (int i = 0; i < 290; i++) {
      assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(held).hasSize(1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(failure(value))
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .returns(FailureCode.TIMEOUT, BackendFailure::code)
        .hasMessage(
            "A token did not come before the deadline. Allow more time, or look at what it waits"
                + " for.");
    assertThat(held).hasSize(1);
    held.remove().run();
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-2");
  }

  private static BackendFailure failure(RefreshingValue<String> value) {
    return catchThrowableOfType(BackendFailure.class, () -> value.get(AT_ONCE));
  }

  @Test
  void asksAFailingSourceEachTenSeconds_whileTheOldOneServes() throws Exception {
    RefreshingValue<String> value = immediate();
    value.get(AT_ONCE);
    failing = true;
    clock.advance(HOUR.minus(AHEAD));
    for (int second = 0; second < 60; second++) {
      assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(fetches).isEqualTo(1 + 6);
    failing = false;
    value.get(AT_ONCE);
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-8");
  }

  @Test
  void tellsOneFailureToAllWhoAskWithinASecond_onceThereIsNoGoodOne() {
    failing = true;
    RefreshingValue<String> value = immediate();
    for (int i = 0; i < 10; i++) {
      assertThat(failure(value)).hasMessage("failed 1");
    }
    clock.advance(Duration.ofSeconds(1));
    assertThat(failure(value)).hasMessage("failed 2");
  }

  @Test
  void isFetchedAnew_whenItIsRefused_butNotAtEveryRefusal() throws Exception {
    RefreshingValue<String> value = immediate();
    value.get(AT_ONCE);
    value.refused();
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
    clock.advance(Duration.ofSeconds(10));
    value.refused();
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-2");
    value.refused();
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-2");
  }

  @Test
  void whatIsAtHandIsGivenUntilItsVeryEnd_andNothingIsBegun() throws Exception {
    RefreshingValue<String> value = hanging();
    clock.advance(HOUR.minusNanos(1));
    assertThat(value.atHand()).contains("secret-1");
    clock.advance(Duration.ofNanos(1));
    assertThat(value.atHand()).isEmpty();
    assertThat(held).isEmpty();
  }

  @Test
  void refusesWhatHasEndedAlready() {
    life = Optional.of(Duration.ofMinutes(-1));
    assertThat(failure(immediate()))
        .returns(FailureCode.UNAVAILABLE, BackendFailure::code)
        .hasMessageContaining("A token ended at ")
        .hasMessageContaining("before now");
  }

  @Test
  void saysNothingOfAnUnexpectedException() {
    RefreshingValue<String> value =
        new RefreshingValue<>(
            "A token",
            () -> {
              throw new IllegalStateException("secret-1");
            },
            AHEAD,
            clock,
            Runnable::run);
    assertThat(failure(value)).hasMessage("A token could not be fetched. Try again.").hasNoCause();
  }

  @Test
  void isFetchedOnceForAllWhoWait() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(16);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (RefreshingValue<String> value =
        new RefreshingValue<>(
            "A token",
            () -> {
              asked.countDown();
              awaited(goOn);
              return fetch();
            },
            AHEAD,
            clock,
            RefreshingValue.threadForEach())) {
      List<Future<String>> got = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        got.add(
            callers.submit(
                () ->
                    value.get(
                        CallContext.of(
                            "test", 1, Deadline.in(Duration.ofSeconds(30), clock), clock))));
      }
      asked.await();
      goOn.countDown();
      for (Future<String> one : got) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo("secret-1");
      }
      assertThat(fetches).isEqualTo(1);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void leavesNoThreadBehind_andLetsWhoeverWaitsGo_whenItIsClosed() throws Exception {
    CompletableFuture<Thread> fetching = new CompletableFuture<>();
    RefreshingValue<String> value =
        new RefreshingValue<>(
            "A token",
            () -> {
              fetching.complete(Thread.currentThread());
              awaited(new CountDownLatch(1));
              return fetch();
            },
            AHEAD,
            clock,
            RefreshingValue.threadForEach());
    CompletableFuture<BackendFailure> waiting =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowableOfType(
                    BackendFailure.class, () -> value.get(Duration.ofSeconds(30))));
    Thread thread = fetching.get(1, TimeUnit.MINUTES);
    value.close();
    assertThat(waiting.get(1, TimeUnit.MINUTES).code()).isEqualTo(FailureCode.CLOSED);
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(failure(value).code()).isEqualTo(FailureCode.CLOSED);
    assertThat(value.atHand()).isEmpty();
  }

  @Test
  void asksNobody_ifItWasClosedBeforeItsFetchBegan() throws Exception {
    RefreshingValue<String> value = hanging();
    clock.advance(HOUR.minus(AHEAD));
    value.get(AT_ONCE);
    assertThat(held).hasSize(1);
    value.close();
    held.remove().run();
    assertThat(fetches).isEqualTo(1);
    assertThat(failure(value).code()).isEqualTo(FailureCode.CLOSED);
  }

  @Test
  void saysThatItIsClosed_ifItsThreadsAre() throws Exception {
    RefreshingValue<String> value =
        new RefreshingValue<>(
            "A token",
            this::fetch,
            AHEAD,
            clock,
            task -> {
              throw new RejectedExecutionException("secret");
            });
    assertThat(failure(value)).returns(FailureCode.CLOSED, BackendFailure::code);
    value.fetchFirst();
    clock.advance(HOUR.minus(AHEAD));
    assertThat(value.get(AT_ONCE)).isEqualTo("secret-1");
  }

  @Test
  void showsNothingOfIt() throws Exception {
    RefreshingValue<String> value = immediate();
    value.get(AT_ONCE);
    assertThat(value).hasToString("RefreshingValue[A token]");
    assertThat(fetch().toString()).doesNotContain("secret");
  }

  private static void awaited(CountDownLatch latch) throws BackendFailure {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Interrupted. Try again.");
    }
  }
}
