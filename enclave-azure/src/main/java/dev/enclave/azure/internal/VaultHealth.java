package dev.enclave.azure.internal;

import dev.enclave.ErrorCode;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import dev.enclave.cloud.RecentReadings.Usable;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the vault how it is, by one request of those that cost least: it reads the version that was
 * read last, else one that does not exist, which tells that the vault is reached and knows who
 * asks. No signature is made: of those a vault makes few a second.
 */
final class VaultHealth {

  private static final String NOTHING = "enclave-health-probe";

  private final VaultKeys keys;

  VaultHealth(VaultKeys keys) {
    this.keys = keys;
  }

  HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(keys.snapshots().findings());
    String uri =
        keys.readings().lastToSign().map(Usable::uri).orElse(keys.snapshots().keyUri(NOTHING));
    VaultNames.Id id = VaultNames.parse(uri, keys.calls().endpoint().origin()).orElseThrow();
    Optional<BackendFailure> failure =
        keys.calls()
            .failure(
                VaultOperation.GET_KEY,
                uri,
                call,
                session ->
                    session
                        .keys()
                        .getKeyWithResponse(
                            id.name(), id.version().orElse(""), com.azure.core.util.Context.NONE));
    if (failure.filter(f -> f.code() == FailureCode.ACCESS_DENIED).isPresent()
        && keys.readings().lastToSign().isPresent()) {
      findings.add(
          new Finding(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "The vault does not let this identity read " + uri,
              "Give it a role with "
                  + VaultOperation.GET_KEY.dataAction(keys.calls().endpoint().managedHsm())));
    } else if (failure.isPresent() && !tolerable(failure.get())) {
      throw failure.get();
    }
    return new HealthReport(findings);
  }

  /** What is the matter with one key is told where it is used; who may not read was recognised. */
  private static boolean tolerable(BackendFailure failure) {
    return switch (failure.code()) {
      case NOT_FOUND, INVALID_STATE -> true;
      // A token that the vault does not take is no answer to who asks.
      case ACCESS_DENIED -> failure.failureClass() == dev.enclave.spi.FailureClass.PERMANENT;
      default -> false;
    };
  }
}
