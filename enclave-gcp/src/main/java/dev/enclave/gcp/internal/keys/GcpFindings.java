package dev.enclave.gcp.internal.keys;

import dev.enclave.cloud.key.KeyFindings;
import dev.enclave.cloud.key.LeftOver;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.util.List;

/** What is remarkable about the keys read so far. Thread-safe. */
public final class GcpFindings {

  private static final int MOST = 100;

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KeyFindings findings = new KeyFindings(MOST);
  private final Duration publishAhead;

  /**
   * @param publishAhead how long a version that a rotation prepared waits for its activation
   */
  public GcpFindings(Duration publishAhead) {
    this.publishAhead = publishAhead;
  }

  /** Versions that no activation names, and that no rotation can be about to activate. */
  void note(GcpKey key, CallContext call) {
    key.versions()
        .forEach(
            (number, version) -> {
              boolean old =
                  LeftOver.isOld(
                      GcpSnapshots.instant(version.getCreateTime()).plus(publishAhead), call);
              if (key.neverUsed(number) && old) {
                noteUnused(version.getName());
              } else {
                findings.forget(version.getName());
              }
            });
  }

  private void noteUnused(String version) {
    String observed =
        "Version "
            + version
            + " signs nothing, since Enclave did not activate it: somebody made it by hand, or a"
            + " rotation was cut short";
    String fix = "Disable it, or let enclave keys reconcile destroy it";
    if (findings.warn(version, ErrorCode.KEY_IDENTITY_CHANGED, observed, fix)) {
      LOG.log(System.Logger.Level.WARNING, "{0}. {1}.", observed, fix);
    }
  }

  List<Finding> all() {
    return findings.all();
  }
}
