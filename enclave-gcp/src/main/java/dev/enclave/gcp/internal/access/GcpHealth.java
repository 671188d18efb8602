package dev.enclave.gcp.internal.access;

import com.google.cloud.kms.v1.GetKeyRingRequest;
import dev.enclave.KeyPurpose;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.Grants;
import dev.enclave.gcp.internal.keys.GcpFindings;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks Cloud KMS how it is, by one request that makes nothing and counts as no use of a key: which
 * permissions there are, on the key that was read last, else on the key ring. Where there are none
 * on the key ring, it is looked for: one that does not exist grants nothing either.
 */
public final class GcpHealth {

  private static final String SIGN = "cloudkms.cryptoKeyVersions.useToSign";

  private final GcpKeys keys;
  private final LastToSign lastToSign;
  private final GcpFindings noted;
  private final WireLogs logs;

  public GcpHealth(GcpKeys keys, LastToSign lastToSign, GcpFindings noted, WireLogs logs) {
    this.keys = keys;
    this.lastToSign = lastToSign;
    this.noted = noted;
    this.logs = logs;
  }

  public HealthReport report(CallContext call) throws BackendFailure {
    List<Finding> findings = new ArrayList<>(logs.findings());
    findings.addAll(noted.all());
    Optional<LastToSign.Usable> last = lastToSign.get();
    Optional<Finding> refusal = last.isPresent() ? ofKey(last.get(), call) : ofKeyRing(call);
    refusal.ifPresent(findings::add);
    return HealthReport.of(findings);
  }

  private Optional<Finding> ofKey(LastToSign.Usable last, CallContext call) throws BackendFailure {
    String key = GcpNames.keyOf(last.uri());
    Optional<Set<String>> granted = Grants.on(key, List.of(SIGN), keys.calls(), call);
    if (granted.isEmpty()) {
      return Optional.of(untold());
    }
    if (granted.get().contains(SIGN) || last.algorithm().purpose() != KeyPurpose.SIGN) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.of(
            Severity.ERROR,
            ErrorCode.ACCESS_DENIED,
            "Google Cloud KMS would not sign with " + key + " for this identity",
            "Grant " + SIGN + " on the key or the key ring"));
  }

  private Optional<Finding> ofKeyRing(CallContext call) throws BackendFailure {
    String ring = keys.calls().session().keyRing();
    Optional<Set<String>> granted = Grants.on(ring, GcpPermissions.ALL, keys.calls(), call);
    if (granted.isEmpty()) {
      return Optional.of(untold());
    }
    return granted.get().isEmpty() ? Optional.of(nothingGranted(ring, call)) : Optional.empty();
  }

  /** Who may see key rings is told; to all others Google answers both cases alike. */
  private Finding nothingGranted(String ring, CallContext call) throws BackendFailure {
    try {
      keys.calls()
          .send(
              GcpOperation.GET_KEY_RING,
              ring,
              GetKeyRingRequest.newBuilder().setName(ring).build(),
              call);
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return Finding.of(
            Severity.ERROR,
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            "Key ring " + ring + " does not exist",
            "Correct enclave.gcp-kms.key-ring, or make the key ring by gcloud kms keyrings create");
      }
      if (e.code() != FailureCode.ACCESS_DENIED) {
        throw e;
      }
      return Finding.of(
          Severity.WARNING,
          ErrorCode.ACCESS_DENIED,
          "This identity has none of the permissions that Enclave needs on "
              + ring
              + ", or there is no such key ring: Google answers both alike. No key can be created"
              + " or used there",
          "Compare enclave.gcp-kms.key-ring with gcloud kms keyrings list; then grant the roles"
              + " that doctor --iam prints. Who uses adopted keys alone may ignore it");
    }
    return Finding.of(
        Severity.WARNING,
        ErrorCode.ACCESS_DENIED,
        "This identity has none of the permissions that Enclave needs on " + ring,
        "Grant the roles that doctor --iam prints. Who uses adopted keys alone may ignore it");
  }

  private static Finding untold() {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.UNSUPPORTED_OPERATION,
        "The server at enclave.gcp-kms.endpoint does not tell permissions: it does not know"
            + " TestIamPermissions",
        "Create a key and sign with it to find out what works there");
  }
}
