package dev.enclave.azure.internal.backend;

import dev.enclave.azure.internal.connect.AzureSessions;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.spi.backend.SigningBackend;

/** Opens the backend over a session. */
public final class AzureBackends {

  private AzureBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return AzureKeyVaultBackend.of(AzureSessions.open(context), context);
  }

  /** Opens the place for keys past Enclave. */
  public static BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return new AzureBareKeys(AzureSessions.open(context));
  }

  /** What a run of the contracts uses and costs. */
  public static Estimate estimate() {
    return AzureBareKeys.estimate();
  }
}
