package dev.enclave.core.internal.key;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches newer readings of one key beside its use: one at a time, and after a failure with pauses.
 * Thread-safe.
 */
public final class ReadingAhead {

  /** Nobody waits longer for a reading than until this long after it began. */
  public static final Duration PATIENCE = Duration.ofSeconds(1);

  /** The first pause after a failure; the next ones are each twice as long. */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** So long nobody waits for a reading after one has failed. */
  static final Duration REMEMBERED = Duration.ofSeconds(30);

  private record UnderWay(CompletableFuture<Void> done, long sinceNanos) {}

  private record Failed(Duration pause, long atNanos) {}

  private final TimeSource time;
  private final BackgroundReads reads;
  private final Runnable read;
  private final Runnable refused;
  private @Nullable UnderWay underWay;
  private @Nullable Failed failed;

  /**
   * None under way.
   *
   * @param read reads the key
   * @param refused is told when the key cannot be read and that is no outage
   */
  public ReadingAhead(TimeSource time, BackgroundReads reads, Runnable read, Runnable refused) {
    this.time = time;
    this.reads = reads;
    this.read = read;
    this.refused = refused;
  }

  /** Sees to it that the key is being read, and does not wait; not soon after a failure. */
  public void begin() {
    UnderWay mine;
    synchronized (this) {
      if (underWay != null || (failed != null && !passed(failed.atNanos(), failed.pause()))) {
        return;
      }
      mine = new UnderWay(new CompletableFuture<>(), time.nanoTime());
      underWay = mine;
    }
    if (!reads.run(() -> run(mine))) {
      ended(mine);
    }
  }

  private void run(UnderWay mine) {
    try {
      read.run();
      failed(null);
    } catch (RuntimeException e) {
      if (isOutage(e)) {
        failedOnceMore();
      } else {
        // Whoever uses the key next reads it, and is told why that fails.
        refused.run();
        failed(null);
      }
    } finally {
      ended(mine);
    }
  }

  /** Whether nothing was learned of the key. */
  private static boolean isOutage(RuntimeException e) {
    return e instanceof EnclaveException failure
        && (failure.retryable() || failure.code().category() == ErrorCategory.CONNECTIVITY);
  }

  private synchronized void failed(@Nullable Failed now) {
    failed = now;
  }

  private synchronized void failedOnceMore() {
    Duration pause = failed == null ? FIRST_PAUSE : failed.pause().multipliedBy(2);
    failed =
        new Failed(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause, time.nanoTime());
  }

  private void ended(UnderWay mine) {
    synchronized (this) {
      underWay = null;
    }
    mine.done().complete(null);
  }

  /**
   * Waits until the key has been read; not where the last reading failed a moment ago, and never
   * longer than {@link #PATIENCE} or for more than half of what is left of the deadline. An
   * interrupted thread does not wait.
   */
  public void await(Deadline deadline) {
    Duration half = deadline.remaining().dividedBy(2);
    Duration left;
    synchronized (this) {
      if (underWay == null) {
        return;
      }
      left = PATIENCE.minusNanos(time.nanoTime() - underWay.sinceNanos());
    }
    awaitUntil(Deadline.in(left.compareTo(half) < 0 ? left : half, time));
  }

  /** Waits so long at most; not where the last reading failed a moment ago. */
  public void awaitUntil(Deadline patience) {
    CompletableFuture<Void> done;
    synchronized (this) {
      if (underWay == null || (failed != null && !passed(failed.atNanos(), REMEMBERED))) {
        return;
      }
      done = underWay.done();
    }
    try {
      // It waits by the machine's clock, and the patience need not go by that one.
      while (!done.isDone() && !patience.passed()) {
        awaitOnce(done, patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitOnce(CompletableFuture<Void> done, Deadline patience)
      throws InterruptedException {
    try {
      done.get(patience.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The reading at hand serves on.
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reading under way ends without an exception");
    }
  }

  private boolean passed(long sinceNanos, Duration age) {
    return time.nanoTime() - sinceNanos >= age.toNanos();
  }
}
