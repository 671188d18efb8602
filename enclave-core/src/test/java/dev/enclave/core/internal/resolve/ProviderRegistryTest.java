package dev.enclave.core.internal.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProviderRegistryTest {

  private static final BackendId ACME = BackendId.of("acme");

  private final Path directory;

  ProviderRegistryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void findsProvidersOnTheClassPath() throws IOException {
    assertThat(discovered(SayingProvider.class.getName()).all())
        .containsOnlyKeys(BackendId.of("discovered"));
  }

  @Test
  void looksNowhere_whenDiscoveryIsOff() throws IOException {
    try (URLClassLoader loader = services(SayingProvider.class.getName())) {
      ProviderRegistry registry =
          ProviderRegistry.of(List.of(new SayingProvider(ACME)), new ClassPath(false, loader));

      assertThat(registry.all()).containsOnlyKeys(ACME);
    }
  }

  @Test
  void explicitProvidersStandBesideDiscoveredOnes() throws IOException {
    try (URLClassLoader loader = services(SayingProvider.class.getName())) {
      ProviderRegistry registry =
          ProviderRegistry.of(List.of(new SayingProvider(ACME)), new ClassPath(true, loader));

      assertThat(registry.all()).containsOnlyKeys(ACME, BackendId.of("discovered"));
      assertThat(registry.find(ACME)).isPresent();
      assertThat(registry.find(BackendId.OS)).isEmpty();
      assertThat(registry.settings().get(ACME)).extracting(SettingSpec::name).contains("place");
    }
  }

  @Test
  void namesBothClassesAndJars_whenTwoHaveOneId() {
    String place =
        SayingProvider.class.getProtectionDomain().getCodeSource().getLocation().toString();

    assertThatThrownBy(
            () -> discovered(SayingProvider.class.getName(), SayingProvider.Twin.class.getName()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_DUPLICATE))
        .hasMessageContaining(SayingProvider.class.getName() + " from " + place)
        .hasMessageContaining(SayingProvider.Twin.class.getName() + " from " + place);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aws-kms",
        "azure-keyvault",
        "gcp-kms",
        "kubernetes",
        "os",
        "pkcs11",
        "software",
        "vault"
      })
  void refusesAnImpostorOnEveryReservedId(String id) {
    assertRefused(
        ErrorCode.BACKEND_IMPOSTOR,
        () -> explicit(new SayingProvider(BackendId.of(id))),
        SayingProvider.class.getName(),
        "reserved for dev.enclave.");
  }

  @Test
  void aProviderThatChangesItsIdKeepsTheFirst() {
    AtomicInteger asked = new AtomicInteger();
    BackendProvider shifting =
        new SayingProvider(ACME) {
          @Override
          public BackendId id() {
            return asked.getAndIncrement() == 0 ? ACME : BackendId.AWS_KMS;
          }
        };

    ProviderRegistry registry = explicit(shifting);

    assertThat(registry.all()).containsOnlyKeys(ACME);
    assertThat(registry.settings()).containsOnlyKeys(ACME);
    assertThat(candidates(registry)).extracting(Resolver.Candidate::id).containsExactly(ACME);
  }

  @Test
  void refusesAServiceFileThatNamesNoClass() {
    assertRefused(ErrorCode.BACKEND_CONTRACT, () -> discovered("com.example.Gone"), "Gone");
  }

  @Test
  void refusesAServiceFileThatIsNone() {
    assertRefused(
        ErrorCode.BACKEND_CONTRACT, () -> discovered("<html>404</html>"), "cannot be loaded");
  }

  @Test
  void refusesAServiceThatDoesNotSayWhatItBrings_withoutItsMessage() throws IOException {
    try (URLClassLoader loader = services(SayingProvider.class.getName())) {
      assertThatThrownBy(
              () ->
                  new ClassPath(true, loader)
                      .all(
                          BackendProvider.class,
                          provider -> {
                            throw new IllegalStateException("hunter2");
                          },
                          "A detector cannot be loaded"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("SayingProvider threw java.lang.IllegalStateException.")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void refusesAClassThatIsNoProvider() {
    assertRefused(
        ErrorCode.BACKEND_CONTRACT,
        () -> discovered(ProviderRegistryTest.class.getName()),
        "ProviderRegistryTest");
  }

  @Test
  void refusesAProviderWhoseConstructorFails_withoutItsMessage() {
    assertThatThrownBy(() -> discovered(SayingProvider.FailsToStart.class.getName()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("FailsToStart")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void refusesAProviderWhoseJarLacksAClass() {
    assertRefused(
        ErrorCode.BACKEND_CONTRACT,
        () -> discovered(SayingProvider.LacksAClass.class.getName()),
        "LacksAClass");
  }

  @Test
  void refusesAProviderWhoseClassFileIsDamaged() throws IOException {
    Path classes = Files.createDirectories(directory.resolve("com/example"));
    Files.writeString(classes.resolve("Damaged.class"), "a download page");

    assertRefused(
        ErrorCode.BACKEND_CONTRACT, () -> discovered("com.example.Damaged"), "com/example/Damaged");
  }

  @Test
  @SuppressWarnings("NullAway") // A provider of somebody else's may answer null.
  void refusesAProviderWithoutAnId() {
    BackendProvider nameless =
        new SayingProvider(ACME) {
          @Override
          public BackendId id() {
            return null;
          }
        };

    assertRefused(ErrorCode.BACKEND_CONTRACT, () -> explicit(nameless), "null", "id()");
  }

  @Test
  void refusesAProviderThatThrowsOverItsSettings_withoutItsMessage() {
    BackendProvider rogue =
        new SayingProvider(ACME) {
          @Override
          public List<SettingSpec> settings() {
            throw new IllegalStateException("hunter2");
          }
        };

    assertThatThrownBy(() -> explicit(rogue).settings())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("settings()")
        .hasMessageContaining("IllegalStateException")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void refusesAProviderThatThrowsOverDetection() {
    BackendProvider rogue =
        new SayingProvider(ACME) {
          @Override
          public Detection detect(DetectionContext context) {
            throw new UnsupportedOperationException("hunter2");
          }
        };

    assertRefused(ErrorCode.BACKEND_CONTRACT, () -> candidates(explicit(rogue)), "detect()");
  }

  @Test
  void anErrorOfTheJvmIsNoFaultOfAProvider() {
    BackendProvider greedy =
        new SayingProvider(ACME) {
          @Override
          public Assurance assuranceCeiling() {
            throw new OutOfMemoryError("made by the test");
          }
        };

    assertThatThrownBy(() -> candidates(explicit(greedy))).isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void passesOnWhatAProviderSaysOfItsConfiguration() {
    BackendProvider strict =
        new SayingProvider(ACME) {
          @Override
          public Detection detect(DetectionContext context) {
            return Detection.present(context.settings().require("place"));
          }
        };

    assertRefused(
        ErrorCode.CONFIGURATION_MISSING, () -> candidates(explicit(strict)), "enclave.acme.place");
  }

  @Test
  void candidatesCarryCeilingAndDetection() {
    assertThat(candidates(explicit(new SayingProvider(ACME))))
        .containsExactly(
            new Resolver.Candidate(ACME, Assurance.HSM, Detection.present("always"), false));
  }

  private static List<Resolver.Candidate> candidates(ProviderRegistry registry) {
    return registry.candidates(
        new MapEnvironment(), id -> new BackendSettings(id, Map.<String, String>of()), Map.of());
  }

  private static ProviderRegistry explicit(BackendProvider... providers) {
    return ProviderRegistry.of(
        List.of(providers), new ClassPath(false, ProviderRegistryTest.class.getClassLoader()));
  }

  private ProviderRegistry discovered(String... lines) throws IOException {
    try (URLClassLoader loader = services(lines)) {
      return ProviderRegistry.of(List.of(), new ClassPath(true, loader));
    }
  }

  private URLClassLoader services(String... lines) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(services.resolve(BackendProvider.class.getName()), List.of(lines));
    return new URLClassLoader(
        new URL[] {directory.toUri().toURL()}, ProviderRegistryTest.class.getClassLoader());
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable action, String... observed) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(observed);
            });
  }
}
