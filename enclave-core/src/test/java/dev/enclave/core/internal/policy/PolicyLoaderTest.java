package dev.enclave.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.ConfigurationLoader;
import dev.enclave.core.internal.config.KnownSettings;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PolicyLoaderTest {

  @ParameterizedTest
  @EnumSource
  void nothingConfiguredGivesTheDefaults(EnvironmentType environment) {
    assertThat(load(environment, settings())).isEqualTo(SecurityPolicy.defaultsFor(environment));
  }

  /** The weakest that may be configured; everything from there on is allowed, nothing before. */
  @ParameterizedTest
  @CsvSource({
    "PRODUCTION,  HSM,         HSM_WRAPPED",
    "STAGING,     HSM_WRAPPED, HSM_WRAPPED",
    "DEVELOPMENT, SOFTWARE,    SOFTWARE",
    "LOCAL,       PLAINTEXT,   PLAINTEXT"
  })
  void minimumAssuranceMovesWithinTheEnvironmentsLimits(
      EnvironmentType environment, Assurance byDefault, Assurance lowest) {
    assertThat(load(environment, settings()).minimumAssurance()).isEqualTo(byDefault);
    for (Assurance asked : Assurance.values()) {
      Configuration configuration =
          settings(Settings.MINIMUM_ASSURANCE, asked.name(), Settings.ACKNOWLEDGE, "true");
      if (asked.compareTo(lowest) >= 0) {
        assertThat(load(environment, configuration).minimumAssurance()).isEqualTo(asked);
      } else {
        assertThatThrownBy(() -> load(environment, configuration))
            .isInstanceOfSatisfying(
                PolicyException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW))
            .hasMessageContaining("Set it to " + Configuration.spelled(lowest));
      }
    }
  }

  @Test
  void anAcknowledgementAloneLowersNothing() {
    for (EnvironmentType environment : EnvironmentType.values()) {
      assertThat(load(environment, settings(Settings.ACKNOWLEDGE, "true")))
          .isEqualTo(SecurityPolicy.defaultsFor(environment));
    }
  }

  @ParameterizedTest
  @CsvSource({"True", "yes", "1", "' true'", "''"})
  void anAcknowledgementIsTrueOrFalse(String value) {
    assertThatThrownBy(() -> PolicyLoader.acknowledged(settings(Settings.ACKNOWLEDGE, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("true or false");
  }

  @ParameterizedTest
  @CsvSource({"true, true, true", "false, false, false", ", false, false", "yes, , false"})
  void onlyTrueAcknowledges_alsoWhereAWrongValueIsToldElsewhere(
      @Nullable String value, @Nullable Boolean told, boolean ifReadable) {
    Configuration configuration =
        value == null ? settings() : settings(Settings.ACKNOWLEDGE, value);

    if (told != null) {
      assertThat(PolicyLoader.acknowledged(configuration)).isEqualTo(told);
    }
    assertThat(PolicyLoader.acknowledgedIfReadable(configuration)).isEqualTo(ifReadable);
  }

  @Test
  void listsReplaceBackendsAndAlgorithms() {
    SecurityPolicy policy =
        load(
            EnvironmentType.PRODUCTION,
            settings(
                Settings.BACKENDS,
                "aws-kms, gcp-kms",
                Settings.ALGORITHMS,
                "ed25519,ECDSA_P256_SHA256"));

    assertThat(policy.allows(BackendId.GCP_KMS)).isTrue();
    assertThat(policy.allows(BackendId.OS)).isFalse();
    assertThat(policy.allowedAlgorithms())
        .containsExactlyInAnyOrder(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void rotationIntervalReplacesTheDefault() {
    assertThat(rotation("P90D")).isEqualTo(RotationInterval.every(Duration.ofDays(90)));
    assertThat(rotation("never")).isEqualTo(RotationInterval.NEVER);
  }

  @ParameterizedTest
  @CsvSource({
    "enclave.rotation.interval, policy",
    "enclave.rotation.interval, PT59M",
    "enclave.rotation.interval, P1Y",
    "enclave.rotation.interval, ''",
    "enclave.backends, ''",
    "enclave.backends, AWS-KMS",
    "enclave.backends, 'os,,software'",
    "enclave.algorithms, RSA",
    "enclave.minimum-assurance, hsm2"
  })
  void aWrongValueNamesItsSetting(String name, String value) {
    assertThatThrownBy(() -> load(EnvironmentType.LOCAL, settings(name, value)))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE))
        .hasMessageContaining(name);
  }

  private static RotationInterval rotation(String value) {
    return load(EnvironmentType.PRODUCTION, settings(Settings.ROTATION_INTERVAL, value)).rotation();
  }

  private static Configuration settings(Object... namesAndValues) {
    MapEnvironment environment = new MapEnvironment();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.property(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
    }
    return ConfigurationLoader.load(
        new KnownSettings(Map.of()),
        environment,
        Optional.empty(),
        List.of(),
        List.of(),
        ClassLoader.getPlatformClassLoader());
  }

  private static SecurityPolicy load(EnvironmentType environment, Configuration configuration) {
    PolicyLoader.Reading reading = PolicyLoader.read(environment, configuration);
    if (!reading.refusals().isEmpty()) {
      throw reading.refusals().get(0);
    }
    return reading.policy();
  }
}
