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

  static List<Finding> of(StartUpContext context) {
    List<Finding> warnings = new ArrayList<>(ignored(context));
    for (String passedOver : context.configuration().passedOver()) {
      warnings.add(
          Finding.of(
              Severity.WARNING,
              ErrorCode.SETTING_IGNORED,
              passedOver,
              "set enableServiceLinks: false in the pod, or give the Service another name; a key"
                  + " that is meant can be named in the file of ENCLAVE_CONFIG"));
    }
    marker(context)
        .map(
            evidence ->
                Finding.of(
                    Severity.WARNING,
                    ErrorCode.ENVIRONMENT_BELOW_MARKER,
                    context.configuration().stated(SettingNames.ENVIRONMENT)
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
  static List<Finding> ignored(StartUpContext context) {
    return context.configuration().ignored().stream()
        .map(
            ignored ->
                Finding.of(
                    Severity.WARNING, ErrorCode.SETTING_IGNORED, ignored.observed(), ignored.fix()))
        .toList();
  }

  /** The same for the record of the start. */
  static Map<String, String> details(StartUpContext context) {
    Map<String, String> details = new TreeMap<>();
    for (IgnoredLowering ignored : context.configuration().ignored()) {
      details.merge(
          "ignored." + ignored.name(), ignored.observed(), (one, other) -> one + "; " + other);
    }
    marker(context).ifPresent(evidence -> details.put("workloadMarker", evidence));
    return details;
  }

  private static Optional<String> marker(StartUpContext context) {
    return context.inference().contradicted(context.detections()).map(ForeignText::of);
  }
}
