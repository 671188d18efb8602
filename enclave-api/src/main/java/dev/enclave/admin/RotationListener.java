package dev.enclave.admin;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import java.time.Instant;

/**
 * Is told what becomes of keys that an open Enclave rotates by itself: to publish a new public key,
 * for example. Given to {@code EnclaveFactory.builder().onRotation(…)}. Rotations that the
 * application asks for return their result and are not told.
 *
 * <p>Implementations are thread-safe. They are called on the thread that rotates, after the audit
 * log has the record; the next key waits until they return. What they throw is logged once and
 * changes nothing. They may use the Enclave, and may close it.
 */
@FunctionalInterface
public interface RotationListener {

  /**
   * This Enclave rotated a key. Where several replicas took part in one rotation, each is told; the
   * {@link RotationResult#statement() succession statement} has the one that came first.
   */
  void rotated(RotationResult result);

  /**
   * A key was due and is not any more, since another replica or an administrator rotated it, or it
   * is due another time. Nothing was changed by this Enclave.
   *
   * @param key as it is now
   */
  default void overtaken(KeyInfo key) {}

  /**
   * A key that is due could not be rotated.
   *
   * @param key its name
   * @param failure why
   * @param nextAttempt when it is tried again, at the earliest
   */
  default void failed(KeyName key, EnclaveException failure, Instant nextAttempt) {}
}
