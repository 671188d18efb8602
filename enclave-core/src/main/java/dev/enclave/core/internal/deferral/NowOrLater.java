package dev.enclave.core.internal.deferral;

import dev.enclave.DeferrableResult;
import dev.enclave.KeySpec;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Operations that are carried out at once if their backend answers, and kept otherwise. The attempt
 * and the ticket have one operation id, so that what the attempt may have changed is changed once.
 * Thread-safe.
 */
public final class NowOrLater {

  private final Operations operations;
  private final EngineDeferredOperations deferred;
  private final String caller;

  private NowOrLater(Operations operations, EngineDeferredOperations deferred, String caller) {
    this.operations = operations;
    this.deferred = deferred;
    this.caller = caller;
  }

  /**
   * On behalf of a caller.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when nothing can be kept
   */
  public static NowOrLater of(
      Operations operations, Optional<EngineDeferredOperations> deferred, String caller) {
    return deferred
        .map(kept -> new NowOrLater(operations, kept.by(caller), caller))
        .orElseThrow(() -> Texts.NO_PLACE_TO_DEFER.as(ErrorCode.UNSUPPORTED_OPERATION));
  }

  /** Signs. */
  public DeferrableResult<SignatureValue> sign(
      CachedKey slot, SigningInput input, DeferOptions options) {
    String id = deferred.newTicket();
    if (options.idempotencyKey().flatMap(deferred::findByKey).isPresent()) {
      Ticket ticket = deferred.submit(id, slot, input, options, operations.time().now());
      return ticket
          .signature()
          .<DeferrableResult<SignatureValue>>map(DeferrableResult.Done::new)
          .orElseGet(() -> kept(ticket, Optional.empty()));
    }
    SignOperation signature = new SignOperation(input, options.signature());
    return now(
        Ticket.Kind.SIGN,
        () -> operations.under(id, caller).on(slot).run(signature),
        estimate -> deferred.submit(id, slot, input, options, estimate));
  }

  /** Creates a key that must not exist. */
  public <K> DeferrableResult<K> create(KeySpec<?> spec, Function<KeyDirectory.Found, K> as) {
    String id = deferred.newTicket();
    return now(
        Ticket.Kind.CREATE,
        () ->
            as.apply(
                operations
                    .under(id, caller)
                    .named(spec.name())
                    .run(new CreateOperation(spec, false))),
        estimate -> deferred.create(id, spec, estimate));
  }

  /** Rotates the version that the request names, or that is active now. */
  public DeferrableResult<RotationResult> rotate(CachedKey slot, RotationRequest request) {
    String id = deferred.newTicket();
    RotationRequest exact =
        new RotationRequest(
            Optional.of(
                request
                    .expectedActive()
                    .orElseGet(() -> deferred.freshest(slot).requireActive().id())),
            request.reason(),
            request.caller(),
            request.operationId().or(() -> Optional.of(id)));
    return now(
        Ticket.Kind.ROTATE,
        () -> operations.under(id, caller).on(slot).run(new RotateOperation(exact)),
        estimate -> deferred.rotate(id, slot, exact, estimate));
  }

  private <R> DeferrableResult<R> now(
      Ticket.Kind kind, Supplier<R> attempt, Function<Instant, Ticket> keep) {
    try {
      return new DeferrableResult.Done<>(attempt.get());
    } catch (EnclaveException failure) {
      if (!EngineDeferrals.mayPass(failure, kind)) {
        throw failure;
      }
      return kept(kept(failure, keep), Optional.of(failure));
    }
  }

  private Ticket kept(EnclaveException failure, Function<Instant, Ticket> keep) {
    try {
      return keep.apply(failure.retryAt().orElseGet(() -> operations.time().now()));
    } catch (EnclaveException notKept) {
      // No ticket is promised that is not stored: the caller has the failure itself.
      failure.addSuppressed(notKept);
      throw failure;
    }
  }

  private static <R> DeferrableResult<R> kept(Ticket ticket, Optional<EnclaveException> failure) {
    Ticket.Status status = ticket.status();
    if (status.ended() && status != Ticket.Status.DONE) {
      throw Texts.ENDED_WITHOUT_RESULT.as(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          failure.map(why -> why.getMessage() + " ").orElse(""),
          ticket.id(),
          status);
    }
    return new DeferrableResult.Deferred<>(ticket, failure);
  }
}
