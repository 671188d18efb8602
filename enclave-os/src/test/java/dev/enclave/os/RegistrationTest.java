package dev.enclave.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.backend.BackendProvider;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(BackendProvider.class))
        .hasAtLeastOneElementOfType(OsBackendProvider.class);
  }

  @Test
  void saysTheSameInModuleDescriptorAndServicesFile() throws Exception {
    Path classes =
        Path.of(
            OsBackendProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
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
  void promisesNoMoreThanTheOperatingSystemsSealUnderItsPinnedId() {
    OsBackendProvider provider = new OsBackendProvider();

    assertThat(provider.id()).isEqualTo(BackendId.OS);
    assertThat(provider.assuranceCeiling()).isEqualTo(Assurance.OS_SEALED);
    assertThat(provider.settings()).noneMatch(setting -> setting.secret());
  }
}
