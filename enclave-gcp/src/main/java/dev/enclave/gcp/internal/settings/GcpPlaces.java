package dev.enclave.gcp.internal.settings;

import dev.enclave.cloud.Places;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Whether this is a place for Google Cloud KMS: a place of Google Cloud's own, or settings that say
 * so. Not the key ring, which must be named wherever the application runs: one configuration may
 * hold it and lead to another cloud in another place.
 */
public final class GcpPlaces {

  private static final Places PLACES =
      new Places(
          "Google Cloud",
          List.of(
              "gcp-cloud-run", "gcp-cloud-run-job", "gcp-functions", "gcp-app-engine", "gcp-vm"),
          List.of(GcpSettings.CREDENTIALS_FILE, GcpSettings.ENDPOINT, GcpSettings.ACCESS_TOKEN));

  private GcpPlaces() {}

  /** Judges by what the detectors found and by settings. */
  public static Detection detect(DetectionContext context) {
    return PLACES.detect(context);
  }
}
