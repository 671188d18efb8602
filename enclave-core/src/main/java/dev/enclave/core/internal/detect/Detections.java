package dev.enclave.core.internal.detect;

import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all detectors said, in their order. */
public record Detections(List<Result> results) {

  /** One detector's answer. */
  public record Result(String detector, EnvironmentDetector.Kind kind, Detection detection) {}

  public Detections {
    results = List.copyOf(results);
  }

  /** Whether a place was recognised that decides the environment type. */
  boolean decided() {
    for (Result result : results) {
      if (result.kind() != EnvironmentDetector.Kind.CONTEXT
          && result.detection() instanceof Detection.Present) {
        return true;
      }
    }
    return false;
  }

  /** What was said, by detector; of two under one id the first counts. */
  public Map<String, Detection> places() {
    Map<String, Detection> places = new LinkedHashMap<>();
    results.forEach(result -> places.putIfAbsent(result.detector(), result.detection()));
    return places;
  }

  /** For reports. */
  public List<Diagnosis.Signal> describe() {
    return results.stream().map(r -> signal(r.detector(), r.detection())).toList();
  }

  private static Diagnosis.Signal signal(String detector, Detection detection) {
    if (detection instanceof Detection.Present present) {
      return new Diagnosis.Signal(
          detector, "present", ForeignText.of(String.join("; ", present.evidence())));
    } else if (detection instanceof Detection.Absent absent) {
      return new Diagnosis.Signal(detector, "absent", ForeignText.of(absent.reason()));
    }
    return new Diagnosis.Signal(
        detector, "inconclusive", ForeignText.of(((Detection.Inconclusive) detection).reason()));
  }
}
