package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SecretSource;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The passphrase by a callback of the application. */
class PassphraseSourceTest {

  private static final String SETTING = "enclave.software.passphrase";

  private final Path scratch;
  private final List<String> asked = new ArrayList<>();
  private final List<SecretBytes> given = new ArrayList<>();

  PassphraseSourceTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  private SecretSource answering(String passphrase) {
    return setting -> {
      asked.add(setting);
      if (!setting.equals(SETTING)) {
        return Optional.empty();
      }
      SecretBytes secret = SecretBytes.takeOver(passphrase.getBytes(StandardCharsets.UTF_8));
      given.add(secret);
      return Optional.of(secret);
    };
  }

  private EnclaveFactory.Builder builder(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("enclave.environment", "development");
    settings.put("enclave.software.directory", scratch.resolve("keys").toString());
    settings.put("enclave.audit.directory", scratch.resolve("audit").toString());
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("test", settings));
  }

  private ErrorCode refusal(EnclaveFactory.Builder builder) {
    return catchThrowableOfType(EnclaveException.class, () -> builder.open().close()).code();
  }

  @Test
  void opensTheStore_andItsAnswerIsClosedAfterwards() {
    try (Enclave enclave = builder(Map.of()).with(answering("correct horse")).open()) {
      enclave.createKey(KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ED25519));
    }
    try (Enclave enclave = builder(Map.of(SETTING, "correct horse")).open()) {
      assertThat(enclave.signingKeys().key("wallet-1").info().versions()).hasSize(1);
    }
    assertThat(asked).contains(SETTING).allMatch(name -> name.startsWith("enclave."));
    assertThat(given)
        .isNotEmpty()
        .allSatisfy(
            secret ->
                assertThat(catchThrowableOfType(IllegalStateException.class, secret::exposeSecret))
                    .isNotNull());
  }

  @Test
  void saysThatTheSourcesAnswerIsWrong() {
    builder(Map.of()).with(answering("correct horse")).open().close();
    EnclaveException refusal =
        catchThrowableOfType(
            EnclaveException.class,
            () -> builder(Map.of()).with(answering("wrong horse")).open().close());
    assertThat(refusal)
        .hasMessageContaining("SecretSource")
        .hasMessageContaining(SETTING)
        .hasMessageNotContaining("horse");
  }

  @Test
  void refusesASettingBesideTheAnswer() {
    assertThat(refusal(builder(Map.of(SETTING, "correct horse")).with(answering("correct horse"))))
        .isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE);
  }

  @Test
  void asksForASetting_whenTheSourceHasNoAnswer() {
    assertThat(refusal(builder(Map.of()).with((SecretSource) setting -> Optional.empty())))
        .isIn(ErrorCode.CONFIGURATION_INVALID_VALUE, ErrorCode.CONFIGURATION_MISSING);
  }

  @Test
  void namesASourceThatThrows_withoutItsMessage() {
    SecretSource broken =
        setting -> {
          throw new IllegalStateException("the passphrase is correct horse");
        };
    EnclaveException refusal =
        catchThrowableOfType(
            EnclaveException.class, () -> builder(Map.of()).with(broken).open().close());
    assertThat(refusal)
        .hasMessageContaining("IllegalStateException")
        .hasMessageContaining(SETTING)
        .hasMessageNotContaining("horse");
  }

  @Test
  void servesTheDoctorToo() {
    builder(Map.of()).with(answering("correct horse")).open().close();
    assertThat(builder(Map.of()).with(answering("correct horse")).diagnose().health().healthy())
        .isTrue();
  }

  @Test
  void refusesTwoSources() {
    EnclaveFactory.Builder builder = builder(Map.of()).with(answering("correct horse"));
    assertThatThrownBy(() -> builder.with(answering("another")))
        .isInstanceOfSatisfying(
            UsageException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}
