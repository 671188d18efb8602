package dev.enclave.testkit.cloud;

/**
 * One call that reached a cloud-shaped backend, as the provider's own log of requests has it.
 *
 * @param operation what was asked
 * @param operationId the engine's id of the operation the call belongs to
 * @param attempt counted from 1
 * @param requestId the provider's id of the request
 */
public record CloudCall(
    CloudOperation operation, String operationId, int attempt, String requestId) {

  /** Whether it may have changed or produced something; else it was a reading. */
  public boolean hasEffect() {
    return operation.hasEffect();
  }
}
