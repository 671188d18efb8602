package dev.enclave.cloud.key;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;

/** Sends reads that do not depend on each other beside each other. */
public interface ParallelReads {

  /**
   * One of them.
   *
   * @param <T> what it reads
   */
  @FunctionalInterface
  interface Read<T> {
    T from(CallContext call) throws BackendFailure;
  }

  /**
   * What all of them read, in their order.
   *
   * @throws BackendFailure the first failure in that order, once all have ended
   */
  <T> List<T> all(List<Read<T>> reads, CallContext call) throws BackendFailure;
}
