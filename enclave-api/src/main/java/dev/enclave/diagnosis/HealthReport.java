package dev.enclave.diagnosis;

import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import java.util.List;

/**
 * What is wrong, if anything.
 *
 * @param findings worst first; empty means healthy
 */
public record HealthReport(List<Finding> findings) {

  /** How bad a finding is. */
  public enum Severity {
    /** Operations fail or are refused. */
    ERROR,
    /** Operations work, with less protection or less margin than they should. */
    WARNING
  }

  /**
   * One finding.
   *
   * @param severity how bad
   * @param code what kind
   * @param observed what was seen
   * @param fix what to do
   */
  public record Finding(Severity severity, ErrorCode code, String observed, String fix) {

    /** Who has to act. */
    public ErrorCategory category() {
      return code.category();
    }

    /** A finding. */
    public static Finding of(Severity severity, ErrorCode code, String observed, String fix) {
      return new Finding(severity, code, observed, fix);
    }
  }

  /** Nothing found. */
  public static final HealthReport HEALTHY = new HealthReport(List.of());

  public HealthReport {
    findings = findings.stream().sorted(java.util.Comparator.comparing(Finding::severity)).toList();
  }

  /** Whether operations work: no finding is an error. */
  public boolean healthy() {
    return findings.stream().noneMatch(f -> f.severity() == Severity.ERROR);
  }

  /** What was found; nothing if all is well. */
  public static HealthReport of(List<Finding> findings) {
    return new HealthReport(findings);
  }
}
