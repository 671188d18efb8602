package dev.enclave;

import dev.enclave.deferred.DeferOptions;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Callers;
import dev.enclave.internal.texts.Texts;
import java.time.Duration;
import java.util.Optional;

/**
 * How to make one signature: {@code SignOptions.by("user:7").deadline(ofSeconds(2))}. Immutable.
 *
 * @param caller on whose behalf, for the audit record; none means the caller of the {@link Enclave}
 *     view (see {@link Enclave#by})
 * @param deadline how long the whole call may take, retries included; none means 5 seconds
 * @param encoding of the signature; none means {@link KeyAlgorithm#defaultEncoding()}
 */
public record SignOptions(
    Optional<String> caller, Optional<Duration> deadline, Optional<SignatureEncoding> encoding) {

  private static final SignOptions DEFAULTS =
      new SignOptions(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong caller, or
   *     a deadline that is not positive
   */
  public SignOptions {
    caller.ifPresent(Callers::requireValid);
    deadline.ifPresent(
        d -> {
          if (d.isNegative() || d.isZero()) {
            throw Texts.DEADLINE_PASSED.as(ErrorCode.INVALID_ARGUMENT, d);
          }
        });
  }

  /** Default deadline and encoding, the view's caller. */
  public static SignOptions defaults() {
    return DEFAULTS;
  }

  /** On behalf of {@code caller}: up to 128 characters, such as {@code user:7}. */
  public static SignOptions by(String caller) {
    return new SignOptions(Optional.of(caller), Optional.empty(), Optional.empty());
  }

  /** The same with a deadline. */
  public SignOptions deadline(Duration within) {
    return new SignOptions(caller, Optional.of(within), encoding);
  }

  /** The same with an encoding. */
  public SignOptions encoding(SignatureEncoding wanted) {
    return new SignOptions(caller, deadline, Optional.of(wanted));
  }

  /**
   * The same under an idempotency key, for a signature that is, or may be, deferred: whoever
   * submits under the same key again gets the same ticket.
   *
   * @param key 1 to 128 characters without control characters, such as {@code order-991}
   * @return options of {@link SigningKey#signOrDefer(SigningInput, DeferOptions)} and {@link
   *     dev.enclave.deferred.DeferredOperations#submit(SigningKey, SigningInput, DeferOptions)}; a
   *     signature that cannot be deferred has no ticket to find again, and takes none
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong key
   */
  public DeferOptions once(String key) {
    return new DeferOptions(this, Optional.of(key));
  }
}
