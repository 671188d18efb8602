package dev.enclave.azure.internal.backend;

import dev.enclave.azure.internal.attest.AzureAttestations;
import dev.enclave.azure.internal.calls.AzureSession;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.BackendContext;

/** Keys in a managed HSM, whose hardware says of each where it was made. Thread-safe. */
public final class ManagedHsmBackend extends AzureKeyVaultBackend implements Attester {

  private final AzureAttestations attestations;

  /** Takes {@code session} over: it ends with the backend. */
  ManagedHsmBackend(AzureSession session, BackendContext context) throws BackendFailure {
    super(session, context);
    this.attestations = new AzureAttestations(calls());
  }

  @Override
  public Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure {
    calls().requireOpen();
    return attestations.attest(version, call);
  }
}
