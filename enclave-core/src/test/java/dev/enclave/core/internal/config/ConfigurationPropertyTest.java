package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.SettingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is configured gives a configuration or an EnclaveException, nothing else. */
final class ConfigurationPropertyTest {

  private static final KnownSettings NAMES =
      new KnownSettings(
          Map.of(BackendId.SOFTWARE, List.of(SettingSpec.secret("password", "which"))));

  private static Path file = Path.of("");

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("enclave", ".properties");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 400)
  void anyBytesAsAFileAreReadOrRefused(@ForAll byte[] content) throws IOException {
    Files.write(file, content);

    use(new MapEnvironment(), Optional.of(file), Map.of());
  }

  @Property(tries = 400)
  void anyLinesAsAFileAreReadOrRefused(@ForAll("settings") Map<String, String> settings)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    settings.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    Files.write(file, lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));

    use(new MapEnvironment(), Optional.of(file), Map.of());
  }

  @Property(tries = 1500)
  void anySettingsAreTakenOrRefused(
      @ForAll("settings") Map<String, String> properties,
      @ForAll("settings") Map<String, String> builder) {
    MapEnvironment environment = new MapEnvironment();
    properties.forEach(environment::property);

    use(environment, Optional.empty(), builder);
  }

  @Property(tries = 1500)
  void anyVariablesAreTakenOrRefused(@ForAll("variables") Map<String, String> variables) {
    MapEnvironment environment = new MapEnvironment();
    variables.forEach(environment::variable);

    use(environment, Optional.empty(), Map.of());
  }

  private static void use(
      MapEnvironment environment, Optional<Path> configFile, Map<String, String> builder) {
    try {
      Configuration configuration =
          ConfigurationLoader.load(
              NAMES,
              environment,
              configFile,
              List.of(new ConfigSource("builder", builder)),
              List.of(),
              ClassLoader.getPlatformClassLoader());
      configuration.describe();
      EnvironmentType type =
          configuration.find(Settings.ENVIRONMENT).orElse(EnvironmentType.PRODUCTION);
      configuration.find(Settings.BACKEND);
      configuration.find(Settings.PRECEDENCE);
      assertThat(PolicyLoader.read(type, configuration).refusals())
          .allSatisfy(refusal -> assertThat(refusal.getMessage()).isNotBlank());
    } catch (EnclaveException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Provide
  static Arbitrary<Map<String, String>> settings() {
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.of(
                Settings.ENVIRONMENT.name(),
                Settings.BACKEND.name(),
                Settings.PRECEDENCE.name(),
                Settings.MINIMUM_ASSURANCE.name(),
                Settings.ALGORITHMS.name(),
                Settings.BACKENDS.name(),
                Settings.ROTATION_INTERVAL.name(),
                Settings.ACKNOWLEDGE.name(),
                "enclave.keys.treasury",
                "enclave.software.password"),
            Arbitraries.strings().ofMaxLength(200).map(s -> "enclave." + s),
            Arbitraries.strings().ofMaxLength(20));
    return Arbitraries.maps(names, values()).ofMaxSize(5);
  }

  @Provide
  static Arbitrary<Map<String, String>> variables() {
    Arbitrary<String> names =
        Arbitraries.oneOf(
            Arbitraries.of(
                "ENCLAVE_ENVIRONMENT", "ENCLAVE_MINIMUM_ASSURANCE", "ENCLAVE_ROTATION_INTERVAL"),
            Combinators.combine(
                    Arbitraries.of("ENCLAVE_", "ENCLAVE_KEYS_", "ENCLAVE_AWS_KMS_"),
                    Arbitraries.strings().ofMaxLength(30))
                .as(String::concat));
    return Arbitraries.maps(names, values()).ofMaxSize(4);
  }

  private static Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "production", "local", "hsm", "plaintext", "os,software", "P90D", "never", "policy"),
        Arbitraries.of("PT1S", "P999999999999D", "true", "ED25519", "", ",", "-P1D", "P1Y"),
        Arbitraries.strings().ofMaxLength(40));
  }
}
