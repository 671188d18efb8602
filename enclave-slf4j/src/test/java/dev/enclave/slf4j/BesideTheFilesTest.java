package dev.enclave.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ConfigurationException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An output stands beside the audit files, and never in place of them. */
class BesideTheFilesTest {

  private final Path directory;
  private final CapturingLogger logger = new CapturingLogger();

  BesideTheFilesTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void theLoggerGetsEveryRecordThatTheFilesGet() {
    useAKey(builder("file").with(new Slf4jAuditOutput(logger)));

    assertThat(logger.logged()).hasSizeGreaterThan(2).hasSize(records());
  }

  @Test
  void anOutputThatThrowsStopsNothing_inProduction() {
    useAKey(
        builder("file")
            .with(
                new AuditOutput() {
                  @Override
                  public String id() {
                    return "broken";
                  }

                  @Override
                  public void write(AuditEvent event, String line) throws IOException {
                    if (event.operation() == AuditEvent.Operation.START) {
                      throw new IOException("full");
                    }
                    throw new IllegalStateException("broken");
                  }
                }));

    assertThat(records()).isGreaterThan(2);
  }

  @Test
  void theJarOnTheClassPathIsUsed_whereTheSettingNamesIt() {
    useAKey(builder("file,slf4j").discovery(true));

    assertThat(records()).isGreaterThan(2);
  }

  @Test
  void anOutputThatIsNotThereIsToldAtTheStart_andByDoctor() {
    EnclaveFactory.Builder builder = builder("file,absent");

    assertThatThrownBy(builder::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("enclave.audit.sink names the audit output \"absent\"");
    assertThat(builder.diagnose().health().healthy()).isFalse();
  }

  @Test
  void anOutputIsNoLog() {
    for (String value : new String[] {"slf4j", "slf4j,file", "file,stdout", "file,", "file,a,a"}) {
      assertThatThrownBy(builder(value)::open)
          .as(value)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("it must be file or stdout");
    }
  }

  private static void useAKey(EnclaveFactory.Builder builder) {
    try (Enclave enclave = builder.open()) {
      enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
  }

  private int records() {
    return (int) builder("file").auditLog().verify().records();
  }

  private EnclaveFactory.Builder builder(String sink) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET))
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "production",
                    "enclave.audit.directory",
                    directory.toString(),
                    "enclave.audit.sink",
                    sink)));
  }
}
