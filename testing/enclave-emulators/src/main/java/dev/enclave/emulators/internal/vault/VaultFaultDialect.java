package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.internal.vault.sys.RateLimit;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Map;

/** Faults in Vault's words. */
public final class VaultFaultDialect implements FaultDialect {

  private final Map<String, WrongAnswer> wrongAnswers;

  /**
   * Of a server.
   *
   * @param other another one with the same mounts and no keys, which both take {@code token} for
   *     everything
   */
  public VaultFaultDialect(VaultService own, VaultService other, String token) {
    wrongAnswers = WrongAnswers.with(new AnotherKey(own, other, token));
  }

  /**
   * HTTP API documentation, "HTTP status codes": 500, 503 for maintenance or sealed, 429 for a
   * quota; 403 for a token that is over. A storage that does not answer ends in the deadline of the
   * request, which the server answers with 500.
   */
  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    return Envelope.of(failure(reason, Incoming.path(request).orElse("")));
  }

  private static VaultFailure failure(Fault.Refused.Reason reason, String path) {
    return switch (reason) {
      case INTERNAL_ERROR -> VaultFailure.ofCore(500, "internal error");
      case TIMEOUT -> VaultFailure.ofCore(500, "context deadline exceeded");
      case UNAVAILABLE -> VaultFailure.of(503, "Vault is sealed");
      case THROTTLED -> RateLimit.exceeded(path);
      case EXPIRED_TOKEN -> VaultFailure.of(403, "permission denied");
    };
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return wrongAnswers;
  }
}
