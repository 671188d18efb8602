package dev.enclave.deferred;

import dev.enclave.SignOptions;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Callers;
import java.util.Objects;
import java.util.Optional;

/**
 * How to make a signature that is, or may be, deferred: {@code
 * SignOptions.by("user:7").once("order-991")}. Immutable.
 *
 * @param signature how to make it, now or later
 * @param idempotencyKey what the caller calls this signature; of one key there is one ticket
 */
public record DeferOptions(SignOptions signature, Optional<String> idempotencyKey) {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong idempotency
   *     key
   */
  public DeferOptions {
    Objects.requireNonNull(signature, "options");
    idempotencyKey.ifPresent(Callers::requireIdempotencyKey);
  }

  /** Without an idempotency key: each call may leave a ticket of its own. */
  public static DeferOptions of(SignOptions signature) {
    return new DeferOptions(signature, Optional.empty());
  }
}
