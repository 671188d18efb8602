package dev.enclave.admin;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
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
   * This Enclave made the next version of a key and published it; it does not sign yet.
   *
   * @param key as it is now; {@link KeyInfo#nextRotationAt()} says when the version is to sign
   * @param next the version
   */
  default void published(KeyInfo key, KeyVersion next) {}

  /**
   * This Enclave disabled or destroyed a version whose time was over ({@code
   * enclave.rotation.verify-for}, {@code enclave.rotation.destroy-after}).
   *
   * @param key as it is now
   * @param version the version, in the state that it is in now
   */
  default void retired(KeyInfo key, KeyVersion version) {}

  /**
   * A key was due and is not any more, since another replica or an administrator rotated it, or it
   * is due another time. Nothing was changed by this Enclave.
   *
   * @param key as it is now
   */
  default void overtaken(KeyInfo key) {}

  /**
   * A key that is due could not be rotated, or what else was due of it could not be done.
   *
   * @param key its name
   * @param failure why
   * @param nextAttempt when it is tried again, at the earliest
   */
  default void failed(KeyName key, EnclaveException failure, Instant nextAttempt) {}
}
