package dev.enclave.kit.kek;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.time.Duration;
import java.util.Optional;

/**
 * The key-encryption key of a store of records: it wraps the data key of each record. Thread-safe.
 *
 * <p>Each call is one attempt, made in the caller's thread. A failure must not be taken for a word
 * on the borrower's own keys, so {@code NOT_FOUND} and {@code INVALID_STATE} are no codes of this
 * interface.
 */
public interface RecordKek extends AutoCloseable {

  /**
   * A wrapped data key.
   *
   * @param kek which key wrapped it, so that it is found again: 1 to 1,024 characters, not secret
   * @param wrapped what {@link #unwrap} opens: at most 65,535 bytes
   */
  record Wrapped(String kek, Bytes wrapped) {}

  /** A lifetime without an end. */
  Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

  /**
   * Wraps a data key.
   *
   * @param dataKey 32 bytes; stays the caller's
   * @param associatedData says which record it is of. Authenticated with the data key, where the
   *     key-encryption key can do that; the record authenticates it in any case
   */
  Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call) throws BackendFailure;

  /**
   * Opens what {@link #wrap} made.
   *
   * @return the data key, which the caller closes
   * @throws BackendFailure {@link FailureCode#CORRUPT} when the wrapped key or the associated data
   *     were changed, or the key that wrapped it is not there any more; its message begins with
   *     what was observed of the key, since the record's name is put before it
   */
  SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call) throws BackendFailure;

  /**
   * Whether a data key is wrapped by the key that {@link #wrap} uses now, so that resealing need
   * not do it again. One that cannot tell says no.
   */
  boolean isCurrent(Wrapped wrapped) throws BackendFailure;

  /**
   * The version that {@link #wrap} uses now, read anew, if this is a key that rotates elsewhere:
   * then records can be under older versions that are to be given up. None otherwise, always.
   */
  default Optional<KeyVersionId> version(CallContext call) throws BackendFailure {
    return Optional.empty();
  }

  /** Whether {@link #version} has one. */
  default boolean rotates() {
    return false;
  }

  /**
   * How long a process may keep an unwrapped data key and what it opened, from before it was
   * unwrapped. So long a signature needs no key-encryption key, and so long it takes at most until
   * taking away the permission to use that has an effect. Without an end by default.
   */
  default Duration lifetime() {
    return UNLIMITED;
  }

  /** What protects every private key under it. */
  Assurance assurance();

  /** Gives up what is held. Idempotent. */
  @Override
  default void close() {}
}
