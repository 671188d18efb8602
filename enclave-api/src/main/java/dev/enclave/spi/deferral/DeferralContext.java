package dev.enclave.spi.deferral;

import dev.enclave.EnvironmentType;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.TimeSource;
import java.security.SecureRandom;
import java.util.Optional;

/** What the engine does for a queue of deferred operations. Thread-safe. */
public interface DeferralContext {

  /** A setting of the section {@code enclave.jobs}, such as {@code directory}. */
  Optional<String> setting(String name);

  /** The environment type in force. */
  EnvironmentType environment();

  /** The machine's clock. */
  TimeSource time();

  /** For keys and nonces. */
  SecureRandom random();

  /**
   * Encrypts under the KEK that {@code enclave.jobs.kek} names, for the queue alone: no caller
   * opens it.
   *
   * @throws EnclaveException as {@link dev.enclave.Enclave#seal}
   */
  byte[] seal(byte[] plaintext, byte[] associatedData);

  /**
   * Decrypts what {@link #seal} made.
   *
   * @throws EnclaveException as {@link dev.enclave.Enclave#unseal}
   */
  byte[] unseal(byte[] sealed, byte[] associatedData);

  /** Carries an operation out, now, under the id of its ticket. */
  Attempt attempt(StoredOperation operation);

  /** Records that a ticket has ended. */
  void ended(StoredOperation operation, Ticket.Status status);

  /** Records that a row is not used, since it is not what this deployment stored. */
  void refused(String ticket, String observed);
}
