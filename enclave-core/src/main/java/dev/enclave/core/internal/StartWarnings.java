package dev.enclave.core.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.config.IgnoredLowering;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is told of the configuration at every start, though it does not end the start. */
final class StartWarnings {

  private StartWarnings() {}

  static List<Finding> of(Surroundings surroundings) {
    List<Finding> warnings = new ArrayList<>(ignored(surroundings));
    marker(surroundings)
        .map(
            evidence ->
                new Finding(
                    Severity.WARNING,
                    ErrorCode.ENVIRONMENT_BELOW_MARKER,
                    surroundings.configuration().stated(SettingNames.ENVIRONMENT)
                        + ", and a workload was recognised here, which means "
                        + EnvironmentType.PRODUCTION
                        + " where nothing is set ("
                        + evidence
                        + ")",
                    "if real users depend on this place, set enclave.environment=production"))
        .ifPresent(warnings::add);
    return warnings;
  }

  /** The values that are not in force, since they would lower what an earlier source states. */
  static List<Finding> ignored(Surroundings surroundings) {
    return surroundings.configuration().ignored().stream()
        .map(
            ignored ->
                new Finding(
                    Severity.WARNING, ErrorCode.SETTING_IGNORED, ignored.observed(), ignored.fix()))
        .toList();
  }

  /** The same for the record of the start. */
  static Map<String, String> details(Surroundings surroundings) {
    Map<String, String> details = new TreeMap<>();
    for (IgnoredLowering ignored : surroundings.configuration().ignored()) {
      details.merge(
          "ignored." + ignored.name(), ignored.observed(), (one, other) -> one + "; " + other);
    }
    marker(surroundings).ifPresent(evidence -> details.put("workloadMarker", evidence));
    return details;
  }

  private static Optional<String> marker(Surroundings surroundings) {
    return surroundings.inference().contradicted(surroundings.detections()).map(ForeignText::of);
  }
}
