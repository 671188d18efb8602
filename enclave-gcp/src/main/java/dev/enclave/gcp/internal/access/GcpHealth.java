package dev.enclave.gcp.internal.access;

import dev.enclave.KeyPurpose;
import dev.enclave.cloud.key.LastToSign;
import dev.enclave.cloud.setup.WireLogs;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks Cloud KMS how it is, by one request that makes nothing and counts as no use of a key: which
 * permissions there are, on the key that was read last, else on the key ring.
 */
public final class GcpHealth {

  private static final String SIGN = "cloudkms.cryptoKeyVersions.useToSign";

  private final GcpKeys keys;
  private final GcpPermissions permissions;
  private final WireLogs logs;

  public GcpHealth(GcpKeys keys, GcpPermissions permissions, WireLogs logs) {
    this.keys = keys;
    this.permissions = permissions;
    this.logs = logs;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    Optional<LastToSign.Usable> last = keys.lastToSign().get();
    String resource =
        last.map(usable -> GcpNames.keyOf(usable.uri())).orElse(keys.calls().session().keyRing());
    boolean maySign = permissions.granted(resource, List.of(SIGN), call).contains(SIGN);
    boolean shouldSign =
        last.filter(usable -> usable.algorithm().purpose() == KeyPurpose.SIGN).isPresent();
    List<Finding> findings = new ArrayList<>(logs.findings());
    findings.addAll(keys.snapshots().findings());
    if (!maySign && shouldSign) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.ACCESS_DENIED,
              "Google Cloud KMS would not sign with " + resource + " for this identity",
              "Grant " + SIGN + " on the key or the key ring"));
    }
    return HealthReport.of(findings);
  }
}
