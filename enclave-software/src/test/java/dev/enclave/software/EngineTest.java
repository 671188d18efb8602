package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend under the real engine. */
class EngineTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  private final Path directory;

  EngineTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Enclave open(String environment) {
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    environment,
                    "enclave.audit.directory",
                    directory.resolve("audit").toString(),
                    "enclave.software.directory",
                    directory.resolve("keys").toString())))
        .open();
  }

  @Test
  void verifiesAfterReopeningWhatItSigned() {
    Message message = Message.ofUtf8("hello");
    try (Enclave first = open("local")) {
      SigningKey key = first.createKey(SPEC);
      var signature = key.sign(message, SignOptions.by("test"));
      try (Enclave second = open("local")) {
        assertThat(second.key(key.handle()).verify(message, signature)).isTrue();
      }
    }
  }

  @Test
  void isRefusedInProductionByPolicy() {
    open("local").close();
    EnclaveException refusal =
        catchThrowableOfType(EnclaveException.class, () -> open("production").close());
    assertThat(refusal.category()).isEqualTo(ErrorCategory.POLICY);
  }
}
