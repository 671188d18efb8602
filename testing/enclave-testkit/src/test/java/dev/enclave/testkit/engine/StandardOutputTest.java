package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A place without a disk, whose audit log is standard output. */
class StandardOutputTest {

  @Test
  void needsNoDirectoryInProduction_andIsCalledEphemeral() {
    Diagnosis diagnosis = diagnose(Map.of("enclave.audit.sink", "stdout"));
    assertThat(diagnosis.health().healthy()).isTrue();
    assertThat(diagnosis.health().findings())
        .anyMatch(
            f -> f.code() == ErrorCode.AUDIT_UNAVAILABLE && f.observed().contains("ephemeral"));
  }

  @Test
  void isNamedAsTheFix_whereNothingIsConfigured() {
    Diagnosis diagnosis = diagnose(Map.of("enclave.audit.sink", "file"));
    assertThat(diagnosis.health().healthy()).isFalse();
    assertThat(diagnosis.health().findings())
        .anyMatch(f -> f.fix().contains("enclave.audit.sink=stdout"));
  }

  private static Diagnosis diagnose(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("enclave.environment", "production");
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET))
        .config(new ConfigSource("test", all))
        .diagnose();
  }
}
