package dev.enclave.emulators.wire;

/**
 * A server's logic without its socket: one request in, one answer out. What was asked for has
 * happened when {@link #handle} returns, whether or not anybody gets to read the answer.
 *
 * <p>Thread-safe. Never throws: what goes wrong is an answer too.
 */
@FunctionalInterface
public interface Service {

  /** Carries out {@code request}. */
  ServiceResponse handle(ServiceRequest request);
}
