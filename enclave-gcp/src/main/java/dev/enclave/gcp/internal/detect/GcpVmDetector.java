package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import java.util.Optional;

/**
 * A virtual machine of Compute Engine, a node of GKE included: by DMI, else by the metadata server.
 * GCE_METADATA_HOST, by which Google's libraries are sent elsewhere, is never asked.
 */
public final class GcpVmDetector extends PlaceDetector {

  public GcpVmDetector() {
    super("gcp-vm", Kind.CLOUD_VM);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    if (environment.dmi("product_name").orElse("").startsWith("Google")) {
      return Detection.present("DMI product_name begins with Google");
    }
    return environment.variable("GCE_METADATA_HOST").isPresent()
        ? new Detection.Inconclusive("GCE_METADATA_HOST is set but DMI does not name Google")
        : new Detection.Absent("DMI does not name Google");
  }

  @Override
  public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
    // The switch of Google's authentication libraries.
    return isTrue(environment, "NO_GCE_CHECK") ? Optional.empty() : Optional.of(new GceProbe());
  }
}
