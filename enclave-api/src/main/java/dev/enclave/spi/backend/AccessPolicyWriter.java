package dev.enclave.spi.backend;

import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/** A {@link BackendProvider} that can say what a deployment must grant. */
public interface AccessPolicyWriter {

  /**
   * The least privilege that this configuration needs, in the format the platform takes; or why
   * none is needed. A pure function: no I/O, no secret value.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} when a setting is missing or wrong
   */
  AccessPolicy accessPolicy(BackendContext context) throws BackendFailure;
}
