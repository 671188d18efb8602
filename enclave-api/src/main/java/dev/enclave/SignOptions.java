package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Callers;
import java.time.Duration;
import java.util.Optional;

/**
 * How to make one signature: {@code SignOptions.by("user:7").deadline(ofSeconds(2))}. Immutable.
 *
 * @param caller on whose behalf, for the audit record; none means the caller of the {@link Enclave}
 *     view (see {@link Enclave#by})
 * @param deadline how long the whole call may take, retries included; none means 5 seconds
 * @param encoding of the signature; none means {@link KeyAlgorithm#defaultEncoding()}
 * @param idempotencyKey what the caller calls this signature; of one key there is one ticket
 * @param deferrable whether a failure that may pass makes a ticket
 */
public record SignOptions(
    Optional<String> caller,
    Optional<Duration> deadline,
    Optional<SignatureEncoding> encoding,
    Optional<String> idempotencyKey,
    boolean deferrable) {

  private static final SignOptions DEFAULTS =
      new SignOptions(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong caller or
   *     idempotency key, or a deadline that is not positive
   */
  public SignOptions {
    caller.ifPresent(Callers::requireValid);
    idempotencyKey.ifPresent(Callers::requireIdempotencyKey);
    deadline.ifPresent(
        d -> {
          if (d.isNegative() || d.isZero()) {
            throw new UsageException(
                ErrorCode.INVALID_ARGUMENT,
                "A deadline of " + d + " has passed already. Use a positive duration.");
          }
        });
  }

  /** Default deadline and encoding, the view's caller. */
  public static SignOptions defaults() {
    return DEFAULTS;
  }

  /** On behalf of {@code caller}: up to 128 characters, such as {@code user:7}. */
  public static SignOptions by(String caller) {
    return new SignOptions(
        Optional.of(caller), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  /** The same with a deadline. */
  public SignOptions deadline(Duration within) {
    return new SignOptions(caller, Optional.of(within), encoding, idempotencyKey, deferrable);
  }

  /** The same with an encoding. */
  public SignOptions encoding(SignatureEncoding wanted) {
    return new SignOptions(caller, deadline, Optional.of(wanted), idempotencyKey, deferrable);
  }

  /**
   * The same under an idempotency key, for a signature that is, or may be, deferred: whoever
   * submits under the same key again gets the same ticket.
   *
   * @param key 1 to 128 characters without control characters, such as {@code order-991}
   */
  public SignOptions once(String key) {
    return new SignOptions(caller, deadline, encoding, Optional.of(key), deferrable);
  }

  /**
   * The same, for which a failure that may pass makes a ticket: {@code sign} then throws {@link
   * ErrorCode#DEFERRED}, with the ticket's id and an estimate.
   */
  public SignOptions orLater() {
    return new SignOptions(caller, deadline, encoding, idempotencyKey, true);
  }
}
