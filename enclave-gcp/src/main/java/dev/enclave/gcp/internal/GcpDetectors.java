package dev.enclave.gcp.internal;

import dev.enclave.kit.setup.PlaceDetectors;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Optional;

/** The places of Google Cloud, and the probe of its virtual machines. */
public final class GcpDetectors extends PlaceDetectors implements MetadataProbe {

  @Override
  public List<EnvironmentDetector> detectors() {
    return List.of(
        // Knative sets the same in a pod, which Cloud Run is not.
        new Place("gcp-cloud-run", Kind.WORKLOAD, "K_SERVICE", "K_REVISION"),
        new Place("gcp-cloud-run-job", Kind.WORKLOAD, "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION"),
        // First or second generation. The target alone is how the framework is set on a laptop.
        new Place("gcp-functions", Kind.WORKLOAD, "FUNCTION_TARGET", "K_SERVICE"),
        // Standard or flexible.
        new Place("gcp-app-engine", Kind.WORKLOAD, "GAE_SERVICE", "GAE_VERSION", "GAE_INSTANCE"),
        // A node of GKE is one too: by DMI, else by the metadata server. GCE_METADATA_HOST, by
        // which Google's libraries are sent elsewhere, is never asked.
        new Place("gcp-vm", Kind.CLOUD_VM));
  }

  @Override
  protected Detection detect(Place place, EnvironmentSnapshot environment) {
    return switch (place.id()) {
      case "gcp-cloud-run" -> notKnative(place.byVariables(environment), environment);
      case "gcp-functions" -> place.ledByFirst(environment);
      case "gcp-vm" -> byDmi(environment);
      default -> place.byVariables(environment);
    };
  }

  private static Detection notKnative(Detection service, EnvironmentSnapshot environment) {
    return service instanceof Detection.Present
            && environment.variable("KUBERNETES_SERVICE_HOST").isPresent()
        ? new Detection.Inconclusive(
            "K_SERVICE and K_REVISION are set, but so is KUBERNETES_SERVICE_HOST: Knative")
        : service;
  }

  private static Detection byDmi(EnvironmentSnapshot environment) {
    if (environment.dmi("product_name").orElse("").startsWith("Google")) {
      return Detection.present("DMI product_name begins with Google");
    }
    return environment.variable("GCE_METADATA_HOST").isPresent()
        ? new Detection.Inconclusive("GCE_METADATA_HOST is set but DMI does not name Google")
        : new Detection.Absent("DMI does not name Google");
  }

  @Override
  protected Optional<MetadataProbe> probe(Place place, EnvironmentSnapshot environment) {
    // The switch of Google's authentication libraries.
    return place.id().equals("gcp-vm") && !isTrue(environment, "NO_GCE_CHECK")
        ? Optional.of(this)
        : Optional.empty();
  }

  /** The metadata server must answer with the header that it is asked with. */
  @Override
  public Detection ask(MetadataService metadata) {
    MetadataAnswer answer = GoogleWorkload.ask(metadata, "/computeMetadata/v1/instance/id");
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Absent("Compute Engine: " + silent.reason());
    }
    Answered answered = (Answered) answer;
    if (!GoogleWorkload.isGoogle(answered)) {
      return new Detection.Absent("Compute Engine: an answer without Metadata-Flavor: Google");
    }
    return answered.status() == 200 && answered.body().matches("\\d{1,20}\\s*")
        ? Detection.present("an instance id came with Metadata-Flavor: Google")
        : new Detection.Inconclusive("Compute Engine: Metadata-Flavor: Google, but no instance id");
  }
}
