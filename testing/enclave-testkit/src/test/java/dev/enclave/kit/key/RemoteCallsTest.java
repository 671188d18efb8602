package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RemoteCallsTest {

  private static final BackendId ID = BackendId.of("remote");

  private final RemoteCalls threads = new RemoteCalls(new Refusals(ID, "Remote KMS"), () -> {}) {};
  private final MutableClock clock = new MutableClock();
  private final List<String> told = new ArrayList<>();
  private final CallContext call =
      CallContext.of("op", 1, Deadline.in(Duration.ofMinutes(5), clock), clock, told::add);

  @AfterEach
  void close() {
    threads.gate().close();
  }

  @Test
  void readsAsManyAtOnceAsItHasThreads_andKeepsTheirOrder() throws BackendFailure {
    CyclicBarrier together = new CyclicBarrier(RemoteCalls.WIDTH);
    List<Read<Integer>> reads = new ArrayList<>();
    for (int i = 0; i < 2 * RemoteCalls.WIDTH; i++) {
      int number = i;
      reads.add(
          c -> {
            meet(together);
            return number;
          });
    }

    assertThat(threads.all(reads, call)).isSorted().hasSize(2 * RemoteCalls.WIDTH);
  }

  private static void meet(CyclicBarrier others) {
    try {
      others.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("the others did not come: " + e.getClass().getName());
    }
  }

  @Test
  void tellsTheRequestsInTheCallersThread() throws BackendFailure {
    List<Thread> tellers = Collections.synchronizedList(new ArrayList<>());
    CallContext watched =
        CallContext.of(
            "op",
            1,
            Deadline.in(Duration.ofMinutes(5), clock),
            clock,
            id -> tellers.add(Thread.currentThread()));

    threads.all(List.of(tell("a"), tell("b"), tell("c")), watched);

    assertThat(tellers).hasSize(3).containsOnly(Thread.currentThread());
  }

  private static Read<Boolean> tell(String id) {
    return c -> {
      c.requested(id);
      return true;
    };
  }

  @Test
  void failsWithTheFirstFailure_onceAllHaveEnded() {
    AtomicInteger ended = new AtomicInteger();
    Read<Integer> fine = c -> ended.incrementAndGet();
    Read<Integer> failing =
        c -> {
          throw BackendFailure.permanent(FailureCode.ACCESS_DENIED, "no");
        };

    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> threads.all(List.of(fine, failing, fine), call));

    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(ended).hasValue(2);
  }

  @Test
  void readsASingleOneItself() throws BackendFailure {
    assertThat(threads.all(List.of(c -> Thread.currentThread()), call))
        .containsExactly(Thread.currentThread());
  }

  @Test
  void refuses_onceClosed() {
    threads.gate().close();

    assertThatThrownBy(() -> threads.all(List.of(tell("a"), tell("b")), call))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.CLOSED));
  }

  @Test
  void interruptsWhatHasNotEndedAtTheDeadline() {
    CountDownLatch never = new CountDownLatch(1);
    CallContext shortCall =
        CallContext.of("op", 1, Deadline.in(Duration.ofMillis(50), clock), clock, told::add);
    Read<Boolean> hanging =
        c -> {
          try {
            never.await();
            return true;
          } catch (InterruptedException e) {
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "Interrupted.");
          }
        };

    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> threads.all(List.of(c -> true, hanging), shortCall));

    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
    assertThat(failure).hasMessageContaining("deadline");
  }

  @Test
  void sayThatOthersHaveTheThreads_whereNoReadGotOne() throws Exception {
    CountDownLatch begun = new CountDownLatch(RemoteCalls.WIDTH);
    CountDownLatch end = new CountDownLatch(1);
    Read<Boolean> longOne =
        c -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return true;
        };
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<List<Boolean>> others =
          other.submit(() -> threads.all(Collections.nCopies(RemoteCalls.WIDTH, longOne), call));
      begun.await();
      CallContext shortCall =
          CallContext.of("op", 1, Deadline.in(Duration.ofMillis(50), clock), clock, told::add);

      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> threads.all(List.of(c -> true, c -> true), shortCall));

      assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
      end.countDown();
      assertThat(others.get()).hasSize(RemoteCalls.WIDTH);
    } finally {
      end.countDown();
      other.shutdownNow();
    }
  }

  @Test
  void readsEachInTurn_whereThereAreFew() throws BackendFailure {
    Read<Thread> thread = c -> Thread.currentThread();
    assertThat(threads.each(Collections.nCopies(3, thread), call))
        .containsOnly(Thread.currentThread());
    assertThat(threads.each(Collections.nCopies(4, thread), call))
        .doesNotContain(Thread.currentThread());
  }
}
