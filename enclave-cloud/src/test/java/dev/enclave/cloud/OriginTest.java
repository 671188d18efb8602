package dev.enclave.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.error.ConfigurationException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

  private static BackendContext context(EnvironmentType environment, Map<String, String> settings) {
    return BackendContext.of(
        new BackendSettings(BackendId.of("keyhouse"), settings),
        environment,
        FakeEnvironment.empty(),
        new MutableClock(),
        new SecureRandom());
  }

  @ParameterizedTest
  @EnumSource
  void readsASettingWithTls_everywhere(EnvironmentType environment) throws BackendFailure {
    assertThat(
            Origin.setting(
                "endpoint", context(environment, Map.of("endpoint", "https://Keyhouse.example/"))))
        .isEqualTo(Origin.of("keyhouse.example"));
  }

  @ParameterizedTest
  @EnumSource
  void refusesASettingWithoutTls_whereSecretsAreReal(EnvironmentType environment)
      throws BackendFailure {
    BackendContext context = context(environment, Map.of("endpoint", "http://127.0.0.1:8080"));
    switch (environment) {
      case PRODUCTION, STAGING ->
          assertThat(
                  catchThrowableOfType(
                      BackendFailure.class, () -> Origin.setting("endpoint", context)))
              .returns(FailureCode.REFUSED, BackendFailure::code)
              .hasMessageContainingAll("enclave.keyhouse.endpoint", environment.name());
      default ->
          assertThat(Origin.setting("endpoint", context)).hasToString("http://127.0.0.1:8080");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keyhouse.example", "https://keyhouse.example/v1", "ftp://a"})
  void saysWhichSettingIsNoOrigin(String text) {
    BackendContext context = context(EnvironmentType.LOCAL, Map.of("endpoint", text));
    assertThat(
            catchThrowableOfType(BackendFailure.class, () -> Origin.setting("endpoint", context)))
        .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
        .hasMessageContaining("enclave.keyhouse.endpoint");
  }

  @Test
  void saysWhichSettingIsMissing() {
    BackendContext context = context(EnvironmentType.LOCAL, Map.of());
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Origin.setting("endpoint", context))
        .withMessageContaining("enclave.keyhouse.endpoint");
  }
}
