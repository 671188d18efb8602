package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.error.ConfigurationException;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameworkConfigurationTest {

  @Test
  void takesWhatTheFrameworkRead_overTheVariables() {
    FakeEnvironment machine =
        FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "development");
    try (Enclave enclave =
        on(machine, Map.of("server.port", "8080", "enclave.environment", "staging")).open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.STAGING);
    }
  }

  @Test
  void namesTheFrameworksSource_whenASettingIsMisspelt() {
    EnclaveFactory.Builder misspelt =
        on(FakeEnvironment.empty(), Map.of("enclave.enviroment", "staging"));
    assertThatThrownBy(misspelt::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("application.yaml")
        .hasMessageContaining("enclave.environment");
  }

  private static EnclaveFactory.Builder on(
      FakeEnvironment machine, Map<String, String> application) {
    return FrameworkConfiguration.configuredBy(application)
        .discovery(false)
        .with(machine)
        .with(new InMemoryProvider())
        .with(new RecordingAuditSink());
  }
}
