package dev.enclave;

import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import java.util.Optional;

/**
 * What came of an operation that may be deferred: its result, or a ticket.
 *
 * <pre>{@code
 * if (key.signOrDefer(message, options) instanceof Deferred<SignatureValue> deferred) {
 *   store(deferred.ticket().id());
 * }
 * }</pre>
 *
 * @param <R> the result
 */
public sealed interface DeferrableResult<R> {

  /** The result, if it was there at once. */
  default Optional<R> done() {
    return this instanceof Done<R> done ? Optional.of(done.value()) : Optional.empty();
  }

  /** The ticket, if the operation was deferred. */
  default Optional<Ticket> deferred() {
    return this instanceof Deferred<R> deferred ? Optional.of(deferred.ticket()) : Optional.empty();
  }

  /**
   * The operation is done.
   *
   * @param value its result
   */
  record Done<R>(R value) implements DeferrableResult<R> {}

  /**
   * The operation is kept until its backend answers. It is not to be asked for again without an
   * idempotency key, or an operation id: {@link DeferredOperations} has what becomes of it.
   *
   * @param ticket names it; {@link Ticket#nextAttempt()} is an estimate
   * @param failure why it was not done at once; none when the ticket is of an earlier call
   */
  record Deferred<R>(Ticket ticket, Optional<EnclaveException> failure)
      implements DeferrableResult<R> {}
}
