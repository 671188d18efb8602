package dev.enclave.scenarios;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.environments.Recording;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a recorded environment lands: the plan that {@link EnclaveFactory#detect()} makes there,
 * with the shipped providers as the class path gives them.
 *
 * @param diagnosis what the engine says of it
 */
record Landing(Diagnosis diagnosis) {

  /** With what must be set there. */
  static Landing of(Recording recording) {
    return with(recording, recording.settings());
  }

  /** With nothing set. */
  static Landing bare(Recording recording) {
    return with(recording, Map.of());
  }

  private static Landing with(Recording recording, Map<String, String> settings) {
    return new Landing(
        EnclaveFactory.builder()
            .with(recording.snapshot())
            .config(new ConfigSource("the recording", settings))
            .rehearse());
  }

  /** The detectors of a status. */
  Set<String> detectors(String status) {
    return diagnosis.signals().stream()
        .filter(signal -> signal.status().equals(status))
        .map(Diagnosis.Signal::detector)
        .collect(toCollection(TreeSet::new));
  }

  Optional<BackendId> backend() {
    return diagnosis.resolution().map(Resolution::chosen);
  }

  /** The codes of a refusal; none if a backend is chosen. */
  Set<ErrorCode> codes() {
    return backend().isPresent()
        ? Set.of()
        : findings().stream().map(Finding::code).collect(toSet());
  }

  /** Whether a start would end with the backend that is expected. */
  boolean isExpected(Recording recording) {
    return backend().isPresent()
        && backend().equals(recording.expected().backend())
        && obstacles().isEmpty();
  }

  /** All but the audit log's place, which is that of the machine that runs the tests. */
  List<Finding> obstacles() {
    return findings().stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .filter(finding -> finding.code() != ErrorCode.AUDIT_UNAVAILABLE)
        .toList();
  }

  private List<Finding> findings() {
    return diagnosis.health().findings();
  }
}
