package dev.enclave.kit.credentials;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Something with an end that all calls need, such as an access token: fetched anew ahead of its end
 * in another thread, while callers go on with the one at hand, which also serves on while its
 * source fails or hangs. A caller waits only if there is no good one, no longer than its own
 * deadline, and for the one fetch that is under way. Nothing runs while nobody asks. Thread-safe.
 *
 * @param <T> what is fetched; never shown
 */
public final class RefreshingValue<T> implements AutoCloseable {

  /**
   * A value and its end.
   *
   * @param value never shown
   * @param end when it ends; none if it does not
   */
  public record Expiring<T>(T value, Optional<Instant> end) {

    /** The end alone. */
    @Override
    public String toString() {
      return Texts.EXPIRING.with(end.map(Instant::toString).orElse("closed"));
    }
  }

  /**
   * Fetches one. Must end by itself, if late: while it runs, no other fetch begins.
   *
   * @param <T> what is fetched
   */
  @FunctionalInterface
  public interface Source<T> {
    Expiring<T> fetch() throws BackendFailure;

    /**
     * Whether one that could not be renewed serves on beyond its end until it is {@linkplain
     * #refused() refused}, and one that has ended when it is fetched is taken: whoever takes it
     * decides about its end, and may extend it while its source is down. By default it is not.
     */
    default boolean untilRefused() {
      return false;
    }

    /** Ends what it asks by. Idempotent. */
    default void close() {}
  }

  /** How long one that had ended when it was fetched is used before another is fetched. */
  private static final Duration USE_OF_ENDED = Duration.ofMinutes(5);

  /** So much of its life at least a value is used before another is fetched. */
  private static final int LEAST_USE_PERCENT = 75;

  /** What ends while the request is on its way is of no use. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /**
   * How long after a failure a renewal is not tried again while the value at hand is good, and for
   * how long after its fetch a value is believed over who refuses it.
   */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** A failure is that of all who ask within this time: nobody waits for the same one anew. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private record Held<T>(Expiring<T> given, Deadline trusted, Instant renewAt) {}

  private record Failed(BackendFailure failure, Deadline shared, Deadline pause) {

    static Failed now(BackendFailure failure, TimeSource time) {
      return new Failed(failure, Deadline.in(SHARED_FAILURE, time), Deadline.in(PAUSE, time));
    }
  }

  private final String what;
  private final Source<T> source;
  private final Duration ahead;
  private final TimeSource time;
  private final Executor threads;
  private final boolean untilRefused;
  private volatile @Nullable Held<T> held;
  private volatile @Nullable Held<T> refused;
  private volatile @Nullable Failed failed;
  private @Nullable CompletableFuture<Void> underWay;
  private @Nullable Thread fetching;
  private boolean closed;

  /**
   * With nothing fetched yet.
   *
   * @param what is fetched and where, as messages begin with it
   * @param ahead how long before its end a value is renewed; one that lives for less than four
   *     times as long, after three quarters of its life
   * @param threads that fetch
   */
  public RefreshingValue(
      String what, Source<T> source, Duration ahead, TimeSource time, Executor threads) {
    this.untilRefused = source.untilRefused();
    this.what = what;
    this.source = source;
    this.ahead = ahead;
    this.time = time;
    this.threads = threads;
  }

  /** A daemon thread for each fetch, which ends with it. */
  public static Executor threadForEach() {
    return task -> {
      Thread thread = new Thread(task, "enclave-fetch");
      thread.setDaemon(true);
      thread.start();
    };
  }

  /**
   * Fetches the first one in this thread, which takes as long as the source does. Closed where
   * there is none.
   *
   * @throws BackendFailure when there is none
   */
  public void fetchFirst() throws BackendFailure {
    try {
      keep(fetched());
    } finally {
      if (held == null) {
        close();
      }
    }
  }

  /**
   * A good one, waited for only if there is none.
   *
   * @throws BackendFailure when it could not be fetched, or the call's deadline passed first
   */
  public T get(CallContext call) throws BackendFailure {
    return get(call.remaining());
  }

  /** The same, waited for no longer than this. */
  public T get(Duration longest) throws BackendFailure {
    Held<T> now = held;
    if (now != null && usable(now)) {
      if (due(now)) {
        renew();
      }
      return now.given().value();
    }
    Failed last = failed;
    if (now != null && serves(now) && last != null) {
      renew();
      return now.given().value();
    }
    if (last != null && !last.shared().passed()) {
      throw last.failure();
    }
    await(underWay(), longest);
    now = held;
    last = failed;
    if (now != null && (serves(now) || last == null || usable(now))) {
      return now.given().value();
    }
    throw last != null ? last.failure() : unfetched(Texts.TRY_AGAIN.with());
  }

  private BackendFailure unfetched(String advice) {
    return Texts.NOT_FETCHED.transientFailure(FailureCode.UNAVAILABLE, what, advice);
  }

  /** The one at hand, if it has not ended; nothing is waited for or begun. */
  public Optional<T> atHand() {
    Held<T> now = held;
    return now == null || (ended(now, Duration.ZERO) && !serves(now))
        ? Optional.empty()
        : Optional.of(now.given().value());
  }

  /**
   * The one at hand was refused, though it has not ended: the next caller waits for another.
   * Without effect on one that was fetched less than ten seconds ago, since another will not be
   * better.
   */
  public void refused() {
    Held<T> now = held;
    if (now != null && now.trusted().passed()) {
      refused = now;
    }
  }

  /** Fetches another beside the calls; not soon after that has failed. */
  private void renew() {
    Failed last = failed;
    if (last == null || last.pause().passed()) {
      CompletableFuture<Void> unused = underWay();
    }
  }

  /** The fetch that is under way, or a new one. Completed when it has ended, however. */
  private CompletableFuture<Void> underWay() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
      mine = new CompletableFuture<>();
      if (closed) {
        mine.complete(null);
        return mine;
      }
      underWay = mine;
    }
    try {
      threads.execute(() -> fetch(mine));
    } catch (RejectedExecutionException e) {
      failed = Failed.now(closedFailure(), time);
      end(mine);
    } catch (OutOfMemoryError e) {
      // The machine has no thread left.
      fail(unfetched(Texts.NO_THREAD.with()));
      end(mine);
    }
    return mine;
  }

  private void fetch(CompletableFuture<Void> mine) {
    synchronized (this) {
      if (closed) {
        // Nobody may be asked any more; who waited was let go.
        return;
      }
      fetching = Thread.currentThread();
    }
    try {
      Held<T> now = held;
      // Another may have been fetched since this one was asked for.
      if (now == null || !usable(now) || due(now)) {
        keep(fetched());
      }
    } catch (BackendFailure e) {
      fail(e);
    } catch (RuntimeException e) {
      // Its message may quote what was fetched.
      fail(unfetched(Texts.TRY_AGAIN.with()));
    } finally {
      end(mine);
    }
  }

  private Expiring<T> fetched() throws BackendFailure {
    Expiring<T> next = source.fetch();
    Optional<Instant> end = next.end().filter(at -> !time.now().isBefore(at));
    if (end.isPresent() && !untilRefused) {
      throw Texts.ENDED_BEFORE_NOW.transientFailure(FailureCode.UNAVAILABLE, what, end.get());
    }
    return next;
  }

  private synchronized void keep(Expiring<T> next) {
    if (!closed) {
      Instant now = time.now();
      held =
          new Held<>(
              next,
              Deadline.in(PAUSE, time),
              next.end().map(end -> renewAt(now, end)).orElse(Instant.MAX));
      failed = null;
    }
  }

  private Instant renewAt(Instant now, Instant end) {
    Duration left = Duration.between(now, end);
    if (untilRefused && left.compareTo(MARGIN) <= 0) {
      return now.plus(USE_OF_ENDED);
    }
    Duration least = left.multipliedBy(LEAST_USE_PERCENT).dividedBy(100);
    Duration use = left.minus(ahead);
    return now.plus(use.compareTo(least) > 0 ? use : least);
  }

  private synchronized void fail(BackendFailure failure) {
    if (!closed) {
      failed = Failed.now(failure, time);
    }
  }

  private void end(CompletableFuture<Void> mine) {
    synchronized (this) {
      fetching = null;
      underWay = null;
    }
    mine.complete(null);
  }

  private void await(CompletableFuture<Void> fetch, Duration longest) throws BackendFailure {
    try {
      fetch.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw late(Texts.DID_NOT_COME.with());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw late(Texts.WAIT_INTERRUPTED.with());
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch ends without an exception");
    }
  }

  private boolean usable(Held<T> now) {
    return !now.equals(refused) && (!ended(now, MARGIN) || (untilRefused && !due(now)));
  }

  /** Whether it is worth a try, though it may have ended. */
  private boolean serves(Held<T> now) {
    return untilRefused && !now.equals(refused);
  }

  private boolean ended(Held<T> now, Duration margin) {
    return now.given().end().filter(end -> !time.now().isBefore(end.minus(margin))).isPresent();
  }

  private boolean due(Held<T> now) {
    return !time.now().isBefore(now.renewAt());
  }

  private BackendFailure late(String why) {
    return BackendFailure.transientFailure(FailureCode.TIMEOUT, what + " " + why + ".");
  }

  private static BackendFailure closedFailure() {
    return Texts.CLOSED.permanent(FailureCode.CLOSED);
  }

  /**
   * Forgets the value, interrupts a fetch, lets whoever waits for it go, and closes the source.
   * Idempotent.
   */
  @Override
  public void close() {
    CompletableFuture<Void> awaited;
    synchronized (this) {
      closed = true;
      held = null;
      failed = Failed.now(closedFailure(), time);
      awaited = underWay;
      if (fetching != null) {
        fetching.interrupt();
      }
    }
    if (awaited != null) {
      awaited.complete(null);
    }
    source.close();
  }

  /** What it is, nothing of its value. */
  @Override
  public String toString() {
    return "RefreshingValue[" + what + "]";
  }
}
