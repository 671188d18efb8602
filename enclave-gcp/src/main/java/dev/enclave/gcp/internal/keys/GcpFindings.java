package dev.enclave.gcp.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.ledger.LedgerKey;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.kit.ledger.ServiceKey.Material;
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

  public List<Finding> all() {
    return findings.all();
  }

  /** Versions that no decision names, and that no rotation can be about to activate. */
  void note(LedgerKey key, CallContext call) {
    findings.forget(PASSED_OVER, key.name().value());
    for (ServiceKey version : key.versions()) {
      if (version.material() == Material.ON && isLeft(key, version, call)) {
        warn(
            UNUSED,
            version.uri(),
            ErrorCode.KEY_IDENTITY_CHANGED,
            "Version "
                + version.uri()
                + " signs nothing, since no record names it: somebody made it by hand, a rotation"
                + " was cut short, or the record of its activation was deleted, and a version that"
                + " it replaced signs",
            "Disable it if it never signed, or let enclave keys reconcile destroy it, which refuses"
                + " where a record was deleted. Who may list retired resources of the project is"
                + " told at the first reading (cloudkms.retiredResources.list)");
      } else {
        findings.forget(UNUSED, version.uri());
      }
    }
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

  private void warn(String kind, String about, ErrorCode code, String observed, String fix) {
    if (findings.warn(kind, about, code, observed, fix)) {
      LOG.log(System.Logger.Level.WARNING, "{0}. {1}.", observed, fix);
    }
  }

  /** No decision names it, and no rotation can be about to, by the time at which it was made. */
  private boolean isLeft(LedgerKey key, ServiceKey version, CallContext call) {
    return !key.used(version)
        && !key.decision().restored().contains(version.id())
        && LeftOver.isOld(version.createdAt().plus(publishAhead), call);
  }

  /**
   * Whether the newest version is newer than the active one and no decision names it, though no
   * rotation can be about to: somebody made it by hand, or the record of its activation was
   * deleted.
   */
  boolean isUnexplained(LedgerKey key, CallContext call) {
    ServiceKey newest = key.versions().get(key.versions().size() - 1);
    return key.active().filter(active -> GcpKeys.isNewer(newest, active)).isPresent()
        && isLeft(key, newest, call);
  }
}
