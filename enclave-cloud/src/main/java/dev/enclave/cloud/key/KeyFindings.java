package dev.enclave.cloud.key;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is remarkable about the keys read so far, for health reports: one finding for each thing it
 * is about, the latest. Thread-safe.
 */
public final class KeyFindings {

  private final Map<String, Finding> findings;

  /**
   * None yet.
   *
   * @param most a report is read by people: for one too many the eldest is dropped
   */
  public KeyFindings(int most) {
    this.findings = BoundedMap.of(most);
  }

  /**
   * Notes a warning, in the place of an earlier one about the same.
   *
   * @return whether there was none about it
   */
  public boolean warn(String about, ErrorCode code, String observed, String fix) {
    return findings.put(about, Finding.of(Severity.WARNING, code, observed, fix)) == null;
  }

  /** There is nothing remarkable about it any more. */
  public void forget(String about) {
    findings.remove(about);
  }

  /** All of them, the eldest first. */
  public List<Finding> all() {
    synchronized (findings) {
      return new ArrayList<>(findings.values());
    }
  }
}
