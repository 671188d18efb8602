package dev.enclave.kit;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What stands before each request of one backend: the backend is open, and the call has time left.
 * A request that is under way when the gate closes is not waited for; what sends it asks {@link
 * #closed} before it explains how the request failed. Thread-safe.
 */
public final class RequestGate implements AutoCloseable {

  private final Refusals refusals;
  private final Runnable closing;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * An open one.
   *
   * @param refusals the backend's
   * @param closing releases what the requests use; is run once
   */
  public RequestGate(Refusals refusals, Runnable closing) {
    this.refusals = refusals;
    this.closing = closing;
  }

  /** Whether the backend has been closed. */
  public boolean closed() {
    return closed.get();
  }

  /**
   * Refuses once the backend has been closed.
   *
   * @throws BackendFailure {@link FailureCode#CLOSED}
   */
  public void requireOpen() throws BackendFailure {
    if (closed.get()) {
      throw refusals.closed();
    }
  }

  /**
   * Returns the time left to the call, which is not zero.
   *
   * @throws BackendFailure {@link FailureCode#TIMEOUT}, transient, when the deadline has passed
   */
  public Duration timeLeft(CallContext call) throws BackendFailure {
    Duration left = call.remaining();
    if (left.isZero()) {
      throw refusals.tooLate();
    }
    return left;
  }

  /**
   * Returns what a request answers; nothing if it fails with this code, such as {@link
   * FailureCode#NOT_FOUND} where the caller only looks whether something is there.
   */
  public static <T> Optional<T> unless(FailureCode expected, Step<T> request)
      throws BackendFailure {
    try {
      return Optional.of(request.run());
    } catch (BackendFailure e) {
      if (e.code() == expected) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Refuses all requests from now on. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closing.run();
    }
  }
}
