package dev.enclave.cli.places;

import dev.enclave.core.internal.detect.Detections;
import dev.enclave.core.internal.detect.OwnDetectors;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The engine's detectors and those of the class path. */
final class AllDetectors {

  private AllDetectors() {}

  static List<EnvironmentDetector> list() {
    List<EnvironmentDetector> detectors = new ArrayList<>(new OwnDetectors().detectors());
    for (EnvironmentDetectors brought : ServiceLoader.load(EnvironmentDetectors.class)) {
      detectors.addAll(brought.detectors());
    }
    return detectors;
  }

  /** The first look, in this thread. */
  static Detections look(List<EnvironmentDetector> detectors, EnvironmentSnapshot environment) {
    return new Detections(
        detectors.stream()
            .map(d -> new Detections.Result(d.id(), d.kind(), d.detect(environment)))
            .toList());
  }
}
