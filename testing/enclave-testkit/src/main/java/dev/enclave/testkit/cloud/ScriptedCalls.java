package dev.enclave.testkit.cloud;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plays a {@link FaultScript} around the calls of a backend. Thread-safe. */
final class ScriptedCalls {

  /** What a call does when nothing goes wrong. */
  @FunctionalInterface
  interface Work<T> {
    T run(Turn turn) throws BackendFailure;
  }

  /**
   * One call under way.
   *
   * @param operation what was asked
   * @param requestId the provider's id of the request
   * @param fault what goes wrong with it
   */
  record Turn(CloudOperation operation, String requestId, Optional<Fault> fault) {

    /** To be called after the first of several writes. */
    void halfway() throws BackendFailure {
      if (is(Fault.Lost.HALFWAY)) {
        throw lost();
      }
    }

    boolean is(Fault candidate) {
      return fault.filter(candidate::equals).isPresent();
    }

    BackendFailure lost() {
      String message =
          "The connection broke before an answer to "
              + operation
              + " came. Repeat the call with the same operation id.";
      BackendFailure failure =
          operation.hasEffect()
              ? BackendFailure.ambiguous(FailureCode.UNAVAILABLE, message)
              : BackendFailure.transientFailure(FailureCode.UNAVAILABLE, message);
      return failure.withProviderRequestId(requestId);
    }

    BackendFailure late() {
      String message = "No answer to " + operation + " came before the deadline. Allow more time.";
      BackendFailure failure =
          operation.hasEffect()
              ? BackendFailure.ambiguous(FailureCode.TIMEOUT, message)
              : BackendFailure.transientFailure(FailureCode.TIMEOUT, message);
      return failure.withProviderRequestId(requestId);
    }
  }

  private final FaultScript script;
  private final List<CloudCall> journal = new ArrayList<>();

  ScriptedCalls(FaultScript script) {
    this.script = script;
  }

  FaultScript script() {
    return script;
  }

  <T> T play(CloudOperation operation, CallContext call, Work<T> work) throws BackendFailure {
    Turn turn = new Turn(operation, enter(operation, call), script.begin(operation));
    call.requested(turn.requestId());
    if (turn.fault().orElse(null) instanceof Fault.Refused refused) {
      throw refusal(refused, turn);
    }
    if (turn.is(Fault.Lost.REQUEST)) {
      throw turn.lost();
    }
    Duration latency = script.latency(operation);
    boolean late = latency.compareTo(call.remaining()) > 0;
    travel(late ? call.remaining() : latency, call, turn);
    T answer = work.run(turn);
    if (late) {
      throw turn.late();
    }
    if (turn.is(Fault.Lost.ANSWER)) {
      throw turn.lost();
    }
    return answer;
  }

  private String enter(CloudOperation operation, CallContext call) {
    synchronized (journal) {
      String requestId = "request-" + (journal.size() + 1);
      journal.add(new CloudCall(operation, call.operationId(), call.attempt(), requestId));
      return requestId;
    }
  }

  /** Every call so far, refused and lost ones included. */
  List<CloudCall> journal() {
    synchronized (journal) {
      return List.copyOf(journal);
    }
  }

  private static void travel(Duration duration, CallContext call, Turn turn) throws BackendFailure {
    if (duration.isZero()) {
      return;
    }
    try {
      call.time().pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw turn.lost();
    }
  }

  private static BackendFailure refusal(Fault.Refused refused, Turn turn) {
    String message =
        "The provider answered "
            + turn.operation()
            + " with "
            + refused.code()
            + ", as the fault script says.";
    BackendFailure failure =
        switch (refused.failureClass()) {
          case THROTTLED -> BackendFailure.throttled(message, refused.retryAfter());
          case PERMANENT -> BackendFailure.permanent(refused.code(), message);
          case TRANSIENT -> BackendFailure.transientFailure(refused.code(), message);
          case AMBIGUOUS -> BackendFailure.ambiguous(refused.code(), message);
        };
    return failure.withProviderRequestId(turn.requestId());
  }
}
