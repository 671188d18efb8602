package dev.enclave.internal.opening;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;

/**
 * Reads what a configuration says of one backend, without opening it: for tools that test a backend
 * below the engine, such as a run of the contracts. Found by {@link java.util.ServiceLoader};
 * {@code enclave-core} provides it. Not for applications: what is opened with it retries nothing,
 * verifies nothing and leaves no audit record.
 */
public interface BackendConfigurator {

  /**
   * A provider and what it is to be opened with.
   *
   * @param provider the provider of the id
   * @param context its section of the configuration, the environment, clock and randomness
   * @param algorithms what the policy in force allows, of all that there are
   */
  record Configured(
      BackendProvider provider, BackendContext context, List<KeyAlgorithm> algorithms) {

    public Configured {
      algorithms = List.copyOf(algorithms);
    }
  }

  /**
   * What {@code request} says of a backend.
   *
   * @throws dev.enclave.error.ConfigurationException when a setting is wrong, or no provider has
   *     the id
   * @throws dev.enclave.error.PolicyException when the policy in force does not allow the backend
   */
  Configured configured(EnclaveEngine.Request request, BackendId backend);

  /**
   * Opens it.
   *
   * @throws dev.enclave.error.EnclaveException what a start-up would throw where the backend cannot
   *     be opened
   */
  SigningBackend open(Configured configured);

  /** What a start-up would throw for a failure of the provider while it opens something. */
  EnclaveException translate(Configured configured, BackendFailure failure);
}
