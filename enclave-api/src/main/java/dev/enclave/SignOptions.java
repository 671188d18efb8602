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
 * @param rotationGrace for how long after a {@link VersionSigner} was taken it signs although its
 *     version was replaced; none means that it does not
 */
public record SignOptions(
    Optional<String> caller,
    Optional<Duration> deadline,
    Optional<SignatureEncoding> encoding,
    Optional<String> idempotencyKey,
    boolean deferrable,
    Optional<Duration> rotationGrace) {

  private static final Duration LONGEST_GRACE = Duration.ofMinutes(1);

  private static final SignOptions DEFAULTS =
      new SignOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty());

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong caller or
   *     idempotency key, a deadline that is not positive, or a grace that is negative or longer
   *     than a minute
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
    rotationGrace.ifPresent(
        grace -> {
          if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw new UsageException(
                ErrorCode.INVALID_ARGUMENT,
                "A replaced version was to sign for "
                    + grace
                    + ". Use a duration of a minute at most, such as PT10S.");
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
        Optional.of(caller),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty());
  }

  /** The same with a deadline. */
  public SignOptions deadline(Duration within) {
    return new SignOptions(
        caller, Optional.of(within), encoding, idempotencyKey, deferrable, rotationGrace);
  }

  /** The same with an encoding. */
  public SignOptions encoding(SignatureEncoding wanted) {
    return new SignOptions(
        caller, deadline, Optional.of(wanted), idempotencyKey, deferrable, rotationGrace);
  }

  /**
   * The same under an idempotency key, for a signature that is, or may be, deferred: whoever
   * submits under the same key again gets the same ticket.
   *
   * @param key 1 to 128 characters without control characters, such as {@code order-991}
   */
  public SignOptions once(String key) {
    return new SignOptions(caller, deadline, encoding, Optional.of(key), deferrable, rotationGrace);
  }

  /**
   * The same, for which a failure that may pass makes a ticket: {@code sign} then throws {@link
   * ErrorCode#DEFERRED}, with the ticket's id and an estimate.
   */
  public SignOptions orLater() {
    return new SignOptions(caller, deadline, encoding, idempotencyKey, true, rotationGrace);
  }

  /**
   * The same, for a protocol that names the version a moment before it signs and cannot begin
   * again, as TLS does: until {@code grace} after a {@link VersionSigner} was taken it signs
   * although a rotation has replaced its version meanwhile. Not if the version was disabled, as
   * after a COMPROMISE. A store of records ({@code software}, {@code os}, {@code kubernetes})
   * counts {@code grace} from the rotation too, whichever process made it. {@link SigningKey} has
   * no use for it.
   *
   * @param grace a minute at most
   */
  public SignOptions rotationGrace(Duration grace) {
    return new SignOptions(
        caller, deadline, encoding, idempotencyKey, deferrable, Optional.of(grace));
  }
}
