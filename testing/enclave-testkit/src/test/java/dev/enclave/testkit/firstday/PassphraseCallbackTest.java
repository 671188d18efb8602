package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SecretBytes;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassphraseCallbackTest {

  private final BackendSettings settings =
      new BackendSettings(BackendId.SOFTWARE, Map.of())
          .with(PassphraseCallback.from(name -> (name + " opens").getBytes(UTF_8)));

  @Test
  void answersForThePassphrase() {
    try (SecretBytes secret = settings.secret("passphrase").orElseThrow()) {
      assertThat(new String(secret.exposeSecret(), UTF_8)).isEqualTo("wallet store opens");
    }
    assertThat(settings.get("passphrase")).as("not among the values").isEmpty();
  }

  @Test
  void answersForNothingElse() {
    assertThat(settings.secret("directory")).isEmpty();
  }
}
