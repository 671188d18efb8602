package dev.enclave.emulators.internal.azure;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.KeyVaultService;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.Map;

/** Faults in Azure's words. */
public final class AzureFaultDialect implements FaultDialect {

  private static final long RETRY_AFTER_SECONDS = 10;

  private final KeyVaultService vault;

  /** Of the vault whose challenges it repeats. */
  public AzureFaultDialect(KeyVaultService vault) {
    this.vault = vault;
  }

  /**
   * Key Vault documentation, "Azure Key Vault throttling guidance": 429, code Throttled; "REST API
   * error codes": an expired token is answered with 401 and the challenge.
   */
  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    return vault.failed(request, failure(reason));
  }

  private static AzureFailure failure(Fault.Refused.Reason reason) {
    return switch (reason) {
      case INTERNAL_ERROR ->
          AzureFailure.of(500, "InternalServerError", "An internal error occurred.");
      case TIMEOUT ->
          AzureFailure.of(504, "GatewayTimeout", "The gateway did not receive a response in time.");
      case UNAVAILABLE -> AzureFailure.of(503, "ServiceUnavailable", "The service is unavailable.");
      case THROTTLED -> AzureFailure.throttled(RETRY_AFTER_SECONDS);
      case EXPIRED_TOKEN ->
          AzureFailure.of(401, "Unauthorized", "AKV10025: The token is expired or not valid yet.");
    };
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return WrongAnswers.ALL;
  }
}
