package dev.enclave.deferred;

import dev.enclave.EnclaveKey;
import dev.enclave.KeySpec;
import dev.enclave.SignOptions;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Operations that are carried out as soon as their backend answers, by whichever replica. Each is a
 * row of a database, found again by its {@link Ticket#id()} or by the caller's idempotency key.
 * Thread-safe.
 *
 * <p>Every method throws a {@link ConnectivityException} ({@link ErrorCode#DEFERRAL_UNAVAILABLE})
 * when the database cannot be used, and an {@link IntegrityException} ({@link
 * ErrorCode#DEFERRED_OPERATION_CORRUPT}) when a row is not what this deployment stored.
 */
public interface DeferredOperations {

  /**
   * Stores a signature to be made. When this returns, the row is durable. Operations with one key
   * are carried out in the order in which they were submitted.
   *
   * @param options caller and encoding; with {@link SignOptions#once} the ticket of the same
   *     idempotency key is given back if there is one. The deadline is not used
   * @throws UsageException {@link ErrorCode#IDEMPOTENCY_CONFLICT} when the idempotency key was used
   *     for something else; as {@link SigningKey#sign(SigningInput, SignOptions)} when key or
   *     backend cannot take the input
   */
  Ticket submit(SigningKey key, SigningInput input, DeferOptions options);

  /** As {@link #submit(SigningKey, SigningInput, DeferOptions)}, without an idempotency key. */
  default Ticket submit(SigningKey key, SigningInput input, SignOptions options) {
    return submit(key, input, DeferOptions.of(options));
  }

  /**
   * Stores a key to be made. It is made once, however often that is tried.
   *
   * @param spec its operation id is the idempotency key, if it has one
   * @throws UsageException {@link ErrorCode#IDEMPOTENCY_CONFLICT}; as {@link
   *     dev.enclave.Enclave#createKey} when it would be refused at once. Whether the name is free
   *     is found when it is made
   */
  Ticket create(KeySpec<?> spec);

  /**
   * Stores a rotation to be made of the version that is active now, by what was read last, or of
   * the one that the request names. It is made once, however often that is tried.
   *
   * @param request its operation id is the idempotency key, if it has one
   * @throws UsageException {@link ErrorCode#IDEMPOTENCY_CONFLICT}; {@link
   *     ErrorCode#UNSUPPORTED_OPERATION}
   */
  Ticket rotate(EnclaveKey key, RotationRequest request);

  /** The ticket of this id, as it is now. */
  Optional<Ticket> find(String id);

  /** The ticket that was submitted with this idempotency key, as it is now. */
  Optional<Ticket> findByKey(String idempotencyKey);

  /**
   * Gives a ticket up, unless it has ended or is being tried at this moment.
   *
   * @return the ticket afterwards; none if there is none of this id
   */
  Optional<Ticket> cancel(String id);

  /**
   * Has a ticket tried as soon as possible: one that waits, or one that has failed and has not
   * expired, which then waits again. Any other stays as it is. What is retried is what was
   * submitted.
   *
   * @return the ticket afterwards; none if there is none of this id
   */
  Optional<Ticket> retry(String id);

  /**
   * Tickets in any of these states, in the order in which they were submitted. Rows that are not
   * what this deployment stored are left out; {@link #find} says what is wrong with one.
   *
   * @param limit at most so many, 1 to 1000
   * @throws UsageException {@link ErrorCode#INVALID_ARGUMENT} for another limit
   */
  List<Ticket> list(Set<Ticket.Status> states, int limit);

  /**
   * Completes with the ticket when it has ended, whichever process ends it; exceptionally when
   * there is none of this id, or this Enclave is closed.
   */
  CompletionStage<Ticket> ended(String id);

  /**
   * Has {@code listener} told of every ticket that this process ends. It is told on the thread that
   * ended the ticket; what it throws is logged and changes nothing.
   */
  void onEnded(Consumer<Ticket> listener);
}
