package dev.enclave.spi.deferral;

/**
 * Opens what keeps deferred operations. Found by {@link java.util.ServiceLoader}, or given to
 * {@code EnclaveFactory.builder().deferral(…)}; its constructor does no I/O.
 */
public interface DeferralProvider {

  /**
   * Opens a queue of operations. A database or a backend that does not answer is no reason to
   * throw: the queue tries again whenever it is used, and says so in its health.
   */
  DeferralQueue open(DeferralContext context);
}
