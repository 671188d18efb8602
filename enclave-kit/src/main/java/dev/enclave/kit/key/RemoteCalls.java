package dev.enclave.kit.key;

import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The base of the class by which a backend sends its requests: each passes the gate, ends by the
 * deadline, tells the call what its answer carries ({@link #observed}), and fails in the engine's
 * words. Thread-safe.
 */
public abstract class RemoteCalls {

  private final Refusals refusals;
  private final ReadThreads threads;
  private final RequestGate gate;

  /**
   * Open ones.
   *
   * @param closing releases what the requests use; is run once
   */
  protected RemoteCalls(Refusals refusals, Runnable closing) {
    this.refusals = refusals;
    this.threads = new ReadThreads(refusals.id(), refusals);
    this.gate =
        new RequestGate(
            refusals,
            () -> {
              closing.run();
              threads.close();
            });
  }

  /** What each of them passes. */
  public final RequestGate gate() {
    return gate;
  }

  /** For those that are sent beside each other. */
  public final ParallelReads threads() {
    return threads;
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
}
