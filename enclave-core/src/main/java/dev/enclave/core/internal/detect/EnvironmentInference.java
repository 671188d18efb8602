package dev.enclave.core.internal.detect;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The environment type and why.
 *
 * @param declared whether configuration says so; that is the acknowledgement SOFTWARE keys need
 * @param recognised whether anything positive was found
 */
public record EnvironmentInference(
    EnvironmentType type, boolean declared, boolean recognised, String reason) {

  /** A pure function of what is configured and what was detected; the strictest reading wins. */
  public static EnvironmentInference infer(
      Optional<EnvironmentType> configured, Detections detections) {
    if (configured.isPresent()) {
      return new EnvironmentInference(
          configured.get(), true, true, Texts.ENVIRONMENT_DECLARED.with());
    }
    for (Kind kind : List.of(Kind.WORKLOAD, Kind.CI, Kind.CLOUD_VM, Kind.WORKSTATION)) {
      Optional<EnvironmentInference> present = byPresence(kind, detections);
      Optional<EnvironmentInference> doubt = byDoubt(kind, detections);
      boolean relaxing = typeOf(kind) != EnvironmentType.PRODUCTION;
      Optional<EnvironmentInference> strictest =
          relaxing ? doubt.or(() -> present) : present.or(() -> doubt);
      if (strictest.isPresent()) {
        return strictest.get();
      }
    }
    return new EnvironmentInference(
        EnvironmentType.PRODUCTION, false, false, Texts.ENVIRONMENT_UNKNOWN.with());
  }

  /** By what a workload was recognised, where less than it means was declared. */
  public Optional<String> contradicted(Detections detections) {
    if (!declared || type == typeOf(Kind.WORKLOAD)) {
      return Optional.empty();
    }
    List<String> markers = new ArrayList<>();
    for (Detections.Result result : detections.results()) {
      if (result.kind() == Kind.WORKLOAD && result.detection() instanceof Detection.Present seen) {
        markers.add(result.detector() + ": " + String.join("; ", seen.evidence()));
      }
    }
    return markers.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", markers));
  }

  private static Optional<EnvironmentInference> byPresence(Kind kind, Detections detections) {
    for (Detections.Result result : detections.results()) {
      if (result.kind() == kind && result.detection() instanceof Detection.Present present) {
        String evidence = String.join("; ", present.evidence());
        return Optional.of(
            new EnvironmentInference(
                typeOf(kind), false, true, result.detector() + ": " + evidence));
      }
    }
    return Optional.empty();
  }

  private static Optional<EnvironmentInference> byDoubt(Kind kind, Detections detections) {
    for (Detections.Result result : detections.results()) {
      if (result.kind() == kind && result.detection() instanceof Detection.Inconclusive doubt) {
        return Optional.of(
            new EnvironmentInference(
                EnvironmentType.PRODUCTION,
                false,
                false,
                Texts.ENVIRONMENT_DOUBTED.with(result.detector(), doubt.reason())));
      }
    }
    return Optional.empty();
  }

  private static EnvironmentType typeOf(Kind kind) {
    return switch (kind) {
      case WORKLOAD, CLOUD_VM -> EnvironmentType.PRODUCTION;
      case CI, WORKSTATION -> EnvironmentType.DEVELOPMENT;
      case CONTEXT -> throw new IllegalArgumentException("CONTEXT decides nothing");
    };
  }
}
