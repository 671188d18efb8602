package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class RegistrationTest {

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(EnvironmentDetectors.class))
        .flatExtracting(EnvironmentDetectors::detectors)
        .extracting(EnvironmentDetector::id)
        .contains(
            "gcp-cloud-run", "gcp-cloud-run-job", "gcp-functions", "gcp-app-engine", "gcp-vm");
  }

  @Test
  void isOpenedByItsProvider() {
    assertThat(ServiceLoader.load(BackendProvider.class))
        .filteredOn(provider -> provider.id().equals(BackendId.GCP_KMS))
        .singleElement()
        .isInstanceOf(GcpKmsBackendProvider.class);
  }

  @Test
  void namesItsDetectorsInTheServicesFile() throws Exception {
    assertThat(services()).containsExactly(GcpDetectors.class.getName());
  }

  private static Path classes() throws Exception {
    return Path.of(GcpDetectors.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static List<String> services() throws Exception {
    return Files.readAllLines(
        classes().resolve("META-INF/services/" + EnvironmentDetectors.class.getName()));
  }
}
