package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often the metadata service is asked, where nothing else says what the place is. */
class MetadataQuestionsTest {

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);

  MetadataQuestionsTest(@TempDir Path parent) {
    settings.put("enclave.environment", "production");
    settings.put("enclave.audit.directory", parent.resolve("audit").toString());
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new Asking())
        .with(cloud)
        .config(new ConfigSource("test", settings));
  }

  @Test
  void aStartAsksOnce_andWhatFollowsNever() {
    try (Enclave enclave = builder().open()) {
      assertThat(enclave.admin().listKeys().keys()).isEmpty();
      assertThat(enclave.health().findings()).isEmpty();
    }

    assertThat(asked).hasValue(1);
  }

  @Test
  void aReportAsksOnce() {
    assertThat(builder().probe().resolution()).isPresent();

    assertThat(asked).hasValue(1);
  }

  @Test
  void namingTheCountersignerAsksOnce() {
    assertThat(builder().auditLog().provision()).startsWith("enclave-audit/");

    assertThat(asked).hasValue(1);
  }

  @Test
  void lookingAfterTheAuditLogAsksNobody() {
    builder().open().close();
    asked.set(0);

    assertThat(builder().verifyAuditLog().problem()).isEmpty();
    assertThat(asked).hasValue(0);
  }

  @Test
  void nobodyIsAsked_whereEnvironmentAndBackendAreConfigured() {
    settings.put("enclave.backend", "cloud");

    builder().open().close();

    assertThat(asked).hasValue(0);
  }

  private final class Asking implements EnvironmentDetector {

    @Override
    public String id() {
      return "asking";
    }

    @Override
    public Kind kind() {
      return Kind.CLOUD_VM;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return new Detection.Absent("nothing is written here");
    }

    @Override
    public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
      return Optional.of(
          metadata -> {
            asked.incrementAndGet();
            return Detection.present("somebody answered");
          });
    }
  }
}
