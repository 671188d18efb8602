package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
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

  private EnclaveFactory.Builder builder(String environment) {
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
                    directory.resolve("keys").toString())));
  }

  @Test
  void verifiesAfterReopeningWhatItSigned() {
    Message message = Message.ofUtf8("hello");
    try (Enclave first = builder("local").open()) {
      SigningKey key = first.createKey(SPEC);
      var signature = key.sign(message, SignOptions.by("test"));
      try (Enclave second = builder("local").open()) {
        assertThat(second.signingKeys().key(key.handle()).verify(message, signature)).isTrue();
      }
    }
  }

  @Test
  void isRefusedInProductionByPolicy() {
    // Named, so that there is one reason alone whatever else is on the class path.
    ConfigSource named = new ConfigSource("service", Map.of("enclave.backend", "software"));

    EnclaveException refusal =
        catchThrowableOfType(
            EnclaveException.class, () -> builder("production").config(named).open().close());

    assertThat(refusal.code()).isEqualTo(ErrorCode.ASSURANCE_TOO_LOW);
    assertThat(refusal)
        .hasMessageContaining("software gives SOFTWARE at most and PRODUCTION needs HSM");
  }
}
