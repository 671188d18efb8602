package dev.enclave.gcp.internal;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.Optional;

/** The places of Google Cloud, each found by {@link java.util.ServiceLoader}. */
public final class GcpDetectors {

  private GcpDetectors() {}

  /** A service of Cloud Run. Knative sets the same in a pod, which Cloud Run is not. */
  public static final class CloudRun extends PlaceDetector {

    public CloudRun() {
      super("gcp-cloud-run", Kind.WORKLOAD, "K_SERVICE", "K_REVISION");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      Detection service = super.detect(environment);
      return service instanceof Detection.Present
              && environment.variable("KUBERNETES_SERVICE_HOST").isPresent()
          ? new Detection.Inconclusive(
              "K_SERVICE and K_REVISION are set, but so is KUBERNETES_SERVICE_HOST: Knative")
          : service;
    }
  }

  /** A job of Cloud Run. */
  public static final class CloudRunJob extends PlaceDetector {

    public CloudRunJob() {
      super("gcp-cloud-run-job", Kind.WORKLOAD, "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION");
    }
  }

  /**
   * A function of Cloud Run functions, first or second generation. The target alone is how the
   * functions framework is configured on a laptop.
   */
  public static final class Functions extends PlaceDetector {

    public Functions() {
      super("gcp-functions", Kind.WORKLOAD, "FUNCTION_TARGET", "K_SERVICE");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return ledByFirst(environment);
    }
  }

  /** App Engine, standard or flexible. */
  public static final class AppEngine extends PlaceDetector {

    public AppEngine() {
      super("gcp-app-engine", Kind.WORKLOAD, "GAE_SERVICE", "GAE_VERSION", "GAE_INSTANCE");
    }
  }

  /**
   * A virtual machine of Compute Engine, a node of GKE included: by DMI, else by the metadata
   * server, which must answer with the header it is asked with. GCE_METADATA_HOST, by which
   * Google's libraries are sent elsewhere, is never asked.
   */
  public static final class Vm extends PlaceDetector implements MetadataProbe {

    public Vm() {
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
      return isTrue(environment, "NO_GCE_CHECK") ? Optional.empty() : Optional.of(this);
    }

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
          : new Detection.Inconclusive(
              "Compute Engine: Metadata-Flavor: Google, but no instance id");
    }
  }
}
