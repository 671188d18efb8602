package dev.enclave.aws.internal;

import dev.enclave.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;

/** Asks KMS how it is. */
final class KmsHealth {

  private final KmsKeys keys;

  KmsHealth(KmsKeys keys) {
    this.keys = keys;
  }

  HealthReport report(CallContext call) throws BackendFailure {
    keys.directory().describe(KmsAliases.PREFIX + "health", call);
    return HealthReport.HEALTHY;
  }
}
