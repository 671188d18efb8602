package dev.enclave.azure.internal.access;

import com.azure.core.util.Context;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.keys.AzureFindings;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the vault how it is, by one request of those that cost least: it reads the version that was
 * read last. Where none was it reads a key that is not, which tells that the vault is reached and
 * knows who asks. Whoever asks again and has still read none, as {@code doctor} does, has some of
 * the vault's keys listed instead: what becomes of deleted keys a vault tells with its keys alone.
 * A start lists nothing. No signature is made: of those a vault makes few a second. Thread-safe.
 */
public final class AzureHealth {

  private static final String NOTHING = "enclave-health-probe";

  private final AzureKeys keys;
  private final LastToSign lastToSign;
  private final AzureFindings noted;
  private final WireLogs logs;
  private final AtomicBoolean asked = new AtomicBoolean();

  public AzureHealth(
      AzureKeys keys, LastToSign lastToSign, AzureFindings noted, WireLogs logs) {
    this.keys = keys;
    this.lastToSign = lastToSign;
    this.noted = noted;
    this.logs = logs;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    Optional<String> read = lastToSign.get().map(LastToSign.Usable::uri);
    boolean first = !asked.getAndSet(true);
    Optional<BackendFailure> failure =
        read.isEmpty() && !first
            ? listing(call)
            : reading(read.orElse(keys.uri(NOTHING)), call);
    List<Finding> findings = new ArrayList<>(noted.all());
    findings.addAll(logs.findings());
    keys.region().finding().ifPresent(findings::add);
    if (read.isPresent()
        && failure.filter(f -> f.code() == FailureCode.ACCESS_DENIED).isPresent()) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "The vault does not let this identity read " + read.get(),
              "Give it a role with "
                  + AzureOperation.GET_KEY.dataAction(keys.calls().endpoint().managedHsm())));
    } else if (failure.isPresent() && !tolerable(failure.get())) {
      throw failure.get();
    }
    return HealthReport.of(findings);
  }

  private Optional<BackendFailure> reading(String uri, CallContext call) throws BackendFailure {
    AzureNames.Id id = AzureNames.parse(uri, keys.calls().endpoint().origin()).orElseThrow();
    return keys.calls()
        .failure(
            AzureOperation.GET_KEY,
            uri,
            call,
            session ->
                session
                    .keys()
                    .getKeyWithResponse(id.name(), id.version().orElse(""), Context.NONE));
  }

  private Optional<BackendFailure> listing(CallContext call) {
    try {
      keys.noteRecovery(call);
      return Optional.empty();
    } catch (BackendFailure e) {
      return Optional.of(e);
    }
  }

  /**
   * What is the matter with one key is told where it is used; who may not read was recognised, but
   * not who got no token.
   */
  private boolean tolerable(BackendFailure failure) {
    return switch (failure.code()) {
      case NOT_FOUND, INVALID_STATE -> true;
      // A token that the vault does not take is no answer to who asks.
      case ACCESS_DENIED ->
          failure.failureClass() == dev.enclave.spi.FailureClass.PERMANENT
              && keys.calls().identified();
      default -> false;
    };
  }
}
