package dev.enclave;

import dev.enclave.deferred.DeferOptions;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.time.Duration;
import java.util.Objects;

/**
 * A key that signs. Thread-safe; cheap to keep.
 *
 * <p>Verification goes by the public keys that were last read, so that it asks no backend while
 * that reading serves: two seconds of a local backend, {@code enclave.reading.maximum-age} of a
 * remote one. A signature that names a version which is not known, or that a published version made
 * which was not active then, has the key read anew, since another process may just have rotated it.
 * For unknown versions, which anybody may name, that happens five times at once and every two
 * seconds of one key at most, ten times a second of all keys of a process after fifty at once, and
 * once a second for one version; beyond that the version stays unknown. The reading is waited for
 * one second at most, and not at all within thirty seconds after one has failed.
 */
public interface SigningKey extends EnclaveKey {

  @Override
  SigningAlgorithm algorithm();

  /** The active version's public key. */
  PublicKeyInfo publicKey();

  /**
   * The public keys of every version that verifies, active first, then newest first. Each {@code
   * kid} is the key's name, a slash and the version's id.
   */
  PublicKeySet publicKeys();

  /**
   * The public keys to publish now, as a JWK set, and how long a verifier may keep them: those of
   * {@link #publicKeys()}, and after the active one that of a version that is to sign next. A
   * verifier that asks anew when they expire verifies every signature, also those of a version that
   * becomes active meanwhile, where {@code enclave.rotation.publish-ahead} is set. Where it is not,
   * and {@link PublishedKeys#maxAge} is zero, the backend was read a second ago at most. A remote
   * backend is waited for one second at most, and not at all within thirty seconds after reading it
   * has failed: the answer is what was read last then. Once that is as old as {@code
   * enclave.reading.maximum-age}, the call fails as others do.
   */
  PublishedKeys publishedKeys();

  /**
   * A signer of the version that is active now and of no other.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE} when there is none
   */
  default VersionSigner signer() {
    return signer(Duration.ZERO);
  }

  /**
   * The same, for a protocol that names the version a moment before it signs and cannot begin
   * again, as TLS does: until {@code rotationGrace} after it was taken the signer signs although a
   * rotation has replaced its version meanwhile. Not if the version was disabled, as after a
   * COMPROMISE. A store of records ({@code software}, {@code os}, {@code kubernetes}) counts {@code
   * rotationGrace} from the rotation too, whichever process made it.
   *
   * @param rotationGrace a minute at most
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE}; {@link ErrorCode#INVALID_ARGUMENT} for
   *     a grace that is negative or longer than a minute
   */
  VersionSigner signer(Duration rotationGrace);

  /** Signs with default options. */
  default SignatureValue sign(SigningInput input) {
    return sign(input, SignOptions.defaults());
  }

  /**
   * Signs with the version that is active now and says which that was. Where {@code
   * enclave.fallback=software} is configured and the backend does not answer, a companion signs
   * instead, and {@link Fallback.Endorsement#of} says so.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_INPUT} when algorithm or backend cannot
   *     take the input; {@link ErrorCode#INVALID_DIGEST}; {@link ErrorCode#KEY_NOT_ACTIVE}; {@link
   *     ErrorCode#MESSAGE_RESERVED} for a message that begins as what Enclave itself signs
   * @throws ConnectivityException when no answer came within the deadline
   * @throws PolicyException when the policy does not allow this key, or the audit log fails and the
   *     policy needs it
   * @throws IntegrityException when the backend's answer is wrong
   */
  SignatureValue sign(SigningInput input, SignOptions options);

  /** As {@link #signOrDefer(SigningInput, DeferOptions)}, without an idempotency key. */
  default DeferrableResult<SignatureValue> signOrDefer(SigningInput input, SignOptions options) {
    return signOrDefer(input, DeferOptions.of(options));
  }

  /**
   * Signs now if it can, as {@link #sign(SigningInput, SignOptions)}, and never by a companion. If
   * it cannot, and the failure may pass, the signature is kept and made later.
   *
   * @return the signature; or the ticket, which is durable
   * @throws UsageException as {@link #sign(SigningInput, SignOptions)}; {@link
   *     ErrorCode#UNSUPPORTED_OPERATION} where {@link Enclave#deferred} is empty; {@link
   *     ErrorCode#IDEMPOTENCY_CONFLICT} when the idempotency key was used for something else, or
   *     its ticket has ended without a signature
   * @throws EnclaveException the failure itself when it will not pass, or when the ticket cannot be
   *     stored
   */
  DeferrableResult<SignatureValue> signOrDefer(SigningInput input, DeferOptions options);

  /**
   * Whether the version that {@code signature} names made it over {@code input} and still verifies.
   * {@code false} of a signature by fallback, which {@link Fallback#verifier} accepts.
   *
   * @throws ConnectivityException when the version is not known, and the backend does not answer
   *     soon
   */
  boolean verify(SigningInput input, SignatureValue signature);

  /** Whether any version that verifies made {@code signature} over {@code input}. */
  boolean verify(SigningInput input, byte[] signature, SignatureEncoding encoding);

  /**
   * Whether this version made {@code signature} over {@code input} and still verifies.
   *
   * @throws UsageException {@link ErrorCode#VERSION_NOT_FOUND}
   * @throws ConnectivityException when the version is not known, and the backend does not answer
   *     soon
   */
  boolean verify(
      SigningInput input, byte[] signature, SignatureEncoding encoding, KeyVersionId version);

  /**
   * Public keys as they are to be published at one moment, and how long a verifier may keep them:
   * the answer of a JWKS endpoint. Immutable.
   *
   * @param keys the active version's first, then that of a version that is to sign next, then those
   *     that only verify, the newest first; each {@code kid} stays the same for the life of its
   *     version
   * @param maxAge how long a verifier may keep them from now on, in whole seconds. Zero from ten
   *     minutes before the key is due, where nothing is published ahead: the next version may sign
   *     at any moment then, and a verifier has to ask each time
   */
  record PublishedKeys(PublicKeySet keys, Duration maxAge) {

    /** The media type of {@link #json()} (RFC 7517 §8.5.2). */
    public static final String MEDIA_TYPE = "application/jwk-set+json";

    /**
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a negative age
     */
    public PublishedKeys {
      Objects.requireNonNull(keys, "keys");
      if (maxAge.isNegative()) {
        throw Texts.MAX_AGE_NEGATIVE.as(ErrorCode.INVALID_ARGUMENT, maxAge);
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
}
