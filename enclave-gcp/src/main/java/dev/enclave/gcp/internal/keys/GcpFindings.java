package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import dev.enclave.KeyName;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.util.List;

/** What is remarkable about the keys read so far. Thread-safe. */
public final class GcpFindings {

  private static final String UNUSED = "unused";
  private static final String PASSED_OVER = "passed over";

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KeyFindings findings = new KeyFindings();
  private final Duration publishAhead;

  /**
   * @param publishAhead how long a version that a rotation prepared waits for its activation
   */
  public GcpFindings(Duration publishAhead) {
    this.publishAhead = publishAhead;
  }

  /** Versions that no activation names, and that no rotation can be about to activate. */
  void note(GcpKey key, CallContext call) {
    findings.forget(PASSED_OVER, key.name().value());
    key.versions()
        .forEach(
            (number, version) -> {
              if (key.neverUsed(number) && isOld(version, call)) {
                noteUnused(version.getName());
              } else {
                findings.forget(UNUSED, version.getName());
              }
            });
  }

  void notePassedOver(KeyName name, BackendFailure failure) {
    warn(
        PASSED_OVER,
        name.value(),
        ErrorCode.KEY_DATA_CORRUPT,
        "Orphans of key "
            + name
            + " were not looked for: "
            + String.valueOf(failure.getMessage()).replaceFirst("\\.$", ""),
        "Let enclave keys reconcile look for them once the key can be read");
  }

  /** Whether no rotation can be about to activate it, by the time at which it was made. */
  boolean isOld(CryptoKeyVersion version, CallContext call) {
    return LeftOver.isOld(GcpSnapshots.instant(version.getCreateTime()).plus(publishAhead), call);
  }

  private void noteUnused(String version) {
    String observed =
        "Version "
            + version
            + " signs nothing, since no record names it: somebody made it by hand, a rotation was cut"
            + " short, or the record of its activation was deleted, and a version that it replaced"
            + " signs";
    String fix =
        "Disable it if it never signed, or let enclave keys reconcile destroy it, which refuses where"
            + " a record was deleted. Who may list retired resources of the project is told at the"
            + " first reading (cloudkms.retiredResources.list)";
    warn(UNUSED, version, ErrorCode.KEY_IDENTITY_CHANGED, observed, fix);
  }

  private void warn(String kind, String about, ErrorCode code, String observed, String fix) {
    if (findings.warn(kind, about, code, observed, fix)) {
      LOG.log(System.Logger.Level.WARNING, "{0}. {1}.", observed, fix);
    }
  }

  List<Finding> all() {
    return findings.all();
  }
}
