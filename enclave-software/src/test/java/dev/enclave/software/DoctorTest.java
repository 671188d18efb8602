package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Diagnosis;
import dev.enclave.EnclaveFactory;
import dev.enclave.HealthReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  @Test
  void createsNothing_andSaysWhatAStartWouldCreate(@TempDir Path scratch) {
    Diagnosis diagnosis =
        EnclaveFactory.builder()
            .config(
                new ConfigSource(
                    "test",
                    Map.of(
                        "enclave.environment", "local",
                        "enclave.software.directory", scratch.resolve("keys").toString(),
                        "enclave.audit.directory", scratch.resolve("audit").toString())))
            .diagnose();
    assertThat(diagnosis.health().healthy()).isTrue();
    assertThat(diagnosis.health().findings())
        .extracting(HealthReport.Finding::observed)
        .anySatisfy(o -> assertThat(o).contains("a start-up will create a key store"))
        .anySatisfy(o -> assertThat(o).contains("REDUCED SECURITY"));
    assertThat(scratch).isEmptyDirectory();
  }
}
