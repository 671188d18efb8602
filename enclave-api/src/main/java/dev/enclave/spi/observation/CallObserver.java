package dev.enclave.spi.observation;

/**
 * Is told of every operation when it has ended: for metrics, traces and alarms. Given to {@code
 * EnclaveFactory.builder().observer(…)}.
 *
 * <p>An operation is one call of an application, one that another operation makes on a key's
 * behalf, such as the old version's signature on its successor, or a rotation that the engine makes
 * by itself. The engine's own readings (those that renew what is known of a key, health checks,
 * countersignatures of the audit log) are none, nor is a call of an Enclave that has been closed.
 *
 * <p>Implementations are thread-safe, since operations end on the threads that ask for them, and
 * quick: the caller waits, and with {@code close} whoever closes.
 */
@FunctionalInterface
public interface CallObserver {

  /**
   * Takes one operation that has just ended, before its result is given to the caller. What this
   * throws is logged once and changes nothing.
   */
  void ended(ObservedCall call);
}
