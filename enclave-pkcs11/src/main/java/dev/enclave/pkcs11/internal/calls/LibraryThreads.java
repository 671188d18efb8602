package dev.enclave.pkcs11.internal.calls;

import dev.enclave.kit.RemoteRequest;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that call the library, so that a function that does not return costs one of them and
 * not the application's. They end when they are not needed. Thread-safe.
 */
final class LibraryThreads {

  private static final long IDLE_SECONDS = 20;

  private final ExecutorService threads;
  private final AtomicInteger hanging = new AtomicInteger();

  LibraryThreads() {
    AtomicInteger started = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, "enclave-pkcs11-" + started.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** How many works run for which nobody waits any more. */
  int hanging() {
    return hanging.get();
  }

  /**
   * Waits for what the work comes to, until the deadline.
   *
   * @param late what it means that it has not ended then
   * @param ended told once that the work has ended, whoever waits, or does not begin; with what it
   *     came to if nobody waits for that any more
   */
  <T> T await(
      RemoteRequest request,
      CallContext call,
      Supplier<BackendFailure> late,
      Consumer<Optional<T>> ended,
      Callable<T> work)
      throws BackendFailure {
    AtomicReference<@Nullable T> made = new AtomicReference<>();
    FutureTask<T> answer =
        new FutureTask<>(
            () -> {
              T done = work.call();
              made.set(done);
              return done;
            });
    boolean begun = false;
    try {
      threads.execute(
          () -> {
            answer.run();
            if (answer.isCancelled()) {
              hanging.decrementAndGet();
              ended.accept(Optional.ofNullable(made.get()));
            } else {
              ended.accept(Optional.empty());
            }
          });
      begun = true;
      answer.get(call.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw Token.REFUSALS.closed();
    } catch (TimeoutException e) {
      abandon(answer, late.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandon(
          answer,
          request.changes()
              ? Texts.INTERRUPTED.ambiguous(FailureCode.TIMEOUT, request.named())
              : Texts.INTERRUPTED.transientFailure(FailureCode.TIMEOUT, request.named()));
    } catch (ExecutionException e) {
      // Said below.
    } finally {
      if (!begun) {
        ended.accept(Optional.empty());
      }
    }
    return result(answer);
  }

  /** Fails so, unless the work has ended at that very moment. */
  private void abandon(FutureTask<?> answer, BackendFailure failure) throws BackendFailure {
    hanging.incrementAndGet();
    if (answer.cancel(false)) {
      throw failure;
    }
    hanging.decrementAndGet();
  }

  /** Of work that has ended, which is told even to a thread that was interrupted. */
  private static <T> T result(FutureTask<T> answer) throws BackendFailure {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendFailure failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException broken) {
        throw broken;
      }
      if (e.getCause() instanceof Error broken) {
        throw broken;
      }
      throw new IllegalStateException("a call threw what none declares");
    } catch (InterruptedException e) {
      throw new IllegalStateException("an answer that was there was waited for");
    }
  }

  /** Begins none any more; those that run go on. */
  void shutdown() {
    threads.shutdown();
  }

  /** Begins this as the last, and waits so long for it. What hangs is left to its thread. */
  void close(Runnable last, long seconds) {
    CompletableFuture<Void> closing = CompletableFuture.runAsync(last, threads);
    threads.shutdown();
    try {
      closing.get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Nothing of it is used any more.
    }
  }
}
