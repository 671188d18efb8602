package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SettingSpec;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationLoaderTest {

  private static final KnownSettings NAMES =
      new KnownSettings(
          Map.of(
              BackendId.SOFTWARE,
              List.of(
                  SettingSpec.of("directory", "where"), SettingSpec.secret("password", "which"))));

  private final Path directory;
  private MapEnvironment environment = new MapEnvironment();

  ConfigurationLoaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void laterSourceWins_whateverIsRemovedFromTheEnd() throws IOException {
    List<String> sources =
        List.of("class path", "builder", "file", "variable", "system property", "override");
    for (int last = sources.size(); last > 0; last--) {
      Configuration configuration = withSources(sources.subList(0, last));

      assertThat(configuration.find(Settings.AUDIT_DIRECTORY)).hasValue(sources.get(last - 1));
      assertThat(sourceOf(configuration, Settings.AUDIT_DIRECTORY.name()))
          .startsWith(sources.get(last - 1));
    }
  }

  @Test
  void tellsWhichSourceOverridesWhich_withoutAnyValue() {
    environment
        .variable("ENCLAVE_SOFTWARE_PASSWORD", "canary-one")
        .variable("ENCLAVE_ENVIRONMENT", "production");

    Configuration configuration =
        load(
            new ConfigSource(
                "application.yaml",
                Map.of(
                    "enclave.software.password", "canary-two",
                    "enclave.environment", "production")));

    assertThat(configuration.overridden())
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.name()).isEqualTo("enclave.software.password");
              assertThat(told.observed())
                  .isEqualTo("variable ENCLAVE_SOFTWARE_PASSWORD overrides application.yaml");
            });
    assertThat(sourceOf(configuration, "enclave.software.password"))
        .isEqualTo("variable ENCLAVE_SOFTWARE_PASSWORD overrides application.yaml");
  }

  private Configuration withSources(List<String> sources) throws IOException {
    environment = new MapEnvironment();
    List<URL> urls = new ArrayList<>();
    List<ConfigSource> builder = new ArrayList<>();
    List<ConfigSource> overrides = new ArrayList<>();
    for (String source : sources) {
      switch (source) {
        case "class path" -> urls.add(resource("one", "enclave.audit.directory=class path"));
        case "file" ->
            environment.variable("ENCLAVE_CONFIG", file("enclave.audit.directory=file").toString());
        case "variable" -> environment.variable("ENCLAVE_AUDIT_DIRECTORY", "variable");
        case "system property" ->
            environment.property("enclave.audit.directory", "system property");
        case "override" -> {
          overrides.add(new ConfigSource("ignored", Map.of("enclave.audit.directory", "first")));
          overrides.add(
              new ConfigSource("override", Map.of("enclave.audit.directory", "override")));
        }
        default -> {
          builder.add(new ConfigSource("ignored", Map.of("enclave.audit.directory", "first")));
          builder.add(new ConfigSource("builder", Map.of("enclave.audit.directory", "builder")));
        }
      }
    }
    try (URLClassLoader loader = loader(urls.toArray(URL[]::new))) {
      return ConfigurationLoader.load(
          NAMES, environment, Optional.empty(), builder, overrides, loader);
    }
  }

  @Tag("full")
  @Test
  void refusesAPipe_whichMayHaveNoEnd() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            assertThatThrownBy(() -> load(Optional.of(pipe)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("it is no regular file"));
  }

  @Test
  void fileOfTheBuilderReplacesTheVariablesFile() throws IOException {
    environment.variable("ENCLAVE_CONFIG", directory.resolve("absent").toString());
    Path file = file("enclave.environment=local");

    Configuration configuration = load(Optional.of(file));

    assertThat(configuration.find(Settings.ENVIRONMENT)).hasValue(EnvironmentType.LOCAL);
    assertThat(sourceOf(configuration, Settings.ENVIRONMENT.name())).isEqualTo("file " + file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enclave.environment=local\nenclave.backend=software\nenclave.environment=production",
        "enclave.environment=local\n enclave.environment : local",
        "enclave.environment=local\nenclave.env\\u0069ronment=local"
      })
  void refusesANameThatAFileHasTwice(String content) throws IOException {
    Path file = file(content);

    assertThatThrownBy(() -> load(Optional.of(file)))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE))
        .hasMessageContaining("file " + file + " has \"enclave.environment\" more than once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://10.0.0.1:80", "80", "10.0.0.1", "fd00::1", "tcp"})
  void tellsALinkOfKubernetes_thatNamesAKey_andUsesItNot(String link) {
    environment.variable("ENCLAVE_KEYS_WALLET_PORT", link).variable("ENCLAVE_PORT", link);

    Configuration configuration = load();

    assertThat(configuration.adoptedKeys()).isEmpty();
    assertThat(configuration.passedOver())
        .singleElement()
        .asString()
        .contains("variable ENCLAVE_KEYS_WALLET_PORT", "enclave.keys.wallet-port");
  }

  @Test
  void takesAKey_whoseNameLooksLikeALinkOfKubernetes() {
    String arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
    environment.variable("ENCLAVE_KEYS_WALLET_PORT", arn);

    Configuration configuration = load();

    assertThat(configuration.adoptedKeys())
        .containsEntry(KeyName.of("wallet-port"), new Adoption(arn, false));
    assertThat(configuration.passedOver()).isEmpty();
  }

  @Test
  void emptyConfigVariableNamesNoFile() {
    environment.variable("ENCLAVE_CONFIG", "");

    assertThat(load().describe()).isEmpty();
  }

  @Test
  void hidesSecretsInReportsAndInMessages() {
    environment.variable("ENCLAVE_SOFTWARE_PASSWORD", "hunter2");

    Configuration configuration = load();

    assertThat(configuration.section(BackendId.SOFTWARE).get("password")).hasValue("hunter2");
    assertThat(configuration.describe().toString()).doesNotContain("hunter2").contains("***");
    assertThat(configuration.invalid("enclave.software.password", "right").getMessage())
        .doesNotContain("hunter2");
    assertThat(configuration.section(BackendId.SOFTWARE).toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkcs11:object=treasury?pin-value=hunter2&module-name=hsm",
        "https://operator:hunter2@vault.example/keys/treasury",
        "https://vault.example/keys/treasury?sv=1&sig=hunter2",
        "vault:https://vault.example/keys/treasury?token=hunter2#1"
      })
  void hidesCredentialsThatTheNameOfAnAdoptedKeyCarries(String uri) {
    environment.property("enclave.keys.treasury", uri);

    Configuration configuration = load();

    assertThat(configuration.adoptedKeys()).containsValue(new Adoption(uri, false));
    assertThat(configuration.describe().toString())
        .doesNotContain("hunter2")
        .contains("treasury", "***");
  }

  @Test
  void showsTheNameOfAnAdoptedKeyThatCarriesNone() {
    String arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd?version=7";
    environment.property("enclave.keys.treasury", arn);

    assertThat(load().describe()).extracting(Diagnosis.Setting::value).containsExactly(arn);
  }

  @Test
  void allowsAndHidesSectionsOfWellKnownBackendsThatAreAbsent() {
    environment.variable("ENCLAVE_AWS_KMS_ROLE_SECRET", "hunter2");
    environment.property("enclave.gcp-kms.key-ring", "ring");

    Configuration configuration = load();

    assertThat(configuration.section(BackendId.AWS_KMS).get("role-secret")).hasValue("hunter2");
    assertThat(configuration.describe())
        .extracting(Diagnosis.Setting::value)
        .containsExactly("***", "***");
    assertThat(sourceOf(configuration, "enclave.gcp-kms.key-ring")).contains("unused");
  }

  @ParameterizedTest
  @CsvSource({
    "enclave.enviroment, enclave.environment",
    "enclave.backned, enclave.backend",
    "enclave.software.pasword, enclave.software.password",
    "enclave.minimum_assurance, enclave.minimum-assurance",
    "enclave.audit.dir, enclave.audit.directory",
    "enclave.Environment, enclave.environment"
  })
  void namesTheNearestSetting_whenOneIsUnknown(String written, String nearest) {
    environment.property(written, "x");

    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(written)
        .hasMessageContaining("nearest is " + nearest + ";")
        .hasMessageContaining("system property");
  }

  @Test
  void namesTheNearestVariable_whenOneIsUnknown() {
    environment.variable("ENCLAVE_ENVIRONEMENT", "local");

    assertThatThrownBy(this::load)
        .hasMessageContaining("ENCLAVE_ENVIRONEMENT")
        .hasMessageContaining("nearest is ENCLAVE_ENVIRONMENT;");
  }

  @Test
  void refusesNamesOutsideEnclaveInAFile() throws IOException {
    Path file = file("log.level=debug");

    assertThatThrownBy(() -> load(Optional.of(file))).hasMessageContaining("\"log.level\"");
  }

  @Test
  void ignoresForeignNamesOfAFramework() {
    ConfigSource spring =
        new ConfigSource("spring", Map.of("server.port", "80", "enclavex.y", "1"));

    assertThat(load(spring).describe()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ENCLAVE_SERVICE_HOST",
        "ENCLAVE_SERVICE_PORT",
        "ENCLAVE_SERVICE_PORT_HTTPS",
        "ENCLAVE_PORT",
        "ENCLAVE_PORT_8443_TCP",
        "ENCLAVE_PORT_8443_TCP_PROTO",
        "ENCLAVE_PORT_8443_TCP_PORT",
        "ENCLAVE_PORT_8443_TCP_ADDR",
        "ENCLAVE_WALLET_API_SERVICE_HOST",
        "ENCLAVE_WALLET_API_PORT_53_UDP_ADDR"
      })
  void ignoresServiceLinksOfKubernetes(String variable) {
    environment.variable(variable, "tcp://10.0.0.1:8443");

    assertThat(load().describe()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENCLAVE_HOST", "ENCLAVE_PORTS", "ENCLAVE_PORT_TCP", "ENCLAVE_"})
  void refusesVariablesThatOnlyLookLikeServiceLinks(String variable) {
    environment.variable(variable, "x");

    assertThatThrownBy(this::load).isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENCLAVEX", "enclave_backend", "XENCLAVE_BACKEND"})
  void ignoresForeignVariables(String variable) {
    environment.variable(variable, "x");

    assertThat(load().describe()).isEmpty();
  }

  @Test
  void refusesAFileThatIsNotThere() {
    environment.variable("ENCLAVE_CONFIG", directory.resolve("absent").toString());

    assertRefused(ErrorCode.CONFIGURATION_UNREADABLE, "absent", "no such file");
  }

  @Test
  void refusesADirectoryAsFile() {
    environment.variable("ENCLAVE_CONFIG", directory.toString());

    assertRefused(ErrorCode.CONFIGURATION_UNREADABLE, "it is a directory");
  }

  @Test
  void refusesANameThatIsNoPath() {
    environment.variable("ENCLAVE_CONFIG", "a\0b");

    assertRefused(ErrorCode.CONFIGURATION_UNREADABLE, "not a path");
  }

  @Test
  void refusesAFileThatIsNotUtf8() throws IOException {
    Path file = directory.resolve("latin1");
    Files.write(file, "enclave.backend=caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    environment.variable("ENCLAVE_CONFIG", file.toString());

    assertRefused(ErrorCode.CONFIGURATION_UNREADABLE, "not a properties file in UTF-8");
  }

  @Test
  void refusesABrokenEscapeInAFile() throws IOException {
    environment.variable("ENCLAVE_CONFIG", file("enclave.backend=\\u00zz").toString());

    assertRefused(ErrorCode.CONFIGURATION_UNREADABLE, "not a properties file");
  }

  @Test
  void refusesTwoFilesOnTheClassPath() throws IOException {
    URL one = resource("one", "enclave.environment=local");
    URL two = resource("two", "enclave.environment=production");
    try (URLClassLoader loader = loader(one, two)) {
      assertThatThrownBy(
              () ->
                  ConfigurationLoader.load(
                      NAMES, environment, Optional.empty(), List.of(), List.of(), loader))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("one/enclave.properties")
          .hasMessageContaining("two/enclave.properties");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "aws-kms:alias/treasury",
        "https://vault.example/keys/treasury/0123456789abcdef0123456789abcdef",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k",
        "pkcs11:object=treasury;type=private"
      })
  void theNameOfAnAdoptedKeyMayBeQuoted(String uri) {
    environment.property("enclave.keys.treasury", uri);

    assertThat(load().places()).contains(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "aws-kms:9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "9d:61:b1:9d:ef:fd:5a:60:ba:84:4a:f4:92:ec:2c:c4:44:49:c5:69:7b:32:69",
        "/MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
        "-----BEGIN PRIVATE KEY-----"
      })
  void whatNamesNoAdoptedKey_mayNotBeQuoted(String pasted) {
    environment.property("enclave.keys.treasury", pasted);

    assertThat(load().places()).isEmpty();
  }

  @Test
  void adoptsKeysFromPropertiesAndVariables() {
    environment.property("enclave.keys.treasury", "arn:aws:kms:x");
    environment.variable("ENCLAVE_KEYS_COLD_WALLET_2", "arn:aws:kms:y");

    assertThat(load().adoptedKeys())
        .containsExactly(
            Map.entry(KeyName.of("cold-wallet-2"), new Adoption("arn:aws:kms:y", false)),
            Map.entry(KeyName.of("treasury"), new Adoption("arn:aws:kms:x", false)));
  }

  @Test
  void acceptsUnreadableStampsOfSingleKeys_fromPropertiesAndVariables() {
    environment.property("enclave.keys.treasury", "arn:aws:kms:x");
    environment.property("enclave.keys.treasury.accept-unreadable-stamp", "true");
    environment.variable("ENCLAVE_KEYS_COLD_WALLET_2", "arn:aws:kms:y");
    environment.variable("ENCLAVE_KEYS_COLD_WALLET_2_ACCEPT_UNREADABLE_STAMP", "true");
    environment.property("enclave.keys.archive", "arn:aws:kms:z");
    environment.property("enclave.keys.archive.accept-unreadable-stamp", "false");

    assertThat(load().adoptedKeys())
        .containsExactly(
            Map.entry(KeyName.of("archive"), new Adoption("arn:aws:kms:z", false)),
            Map.entry(KeyName.of("cold-wallet-2"), new Adoption("arn:aws:kms:y", true)),
            Map.entry(KeyName.of("treasury"), new Adoption("arn:aws:kms:x", true)));
    assertThat(load().describe())
        .extracting(Diagnosis.Setting::name)
        .contains("enclave.keys.treasury.accept-unreadable-stamp");
  }

  /** Its callers would have it sign what only Enclave may state. */
  @ParameterizedTest
  @CsvSource({
    "treasury,https://v.vault.azure.net/keys/enclave-statements-production",
    "treasury,https://v.vault.azure.net/keys/enclave-statements-production/0123",
    "treasury,projects/p/locations/l/keyRings/r/cryptoKeys/enclave-statements-production",
    "treasury,gcp-kms:projects/p/locations/l/keyRings/r/cryptoKeys/enclave-statements-staging/cryptoKeyVersions/1",
    "treasury,alias/enclave/enclave-statements-production#ED25519",
    "enclave-statements-production,arn:aws:kms:x"
  })
  void adoptsNoStatementKey(String name, String uri) {
    environment.property("enclave.keys." + name, uri);

    assertRefused(ErrorCode.CONFIGURATION_INVALID_VALUE, "enclave.keys." + name);
  }

  @Test
  void refusesToAcceptTheStampOfAKeyThatIsNotAdopted() {
    environment.property("enclave.keys.tresury.accept-unreadable-stamp", "true");
    environment.property("enclave.keys.treasury", "arn:aws:kms:x");

    assertRefused(ErrorCode.CONFIGURATION_INVALID_VALUE, "enclave.keys.tresury");
  }

  @Test
  void refusesAnAcceptanceThatIsNeitherTrueNorFalse() {
    environment.property("enclave.keys.treasury", "arn:aws:kms:x");
    environment.property("enclave.keys.treasury.accept-unreadable-stamp", "yes");

    assertRefused(
        ErrorCode.CONFIGURATION_INVALID_VALUE, "enclave.keys.treasury.accept-unreadable-stamp");
  }

  @Test
  void namesTheSettingOfAnAdoptedKey_thatAnUnknownOneIsLike() {
    environment.property("enclave.keys.treasury", "arn:aws:kms:x");
    environment.property("enclave.keys.treasury.accept-unreadable-stmp", "true");

    assertRefused(
        ErrorCode.CONFIGURATION_UNKNOWN_KEY, "enclave.keys.treasury.accept-unreadable-stamp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Treasury", "7seven", "a_b", "a.b", "-a", "\u00e9", ""})
  void refusesAdoptedNamesOutsideTheGrammar(String name) {
    environment.property("enclave.keys." + name, "arn:aws:kms:x");

    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigurationException.class)
        .extracting(e -> ((EnclaveException) e).code())
        .isEqualTo(ErrorCode.CONFIGURATION_UNKNOWN_KEY);
  }

  @Test
  void refusesAnAdoptedKeyWithoutItsProvidersName() {
    environment.variable("ENCLAVE_KEYS_TREASURY", " ");

    assertRefused(ErrorCode.CONFIGURATION_INVALID_VALUE, "enclave.keys.treasury");
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys", "audit", "rotation"})
  void refusesABackendCalledLikeASetting(String id) {
    assertThatThrownBy(() -> new KnownSettings(Map.of(BackendId.of(id), List.<SettingSpec>of())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(id);
  }

  @Test
  void aSectionHoldsItsOwnBackendsSettingsOnly() {
    environment.property("enclave.os.store", "a");
    environment.property("enclave.os-x.store", "b");
    KnownSettings names =
        new KnownSettings(
            Map.of(
                BackendId.OS,
                List.of(SettingSpec.of("store", "where")),
                BackendId.of("os-x"),
                List.of(SettingSpec.of("store", "where"))));

    Configuration configuration =
        ConfigurationLoader.load(
            names, environment, Optional.empty(), List.of(), List.of(), empty());

    assertThat(configuration.section(BackendId.OS).get("store")).hasValue("a");
    assertThat(configuration.section(BackendId.of("os-x")).get("store")).hasValue("b");
  }

  @Test
  void aWrongValueNamesItsSourceAndWhatIsRight() {
    environment.variable("ENCLAVE_ENVIRONMENT", "prod\n");
    Configuration configuration = load();

    assertThatThrownBy(() -> configuration.find(Settings.ENVIRONMENT))
        .hasMessage(
            "Setting enclave.environment is \"prod\\u000a\" (from variable ENCLAVE_ENVIRONMENT)."
                + " It must be one of production, staging, development, local.");
  }

  private void assertRefused(ErrorCode code, String... observed) {
    assertThatThrownBy(this::load)
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(observed);
            });
  }

  private static String sourceOf(Configuration configuration, String name) {
    return configuration.describe().stream()
        .filter(s -> s.name().equals(name))
        .map(Diagnosis.Setting::source)
        .findFirst()
        .orElseThrow();
  }

  private Configuration load(ConfigSource... builder) {
    return ConfigurationLoader.load(
        NAMES, environment, Optional.empty(), List.of(builder), List.of(), empty());
  }

  private Configuration load(Optional<Path> file) {
    return ConfigurationLoader.load(NAMES, environment, file, List.of(), List.of(), empty());
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("some.properties"), content);
  }

  private URL resource(String name, String content) throws IOException {
    Path root = Files.createDirectories(directory.resolve(name));
    Files.writeString(root.resolve("enclave.properties"), content);
    return root.toUri().toURL();
  }

  private static URLClassLoader loader(URL... urls) {
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  private static ClassLoader empty() {
    return ClassLoader.getPlatformClassLoader();
  }
}
