package dev.enclave.software.store;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;

/**
 * Where the key lies under which a store's master keys are sealed, when that is neither a
 * passphrase nor a file beside the store. Implementations are thread-safe; every method may do I/O.
 */
public interface SealingKeyPlace {

  /** What to call it in a message, such as "the Secret Service". */
  String title();

  /** What helps when a key that was there is lost or changed, as a sentence. */
  String recovery();

  /** Keeps the key of a store, which has none yet; durable when this returns. */
  void keep(String storeId, SecretBytes key) throws BackendFailure;

  /**
   * The key of a store, which the caller closes. May have the user asked to unlock the place.
   *
   * @return none when the place answers and has no such key
   */
  Optional<SecretBytes> find(String storeId) throws BackendFailure;

  /** Whether there is a key of a store, as far as that can be told without asking the user. */
  boolean has(String storeId) throws BackendFailure;

  /** Removes the key of a store, if it is there. */
  void remove(String storeId) throws BackendFailure;
}
