package dev.enclave.cloud;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches something that all calls need, such as credentials: once for all who want it at the same
 * time, each of whom waits no longer than its own deadline. What comes too late for one is there
 * for the next. Thread-safe.
 */
public final class SharedFetch {

  /** Fetches it and keeps it; takes as long as it takes. */
  @FunctionalInterface
  public interface Work {
    void run() throws BackendFailure;
  }

  /** A failure is that of all who ask within this time: nobody waits for the same one anew. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private record Failed(BackendFailure failure, long atNanos) {}

  private final String what;
  private final Work work;
  private final TimeSource time;
  private final Executor threads;
  private @Nullable CompletableFuture<Boolean> underWay;
  private volatile @Nullable Failed failed;

  /**
   * By threads of its own, each of which ends with its fetch.
   *
   * @param what is fetched and where, as messages name it
   */
  public SharedFetch(String what, Work work, TimeSource time) {
    this(what, work, time, SharedFetch::inAThreadOfItsOwn);
  }

  /**
   * By other threads.
   *
   * @param threads that of the caller, in tests
   */
  public SharedFetch(String what, Work work, TimeSource time, Executor threads) {
    this.what = what;
    this.work = work;
    this.time = time;
    this.threads = threads;
  }

  private static void inAThreadOfItsOwn(Runnable task) {
    Thread thread = new Thread(task, "enclave-fetch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the fetch that is under way, or for a new one.
   *
   * @throws BackendFailure when it failed, or the deadline passed first
   */
  public void await(CallContext call) throws BackendFailure {
    await(call.remaining());
  }

  /** The same, for no longer than this. */
  public void await(Duration longest) throws BackendFailure {
    throwRecent();
    CompletableFuture<Boolean> fetched = joined();
    try {
      if (fetched.get(longest.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (TimeoutException e) {
      throw late("did not come before the deadline. Allow more time, or look at what it waits for");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late("was interrupted while it was waited for. Try again");
    } catch (ExecutionException e) {
      throw broken();
    }
    Failed last = failed;
    throw last == null ? broken() : last.failure();
  }

  /** Sees to it that it is fetched, and does not wait; not soon after that has failed. */
  public void begin(Duration pauseAfterFailure) {
    if (!failedWithin(pauseAfterFailure)) {
      CompletableFuture<Boolean> unused = joined();
    }
  }

  private CompletableFuture<Boolean> joined() {
    CompletableFuture<Boolean> mine;
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
      mine = new CompletableFuture<>();
      underWay = mine;
    }
    boolean begun = false;
    try {
      threads.execute(() -> fetch(mine));
      begun = true;
    } finally {
      if (!begun) {
        ended(mine, false);
      }
    }
    return mine;
  }

  private void fetch(CompletableFuture<Boolean> mine) {
    boolean done = false;
    try {
      work.run();
      failed = null;
      done = true;
    } catch (BackendFailure e) {
      failed = new Failed(e, time.nanoTime());
    } finally {
      ended(mine, done);
    }
  }

  private void ended(CompletableFuture<Boolean> mine, boolean done) {
    synchronized (this) {
      underWay = null;
    }
    mine.complete(done);
  }

  private void throwRecent() throws BackendFailure {
    Failed last = failed;
    if (last != null && failedWithin(SHARED_FAILURE)) {
      throw last.failure();
    }
  }

  private boolean failedWithin(Duration within) {
    Failed last = failed;
    return last != null && time.nanoTime() - last.atNanos() < within.toNanos();
  }

  private BackendFailure late(String why) {
    return BackendFailure.transientFailure(FailureCode.TIMEOUT, what + " " + why + ".");
  }

  private BackendFailure broken() {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE, what + " could not be fetched. Try again.");
  }
}
