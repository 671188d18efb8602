package dev.enclave.cloud;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether this is a place for a cloud's key service: a place of the cloud's own, or settings that
 * say so. Credentials in variables alone do not make a machine one: they are on many a developer's,
 * for something else.
 *
 * @param cloud as messages call it, such as {@code AWS}
 * @param detectors the ids of its detectors
 * @param settings any of which says so when it is set; the first is the one to name
 */
public record Places(String cloud, List<String> detectors, List<String> settings) {

  public Places {
    detectors = List.copyOf(detectors);
    settings = List.copyOf(settings);
  }

  /** Judges by what the detectors found and by settings. */
  public Detection detect(DetectionContext context) {
    List<String> evidence = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    for (String detector : detectors) {
      Detection said = context.place(detector);
      if (said instanceof Detection.Present present) {
        present.evidence().forEach(fact -> evidence.add(detector + ": " + fact));
      } else if (said instanceof Detection.Inconclusive inconclusive) {
        doubts.add(detector + ": " + inconclusive.reason());
      }
    }
    for (String name : settings) {
      if (context.settings().get(name).isPresent()) {
        evidence.add(context.settings().fullName(name) + " is set");
      }
    }
    if (!evidence.isEmpty()) {
      return new Detection.Present(evidence);
    }
    return doubts.isEmpty()
        ? new Detection.Absent(
            "no place of "
                + cloud
                + " was recognised, and "
                + context.settings().fullName(settings.get(0))
                + " is not set")
        : new Detection.Inconclusive(String.join("; ", doubts));
  }
}
