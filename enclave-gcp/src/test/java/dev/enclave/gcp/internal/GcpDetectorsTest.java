package dev.enclave.gcp.internal;

import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.cloud.DetectorRows;
import java.util.stream.Stream;

/** One row per place: what is there, who looks, what it says. */
final class GcpDetectorsTest extends DetectorRows {

  private static final EnvironmentDetector RUN = detector(new GcpDetectors(), "gcp-cloud-run");
  private static final EnvironmentDetector JOB = detector(new GcpDetectors(), "gcp-cloud-run-job");
  private static final EnvironmentDetector FUNCTIONS =
      detector(new GcpDetectors(), "gcp-functions");
  private static final EnvironmentDetector ENGINE = detector(new GcpDetectors(), "gcp-app-engine");
  private static final EnvironmentDetector VM = detector(new GcpDetectors(), "gcp-vm");

  @Override
  protected Stream<Row> places() {
    return Stream.of(
        row(RUN, "Absent", "not set", place()),
        row(RUN, "Present", "K_REVISION", place("K_SERVICE=hunter2", "K_REVISION=hunter2")),
        row(RUN, "Inconclusive", "K_REVISION", place("K_SERVICE=hunter2")),
        row(RUN, "Inconclusive", "K_SERVICE", place("K_REVISION=hunter2")),
        row(
            RUN,
            "Inconclusive",
            "Knative",
            place("K_SERVICE=hunter2", "K_REVISION=hunter2", "KUBERNETES_SERVICE_HOST=x")),
        row(JOB, "Absent", "not set", place()),
        row(
            JOB,
            "Present",
            "CLOUD_RUN_JOB",
            place("CLOUD_RUN_JOB=hunter2", "CLOUD_RUN_EXECUTION=hunter2")),
        row(JOB, "Inconclusive", "EXECUTION", place("CLOUD_RUN_JOB=hunter2")),
        row(FUNCTIONS, "Absent", "not set", place("K_SERVICE=x")),
        row(FUNCTIONS, "Present", "TARGET", place("FUNCTION_TARGET=hunter2", "K_SERVICE=hunter2")),
        row(FUNCTIONS, "Inconclusive", "K_SERVICE", place("FUNCTION_TARGET=hunter2")),
        row(ENGINE, "Absent", "not set", place()),
        row(
            ENGINE,
            "Present",
            "GAE_INSTANCE",
            place("GAE_SERVICE=hunter2", "GAE_VERSION=hunter2", "GAE_INSTANCE=hunter2")),
        row(ENGINE, "Inconclusive", "GAE_VERSION", place("GAE_SERVICE=hunter2")),
        row(
            VM,
            "Absent",
            "DMI",
            place(
                "GOOGLE_APPLICATION_CREDENTIALS=hunter2",
                "CLOUDSDK_CONFIG=hunter2",
                "GOOGLE_CLOUD_PROJECT=hunter2")),
        row(
            VM,
            "Present",
            "product_name",
            place().withDmi("product_name", "Google Compute Engine")),
        row(VM, "Present", "product_name", place().withDmi("product_name", "Google")),
        row(VM, "Inconclusive", "GCE_METADATA_HOST", place("GCE_METADATA_HOST=hunter2")));
  }
}
