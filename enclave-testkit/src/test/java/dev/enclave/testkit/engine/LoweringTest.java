package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a later source may not take back of what an earlier one declared. */
class LoweringTest {

  private static final FakeEnvironment LOWERED =
      FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "local");

  private final Path file;

  LoweringTest(@TempDir Path folder) {
    this.file = folder.resolve("wallet.properties");
  }

  private Bench declared(String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines));
    return new Bench().file(file).environment(LOWERED);
  }

  @Test
  void oneVariableDoesNotOverrideAConfiguredProduction() throws IOException {
    Bench bench =
        declared("enclave.environment=production")
            .with(new InMemoryProvider().assurance(Assurance.SOFTWARE));

    assertThat(refused(ErrorCode.ASSURANCE_TOO_LOW, bench::open))
        .contains("memory gives SOFTWARE at most and PRODUCTION needs HSM")
        .contains("variable ENCLAVE_ENVIRONMENT", file.toString(), "enclave.may-be-lowered");
  }

  @Test
  void oneVariableLowersIt_whereTheFileAcknowledgesThat() throws IOException {
    Bench bench =
        declared("enclave.environment=production", "enclave.may-be-lowered=enclave.environment")
            .with(new InMemoryProvider().assurance(Assurance.SOFTWARE));

    try (Enclave enclave = bench.open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.LOCAL);
    }
  }
}
