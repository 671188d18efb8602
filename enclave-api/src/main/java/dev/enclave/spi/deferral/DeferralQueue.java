package dev.enclave.spi.deferral;

import dev.enclave.deferred.Ticket;
import dev.enclave.diagnosis.HealthReport.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Keeps operations and has them tried. Throws as {@link dev.enclave.deferred.DeferredOperations}
 * says. Thread-safe.
 */
public interface DeferralQueue extends AutoCloseable {

  /**
   * Stores an operation durably, or finds the one of the same idempotency key.
   *
   * @param notBefore when the first attempt is worth while, by this machine's clock
   */
  Ticket submit(StoredOperation operation, Instant notBefore);

  /** The ticket of this id. */
  Optional<Ticket> find(String id);

  /** The ticket of this idempotency key. */
  Optional<Ticket> findByKey(String idempotencyKey);

  /** Gives a ticket up, if it is waiting; the engine records it. */
  Optional<Ticket> cancel(String id);

  /** Has a ticket tried as soon as possible, if it waits or has failed; the engine records it. */
  Optional<Ticket> retry(String id);

  /** Tickets in any of these states, those submitted first before others, at most so many. */
  List<Ticket> list(Set<Ticket.Status> states, int limit);

  /** Completes when the ticket has ended. */
  CompletionStage<Ticket> ended(String id);

  /** Adds one that is told of every ticket this process ends. */
  void onEnded(Consumer<Ticket> listener);

  /** What is wrong, or how many wait and for how long; none when nothing waits. */
  Optional<Finding> health();

  /** Stops trying, waits for attempts under way, and ends every thread. Idempotent. */
  @Override
  void close();
}
