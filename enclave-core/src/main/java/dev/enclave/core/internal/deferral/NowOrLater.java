package dev.enclave.core.internal.deferral;

import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Operations that are carried out at once if their backend answers, and kept otherwise; then they
 * throw {@link ErrorCode#DEFERRED} with the ticket. The attempt and the ticket have one operation
 * id, so that what the attempt may have changed is changed once. Thread-safe.
 */
public final class NowOrLater {

  private final SharedParts shared;
  private final EngineDeferredOperations deferred;
  private final String caller;

  private NowOrLater(SharedParts shared, EngineDeferredOperations deferred, String caller) {
    this.shared = shared;
    this.deferred = deferred;
    this.caller = caller;
  }

  /**
   * On behalf of a caller.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when nothing can be kept
   */
  public static NowOrLater of(SharedParts shared, String caller) {
    return EngineDeferredOperations.of(shared, caller)
        .map(deferred -> new NowOrLater(shared, deferred, caller))
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "orLater needs a place for deferred operations. Add dev.enclave:enclave-jobs"
                        + " and set enclave.jobs.kek, or leave orLater out."));
  }

  /** Signs. */
  public SignatureValue sign(CachedKey slot, SigningInput input, SignOptions options) {
    String id = deferred.newTicket();
    if (options.idempotencyKey().flatMap(deferred::findByKey).isPresent()) {
      Ticket ticket = deferred.submit(id, slot, input, options, shared.time().now());
      return ticket.signature().orElseThrow(() -> kept(Ticket.Kind.SIGN, "", ticket));
    }
    return now(
        Ticket.Kind.SIGN,
        () ->
            OperationRun.under(id, caller, shared).on(slot).run(new SignOperation(input, options)),
        estimate -> deferred.submit(id, slot, input, options, estimate));
  }

  /** Creates a key that must not exist. */
  public KeyFinder.Found create(KeySpec<?> spec) {
    String id = deferred.newTicket();
    return now(
        Ticket.Kind.CREATE,
        () ->
            OperationRun.under(id, caller, shared)
                .named(spec.name())
                .run(new CreateOperation(spec, false)),
        estimate -> deferred.create(id, spec, estimate));
  }

  /** Rotates the version that the request names, or that is active now. */
  public RotationResult rotate(CachedKey slot, RotationRequest request) {
    String id = deferred.newTicket();
    RotationRequest exact =
        new RotationRequest(
            Optional.of(request.expectedActive().orElseGet(() -> active(slot))),
            request.reason(),
            request.caller(),
            request.operationId().or(() -> Optional.of(id)),
            false);
    return now(
        Ticket.Kind.ROTATE,
        () -> OperationRun.under(id, caller, shared).on(slot).run(new RotateOperation(exact)),
        estimate -> deferred.rotate(id, slot, exact, estimate));
  }

  /** By a fresh reading, and in an outage by the newest there is. */
  private KeyVersionId active(CachedKey slot) {
    KeyReading entry;
    try {
      entry = slot.fresh(shared.newTrace(), shared.within(SharedParts.SIGN_WITHIN));
    } catch (EnclaveException failure) {
      if (!failure.retryable()) {
        throw failure;
      }
      entry = slot.newest().orElseThrow(() -> failure);
    }
    return entry.requireActive().id();
  }

  private <R> R now(Ticket.Kind kind, Supplier<R> attempt, Function<Instant, Ticket> keep) {
    try {
      return attempt.get();
    } catch (EnclaveException failure) {
      if (!EngineDeferrals.mayPass(failure, kind)) {
        throw failure;
      }
      throw kept(kind, failure.getMessage() + " ", kept(failure, keep));
    }
  }

  private Ticket kept(EnclaveException failure, Function<Instant, Ticket> keep) {
    try {
      return keep.apply(failure.retryAt().orElseGet(() -> shared.time().now()));
    } catch (EnclaveException notKept) {
      // No ticket is promised that is not stored: the caller has the failure itself.
      failure.addSuppressed(notKept);
      throw failure;
    }
  }

  private static EnclaveException kept(Ticket.Kind kind, String why, Ticket ticket) {
    Ticket.Status status = ticket.status();
    if (status.ended() && status != Ticket.Status.DONE) {
      return new UsageException(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          why
              + "The ticket of this idempotency key, "
              + ticket.id()
              + ", has ended without a result: "
              + status
              + ". Use another idempotency key.");
    }
    return ConnectivityException.deferred(
        why
            + "The "
            + noun(kind)
            + " is deferred: ticket "
            + ticket.id()
            + ". Do not ask again without an idempotency key; ask Enclave.deferred() for the"
            + " ticket.",
        ticket.id(),
        ticket.nextAttempt().orElse(ticket.submitted()));
  }

  private static String noun(Ticket.Kind kind) {
    return switch (kind) {
      case SIGN -> "signature";
      case CREATE -> "creation";
      case ROTATE -> "rotation";
    };
  }
}
