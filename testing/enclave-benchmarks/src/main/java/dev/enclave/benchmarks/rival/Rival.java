package dev.enclave.benchmarks.rival;

/** A library with one key, which signs and verifies one message. Safe for several threads. */
public interface Rival extends AutoCloseable {

  /** One operation; what it gives back keeps the compiler from leaving it out. */
  @FunctionalInterface
  interface Work {
    Object once() throws Exception;
  }

  /** Signing, with whatever this library can reuse. For one thread. */
  Work signing() throws Exception;

  /** Verification of a signature made beforehand; fails if it is not valid. For one thread. */
  Work verification() throws Exception;

  @Override
  default void close() {}

  /** That a verification said yes, so that nobody measures a refusal. */
  static Object valid(boolean answer) {
    if (!answer) {
      throw new IllegalStateException("A signature made by this library does not verify.");
    }
    return true;
  }
}
