package dev.enclave.kubernetes.internal.access;

import dev.enclave.cloud.setup.WireLogs;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.settings.KubernetesSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;

/** Asks the API server how it is, by one request that makes nothing and reads no Secret. */
public final class KubernetesHealth {

  private final ApiCalls calls;
  private final KubernetesSettings settings;
  private final KubernetesPermissions permissions;
  private final WireLogs logs;

  public KubernetesHealth(
      ApiCalls calls,
      KubernetesSettings settings,
      KubernetesPermissions permissions,
      WireLogs logs) {
    this.calls = calls;
    this.settings = settings;
    this.permissions = permissions;
    this.logs = logs;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(logs.findings());
    findings.addAll(calls.server().credential().findings());
    if (settings.kek().isEmpty()) {
      findings.add(
          Finding.of(
              Severity.WARNING,
              ErrorCode.CONFIGURATION_MISSING,
              "No key-encryption key seals the keys: whoever reads their Secrets, or etcd, has the"
                  + " keys",
              "Set "
                  + settings.fullName(KubernetesSettings.KEK)
                  + " to a wrapping key of another backend, such as aws-kms:payments-kek"));
    }
    boolean mayRead = permissions.mayRead(call);
    if (calls.ahead().abs().compareTo(ApiCalls.LARGEST_DIFFERENCE) > 0) {
      findings.add(
          Finding.of(
              Severity.WARNING,
              ErrorCode.POLICY_NOT_MET,
              "This machine's clock and the API server's differ by "
                  + calls.ahead().abs().toMinutes()
                  + " minutes ("
                  + (calls.ahead().isNegative() ? "behind" : "ahead")
                  + "), so tokens and certificates end, or begin, at another time here",
              "Set the clocks of the nodes by NTP"));
    }
    if (!mayRead) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "The service account may not get Secrets in namespace " + calls.server().namespace(),
              "Add to a Role of the service account: " + KubernetesPermissions.rule("get")));
    }
    return HealthReport.of(findings);
  }
}
