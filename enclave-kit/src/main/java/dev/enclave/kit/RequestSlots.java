package dev.enclave.kit;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many requests of one backend may be under way at once: as many as its connections carry. Who
 * waits for a place waits for other calls of this process, which says nothing of the service. First
 * come, first served. Thread-safe.
 */
public final class RequestSlots {

  /** With less than this the service had no time to answer, as the engine sees it. */
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(1);

  private final Semaphore places;
  private final int most;
  private final String advice;

  /**
   * All free.
   *
   * @param advice how to get more of them, as a sentence, such as {@code Raise
   *     enclave.aws-kms.connections.}
   */
  public RequestSlots(int most, String advice) {
    this.places = new Semaphore(most, true);
    this.most = most;
    this.advice = advice;
  }

  /** The place of one request, until it is closed. */
  public final class Slot implements AutoCloseable {

    private final RemoteRequest request;
    private final Duration left;
    private final boolean waited;

    private Slot(RemoteRequest request, Duration left, boolean waited) {
      this.request = request;
      this.left = left;
      this.waited = waited;
    }

    /**
     * What it means that no answer came before the deadline.
     *
     * @return {@link FailureCode#LOCAL_LOAD} when too little of the call's time was left for an
     *     answer once the request had its place, {@link FailureCode#TIMEOUT} else
     */
    public BackendFailure late() {
      return waited && left.compareTo(TIME_TO_ANSWER) < 0
          ? request.lateByLoad(
              Texts.NO_ANSWER_IN_WHAT_WAS_LEFT.with(left.toMillis(), crowd()), advice)
          : request.late();
    }

    @Override
    public void close() {
      places.release();
    }
  }

  /**
   * Takes a place, and waits for one until the deadline.
   *
   * @param before what was left of the call's time when its turn began: what was spent on waiting
   *     for credentials meanwhile is no silence of the service
   * @throws BackendFailure {@link FailureCode#LOCAL_LOAD} when there is none in that time
   */
  public Slot enter(RemoteRequest request, Duration before, CallContext call)
      throws BackendFailure {
    try {
      if (places.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        return new Slot(request, call.remaining(), before.compareTo(TIME_TO_ANSWER) >= 0);
      }
      if (places.tryAcquire(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return new Slot(request, call.remaining(), true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw request.crowded(Texts.INTERRUPTED_AWAITING_CONNECTION.with(), "Repeat.");
    }
    throw request.crowded(Texts.NO_CONNECTION_FREE.with(most, crowd()), advice);
  }

  /** Whether requests wait for a place. */
  boolean crowded() {
    return places.hasQueuedThreads();
  }

  private String crowd() {
    int waiting = places.getQueueLength();
    return waiting == 0 ? "" : Texts.MORE_WAIT.with(waiting);
  }
}
