package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.time.Duration;
import java.util.Objects;

/**
 * Public keys as they are to be published at one moment, and how long a verifier may keep them: the
 * answer of a JWKS endpoint. Immutable.
 *
 * @param keys the active version's first, then that of a version that is to sign next, then those
 *     that only verify, the newest first; each {@code kid} stays the same for the life of its
 *     version
 * @param maxAge how long a verifier may keep them from now on, in whole seconds. Zero from ten
 *     minutes before the key is due, where nothing is published ahead: the next version may sign at
 *     any moment then, and a verifier has to ask each time
 */
public record PublishedKeys(PublicKeySet keys, Duration maxAge) {

  /** The media type of {@link #json()} (RFC 7517 §8.5.2). */
  public static final String MEDIA_TYPE = "application/jwk-set+json";

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a negative age
   */
  public PublishedKeys {
    Objects.requireNonNull(keys, "keys");
    if (maxAge.isNegative()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Public keys cannot be kept for " + maxAge + ". Use zero or more.");
    }
    maxAge = Duration.ofSeconds(maxAge.toSeconds());
  }

  /** The JWK set (RFC 7517 §5) as compact JSON. */
  public String json() {
    return keys.toJwks();
  }

  /**
   * The value of the header {@code Cache-Control} (RFC 9111 §5.2.2), such as {@code public,
   * max-age=3540, must-revalidate}; {@code no-cache} where nothing may be kept unasked.
   */
  public String cacheControl() {
    return maxAge.isZero()
        ? "no-cache"
        : "public, max-age=" + maxAge.toSeconds() + ", must-revalidate";
  }
}
