package dev.enclave.core.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BoundedParallelTest {

  @Test
  void keepsTheOrder_whateverEndsFirst() {
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
    assertThat(BoundedParallel.all(numbers, n -> -n))
        .isEqualTo(numbers.stream().map(n -> -n).toList());
  }

  @Test
  void doesEightAtATime_andNoMore() {
    CyclicBarrier eight = new CyclicBarrier(BoundedParallel.WIDTH);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> numbers = IntStream.range(0, 3 * BoundedParallel.WIDTH).boxed().toList();
    BoundedParallel.all(
        numbers,
        n -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          meet(eight);
          return now.decrementAndGet();
        });
    assertThat(most.get()).isEqualTo(BoundedParallel.WIDTH);
  }

  /** Nobody passes before eight are here. */
  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException("nobody came", e);
    }
  }

  @Test
  void passesOnWhatOneThrows() {
    assertThatThrownBy(
            () ->
                BoundedParallel.all(
                    List.of(1, 2, 3),
                    n -> {
                      throw EnclaveException.of(ErrorCode.CLOSED, "it is closed");
                    }))
        .isInstanceOf(EnclaveException.class)
        .hasMessage("it is closed");
  }

  @Test
  void beginsNothing_whenItsThreadIsInterrupted() {
    AtomicInteger begun = new AtomicInteger();
    Thread.currentThread().interrupt();
    try {
      assertInterrupted(() -> BoundedParallel.all(List.of(1, 2), n -> begun.incrementAndGet()));
      assertThat(begun).hasValue(0);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void ends_whenItsThreadIsInterruptedMeanwhile() {
    Thread caller = Thread.currentThread();
    CountDownLatch never = new CountDownLatch(1);
    try {
      assertInterrupted(
          () ->
              BoundedParallel.all(
                  List.of(1, 2),
                  n -> {
                    // By one of them alone: an interrupt of the other could come after this test.
                    if (n == 1) {
                      caller.interrupt();
                    }
                    return awaitInterrupt(never);
                  }));
    } finally {
      Thread.interrupted();
    }
  }

  private static void assertInterrupted(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            ConnectivityException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  private static boolean awaitInterrupt(CountDownLatch never) {
    try {
      never.await();
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
