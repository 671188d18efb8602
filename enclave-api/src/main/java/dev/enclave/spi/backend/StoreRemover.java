package dev.enclave.spi.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/**
 * A {@link BackendProvider} whose store leaves something outside its own directory, and that can
 * take all of it away again once no key in the store is of use any more.
 */
public interface StoreRemover {

  /**
   * Removes a store with everything that was made for it. Does nothing where there is none. No
   * other process may have it open.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED} while a key in it, other than the statement
   *     key of an environment type, has a version that is not destroyed; nothing has been removed
   *     then
   */
  void removeStore(BackendContext context) throws BackendFailure;
}
