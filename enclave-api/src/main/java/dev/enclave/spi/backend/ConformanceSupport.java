package dev.enclave.spi.backend;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;

/**
 * What a {@link BackendProvider} does for a run of the contracts against its real service, beside
 * what every backend does: says what the run will cost, and makes keys past Enclave.
 */
public interface ConformanceSupport {

  /**
   * What one run of all contracts uses.
   *
   * @param keys how many keys it makes, all of which are removed
   * @param requests how many requests it sends
   * @param cost what that costs by the provider's price list, in a sentence with the list's date
   */
  record Estimate(int keys, int requests, String cost) {
    /** An estimate. */
    public static Estimate of(int keys, int requests, String cost) {
      return new Estimate(keys, requests, cost);
    }
  }

  /** Keys as an administrator makes them: without a stamp or anything else of Enclave's. */
  interface BareKeys extends AutoCloseable {

    /** Makes a key and returns the provider's own name for it, as {@link KeyAdopter} takes it. */
    String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure;

    /** Removes a key that {@link #make} returned, as soon as the provider allows. */
    void remove(String providerUri, CallContext call) throws BackendFailure;

    @Override
    void close();
  }

  /** What a run uses and costs. */
  Estimate estimate();

  /** Opens the place for keys past Enclave; the same place that the backend works on. */
  BareKeys bareKeys(BackendContext context) throws BackendFailure;
}
