package dev.enclave.kit.workload;

import dev.enclave.spi.BackendFailure;

/** What says to another cloud whose workload this is. Thread-safe. */
public interface WorkloadTokens extends AutoCloseable {

  /**
   * A token for {@code audience}, asked for anew.
   *
   * @throws BackendFailure when there is none, or it is for somebody else
   */
  IdentityToken token(String audience) throws BackendFailure;

  /** Ends what it asks by. Idempotent. */
  @Override
  default void close() {}
}
