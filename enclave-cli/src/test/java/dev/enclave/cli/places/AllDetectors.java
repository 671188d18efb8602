package dev.enclave.cli.places;

import dev.enclave.core.internal.detect.CiDetector;
import dev.enclave.core.internal.detect.ContainerDetector;
import dev.enclave.core.internal.detect.Detections;
import dev.enclave.core.internal.detect.KubernetesDetector;
import dev.enclave.core.internal.detect.WorkstationDetector;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The engine's detectors and those of the class path. */
final class AllDetectors {

  private AllDetectors() {}

  static List<EnvironmentDetector> list() {
    List<EnvironmentDetector> detectors =
        new ArrayList<>(
            List.of(
                new KubernetesDetector(),
                new ContainerDetector(),
                new CiDetector(),
                new WorkstationDetector()));
    for (EnvironmentDetector detector : ServiceLoader.load(EnvironmentDetector.class)) {
      detectors.add(detector);
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
