package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * How often a key is due for rotation: {@link #NEVER}, after a period, or {@link #POLICY}: as the
 * environment's policy says at the time of asking.
 *
 * @param period at least one hour; none for NEVER and POLICY
 * @param inherited whether the policy decides
 */
public record RotationInterval(Optional<Duration> period, boolean inherited) {

  /** Never due: for keys whose public key is an address, which a rotation would strand. */
  public static final RotationInterval NEVER = new RotationInterval(Optional.empty(), false);

  /** As {@link SecurityPolicy#rotation()} says. */
  public static final RotationInterval POLICY = new RotationInterval(Optional.empty(), true);

  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when the period is under an hour or
   *     over a hundred years
   */
  public RotationInterval {
    period.ifPresent(
        p -> {
          if (p.compareTo(SHORTEST) < 0 || p.compareTo(LONGEST) > 0) {
            throw Texts.INTERVAL_OUT_OF_RANGE.as(ErrorCode.INVALID_ARGUMENT, p);
          }
        });
  }

  /**
   * The interval of a key whose maker asked for none: {@link #NEVER} where public keys commonly are
   * addresses (secp256k1 and Ed25519), since a rotation would change the address; else {@link
   * #POLICY}.
   */
  public static RotationInterval unlessAsked(KeyAlgorithm algorithm) {
    boolean address =
        algorithm.family() == KeyAlgorithm.Family.EDDSA
            || algorithm.curve().equals(Optional.of("secp256k1"));
    return address ? NEVER : POLICY;
  }

  /** Due when {@code period} has passed since the last rotation, or since creation. */
  public static RotationInterval every(Duration period) {
    return new RotationInterval(Optional.of(period), false);
  }

  /**
   * Reads {@code never}, {@code policy} or an ISO 8601 duration such as {@code P90D}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for anything else
   */
  public static RotationInterval parse(String text) {
    if (text.equals("never")) {
      return NEVER;
    }
    if (text.equals("policy")) {
      return POLICY;
    }
    try {
      return every(Duration.parse(text));
    } catch (DateTimeParseException | ArithmeticException e) {
      throw Texts.INTERVAL_NOT_UNDERSTOOD.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(text));
    }
  }

  /** When a key last rotated at {@code lastRotation} is due; none if never. */
  public Optional<Instant> dueAfter(Instant lastRotation) {
    return period.map(lastRotation::plus);
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return inherited ? "policy" : period.map(Duration::toString).orElse("never");
  }
}
