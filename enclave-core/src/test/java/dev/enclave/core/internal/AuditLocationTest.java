package dev.enclave.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.error.ConfigurationException;
import dev.enclave.internal.opening.EnclaveEngine.Parts;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditLocationTest {

  @Test
  void everythingIsKept_ifNothingIsSaid() {
    assertThat(settings(Map.of()).retention()).isEmpty();
  }

  @Test
  void retentionIsWhatTheSettingSays() {
    assertThat(settings(Map.of("enclave.audit.retention", "P400D")).retention())
        .hasValue(Duration.ofDays(400));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "400", "PT23H", "P1M", "-P400D"})
  void aRetentionThatIsNoDurationOfADayIsRefused(String value) {
    assertThatThrownBy(() -> settings(Map.of("enclave.audit.retention", value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("enclave.audit.retention");
  }

  private static AuditLogSettings settings(Map<String, String> settings) {
    return AuditLocation.settings(
        StartUpContext.of(
            new Request(
                List.of(new ConfigSource("test", settings)),
                List.of(),
                Optional.empty(),
                new Parts(
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new MapEnvironment()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                false)));
  }
}
