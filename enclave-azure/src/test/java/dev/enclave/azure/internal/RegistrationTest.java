package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.azure.internal.detect.AzureDetectors;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class RegistrationTest {

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(BackendProvider.class))
        .hasAtLeastOneElementOfType(AzureKeyVaultBackendProvider.class);
    assertThat(ServiceLoader.load(EnvironmentDetectors.class))
        .flatExtracting(EnvironmentDetectors::detectors)
        .extracting(EnvironmentDetector::id)
        .contains(
            "azure-app-service",
            "azure-functions",
            "azure-container-apps",
            "azure-workload-identity",
            "azure-arc",
            "azure-vm");
  }

  @Test
  void saysTheSameInModuleDescriptorAndServicesFile() throws Exception {
    try (InputStream descriptor = Files.newInputStream(classes().resolve("module-info.class"))) {
      assertThat(ModuleDescriptor.read(descriptor).provides())
          .hasSize(2)
          .allSatisfy(p -> assertThat(p.providers()).isEqualTo(services(p.service())));
    }
  }

  private static Path classes() {
    return Path.of(
        URI.create(
            AzureDetectors.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static List<String> services(String service) throws IOException {
    return Files.readAllLines(classes().resolve("META-INF/services/" + service));
  }
}
