package dev.enclave.kit.key;

import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The base of the class by which a backend sends its requests: each passes the gate, ends by the
 * deadline, tells the call what its answer carries ({@link #observed}), and fails in the engine's
 * words. Reads are sent beside each other by a few threads of the backend's own, which end when
 * they are not needed, and with the backend; only a key of many versions is read by them.
 * Thread-safe.
 */
public abstract class RemoteCalls implements ParallelReads {

  /** A hundred versions at 20 ms a request then take a second, not four. */
  public static final int WIDTH = 8;

  private static final long IDLE_SECONDS = 20;

  private final Refusals refusals;
  private final ThreadPoolExecutor threads;
  private final RequestGate gate;

  /**
   * Open ones.
   *
   * @param closing releases what the requests use; is run once
   */
  protected RemoteCalls(Refusals refusals, Runnable closing) {
    this.refusals = refusals;
    AtomicInteger started = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            WIDTH,
            WIDTH,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              String name = "enclave-" + refusals.id() + "-" + started.incrementAndGet();
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    this.gate =
        new RequestGate(
            refusals,
            () -> {
              closing.run();
              threads.shutdown();
            });
  }

  /** What each of them passes. */
  public final RequestGate gate() {
    return gate;
  }

  /** How a request failed, unless the backend was closed under it. */
  protected final BackendFailure unlessClosed(Supplier<BackendFailure> failure) {
    return gate.closed() ? refusals.closed() : failure.get();
  }

  /**
   * Tells the call what an answer or a refusal carries.
   *
   * @param requestId the service's
   * @param date as HTTP has it; anything else tells nothing
   */
  protected static void observed(
      CallContext call, Optional<String> requestId, Optional<String> date) {
    requestId.ifPresent(call::requested);
    date.flatMap(ClockDifference::instant).ifPresent(call::answeredAt);
  }

  /** As {@link ParallelReads#all}; reads that have not ended at the deadline are interrupted. */
  @Override
  public final <T> List<T> all(List<Read<T>> reads, CallContext call) throws BackendFailure {
    if (reads.size() < 2) {
      return IN_TURN.all(reads, call);
    }
    List<String> requestIds = Collections.synchronizedList(new ArrayList<>());
    CallContext collecting = call.withRequestIds(requestIds::add);
    AtomicInteger begun = new AtomicInteger();
    List<Callable<T>> tasks = new ArrayList<>();
    reads.forEach(
        read ->
            tasks.add(
                () -> {
                  begun.incrementAndGet();
                  return read.from(collecting);
                }));
    try {
      return answers(
          threads.invokeAll(tasks, call.remaining().toNanos(), TimeUnit.NANOSECONDS), begun);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.READS_INTERRUPTED.transientFailure(FailureCode.TIMEOUT);
    } catch (RejectedExecutionException e) {
      throw refusals.closed();
    } finally {
      // The engine wants to be told by its own thread.
      List.copyOf(requestIds).forEach(call::requested);
    }
  }

  private static <T> List<T> answers(List<Future<T>> done, AtomicInteger begun)
      throws BackendFailure, InterruptedException {
    List<T> answers = new ArrayList<>();
    for (Future<T> one : done) {
      try {
        answers.add(one.get());
      } catch (CancellationException e) {
        throw late(done, begun.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof BackendFailure failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException broken) {
          throw broken;
        }
        throw new IllegalStateException("a read ended with an error of the machine");
      }
    }
    return answers;
  }

  /**
   * Where some waited for a thread, the service is silent only if it answered none that did not.
   */
  private static <T> BackendFailure late(List<Future<T>> reads, int begun) {
    long ended = reads.stream().filter(read -> !read.isCancelled()).count();
    String observed = Texts.READS_LATE.with(reads.size(), ended);
    return begun < reads.size() && (ended > 0 || begun == 0)
        ? BackendFailure.localLoad(observed)
        : BackendFailure.transientFailure(FailureCode.TIMEOUT, observed);
  }
}
