package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  private final SoftwareBackendProvider provider = new SoftwareBackendProvider();

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(BackendProvider.class))
        .hasAtLeastOneElementOfType(SoftwareBackendProvider.class);
  }

  @Test
  void saysTheSameInModuleDescriptorAndServicesFile() throws Exception {
    Path classes =
        Path.of(
            SoftwareBackendProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    List<String> services =
        Files.readAllLines(classes.resolve("META-INF/services/" + BackendProvider.class.getName()));
    try (InputStream descriptor = Files.newInputStream(classes.resolve("module-info.class"))) {
      assertThat(ModuleDescriptor.read(descriptor).provides())
          .singleElement()
          .satisfies(p -> assertThat(p.service()).isEqualTo(BackendProvider.class.getName()))
          .satisfies(p -> assertThat(p.providers()).isEqualTo(services));
    }
  }

  @Test
  void promisesSoftwareAssuranceUnderItsPinnedId() {
    assertThat(provider.id()).isEqualTo(BackendId.SOFTWARE);
    assertThat(provider.assuranceCeiling()).isEqualTo(Assurance.SOFTWARE);
  }

  @Test
  void marksThePassphraseAsSecret() {
    assertThat(provider.settings())
        .filteredOn(SettingSpec::secret)
        .extracting(SettingSpec::name)
        .containsExactly("passphrase");
  }

  @Test
  void isPresentByItsDefaultDirectory() {
    assertThat(detect(FakeEnvironment.empty().withProperty("user.home", "/home/alice"), Map.of()))
        .isEqualTo(Detection.present("key directory /home/alice/.enclave/keys"));
  }

  @Test
  void isPresentByItsConfiguredDirectory() {
    assertThat(detect(FakeEnvironment.empty(), Map.of("directory", "/srv/keys")))
        .isEqualTo(Detection.present("key directory /srv/keys"));
  }

  private Detection detect(FakeEnvironment environment, Map<String, String> settings) {
    return provider.detect(
        new DetectionContext(
            environment, new BackendSettings(BackendId.SOFTWARE, settings), Map.of()));
  }
}
