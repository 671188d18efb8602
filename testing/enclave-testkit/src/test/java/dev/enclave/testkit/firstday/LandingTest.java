package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.environments.RecordedEnvironment;
import java.util.Map;
import org.junit.jupiter.api.Test;

// region landing
class LandingTest {

  /** What the service is deployed with, read by its own framework. */
  private static final ConfigSource OURS =
      new ConfigSource("application.yaml", Map.of("enclave.audit.sink", "stdout"));

  /** Not needed where the provider's jar is on the class path, as it will be in production. */
  private static final BackendProvider PROVIDER = new InMemoryProvider();

  @Test
  @RecordedEnvironment("aws-fargate")
  void keepsItsKeysInTheHsm_onFargate(EnclaveFactory.Builder builder) {
    Diagnosis landing = builder.config(OURS).with(PROVIDER).rehearse();
    assertThat(landing.environment()).contains(EnvironmentType.PRODUCTION);
    assertThat(landing.resolution()).map(Resolution::chosen).contains(BackendId.of("memory"));
    assertThat(landing.health().findings()).isEmpty();
  }

  @Test
  @RecordedEnvironment("kind-on-a-laptop")
  void takesALaptopsClusterForProduction_untilToldOtherwise(FakeEnvironment machine) {
    FakeEnvironment told = machine.withVariable("ENCLAVE_ENVIRONMENT", "local");
    Diagnosis landing = EnclaveFactory.builder().with(told).config(OURS).with(PROVIDER).rehearse();
    assertThat(landing.environment()).contains(EnvironmentType.LOCAL);
  }
}
// endregion
