package dev.enclave.spi.detection;

import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendSettings;
import java.util.Map;

/**
 * What a backend judges by whether it belongs here.
 *
 * @param environment variables, properties, files
 * @param settings the backend's own section of the configuration
 * @param places what each {@link EnvironmentDetector} said, by its id
 */
public record DetectionContext(
    EnvironmentSnapshot environment, BackendSettings settings, Map<String, Detection> places) {

  public DetectionContext {
    places = Map.copyOf(places);
  }

  /** What one detector said; inconclusive if it was not asked. */
  public Detection place(String detectorId) {
    Detection said = places.get(detectorId);
    return said == null ? new Detection.Inconclusive(Texts.NO_DETECTOR.with(detectorId)) : said;
  }
}
