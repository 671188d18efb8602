package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Diagnosis;
import dev.enclave.EnclaveFactory;
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
        .singleElement()
        .satisfies(f -> assertThat(f.observed()).contains("a start-up will create a key store"));
    assertThat(scratch).isEmptyDirectory();
  }
}
