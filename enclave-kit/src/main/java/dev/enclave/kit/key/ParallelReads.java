package dev.enclave.kit.key;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;

/** Sends reads that do not depend on each other beside each other. */
public interface ParallelReads {

  /** Fewer than this take less time in turn; few keys have so many versions. */
  int MANY = 4;

  /** Sends one after the other. */
  ParallelReads IN_TURN =
      new ParallelReads() {
        @Override
        public <T> List<T> all(List<Read<T>> reads, CallContext call) throws BackendFailure {
          List<T> results = new ArrayList<>();
          for (Read<T> read : reads) {
            results.add(read.from(call));
          }
          return results;
        }
      };

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

  /** The same; in turn where there are few. */
  default <T> List<T> each(List<Read<T>> reads, CallContext call) throws BackendFailure {
    return (reads.size() < MANY ? IN_TURN : this).all(reads, call);
  }
}
