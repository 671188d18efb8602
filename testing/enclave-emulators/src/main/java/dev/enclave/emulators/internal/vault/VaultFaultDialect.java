package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Map;

/** Faults in Vault's words. */
public final class VaultFaultDialect implements FaultDialect {

  /**
   * HTTP API documentation, "HTTP status codes": 500, 503 for maintenance or sealed, 429 for a
   * quota; 403 for a token that is over. A storage that does not answer ends in the deadline of the
   * request, which the server answers with 500.
   */
  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    return Envelope.of(failure(reason));
  }

  private static VaultFailure failure(Fault.Refused.Reason reason) {
    return switch (reason) {
      case INTERNAL_ERROR -> VaultFailure.ofCore(500, "internal error");
      case TIMEOUT -> VaultFailure.ofCore(500, "context deadline exceeded");
      case UNAVAILABLE -> VaultFailure.of(503, "Vault is sealed");
      case THROTTLED ->
          VaultFailure.of(429, "request path \"sys/quotas\": rate limit quota exceeded");
      case EXPIRED_TOKEN -> VaultFailure.of(403, "permission denied");
    };
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return Map.of();
  }
}
