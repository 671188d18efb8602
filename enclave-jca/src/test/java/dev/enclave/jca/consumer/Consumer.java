package dev.enclave.jca.consumer;

import dev.enclave.SigningAlgorithm;
import java.util.Set;

/**
 * A library that takes a private key.
 *
 * @param name as people know it
 * @param takes the algorithms that it has a name for
 * @param use signs with the key by the library, and has the library verify it
 */
record Consumer(String name, Set<SigningAlgorithm> takes, Use use) {

  /** One use; throws when it fails. */
  @FunctionalInterface
  interface Use {
    void of(Certified key) throws Exception;
  }
}
