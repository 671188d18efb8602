package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.EnvironmentDetector;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class RegistrationTest {

  @Test
  void isFoundByServiceLoader() {
    assertThat(ServiceLoader.load(EnvironmentDetector.class))
        .extracting(EnvironmentDetector::id)
        .contains("aws-lambda", "aws-ecs", "aws-eks", "aws-beanstalk", "aws-vm");
  }

  @Test
  void saysTheSameInModuleDescriptorAndServicesFile() throws Exception {
    try (InputStream descriptor = Files.newInputStream(classes().resolve("module-info.class"))) {
      assertThat(ModuleDescriptor.read(descriptor).provides())
          .singleElement()
          .satisfies(p -> assertThat(p.service()).isEqualTo(EnvironmentDetector.class.getName()))
          .satisfies(p -> assertThat(p.providers()).isEqualTo(services()));
    }
  }

  private static Path classes() throws Exception {
    return Path.of(AwsVmDetector.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static List<String> services() throws Exception {
    return Files.readAllLines(
        classes().resolve("META-INF/services/" + EnvironmentDetector.class.getName()));
  }
}
