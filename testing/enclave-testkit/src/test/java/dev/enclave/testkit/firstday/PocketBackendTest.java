package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.PolicyException;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PocketBackendTest {

  private static final Message DOCUMENT = Message.ofUtf8("a document");

  // region use
  @Test
  void signsAndRotatesThroughTheEngine() {
    try (Enclave enclave = open("local", "treasury")) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("documents").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      SignatureValue before = key.sign(DOCUMENT);
      enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      SignatureValue after = key.sign(DOCUMENT);
      assertThat(after.version()).isNotEqualTo(before.version());
      assertThat(key.verify(DOCUMENT, before) && key.verify(DOCUMENT, after)).isTrue();
    }
  }

  // endregion

  @Test
  void isRefusedInProduction_forWhatItGives() {
    assertThatThrownBy(() -> open("production", "treasury"))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("pocket gives SOFTWARE at most");
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> open("local", " "))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("enclave.pocket.owner");
  }

  private static Enclave open(String environment, String owner) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new PocketProvider())
        .with(new RecordingAuditSink())
        .with(FakeEnvironment.empty())
        .config(
            new ConfigSource(
                "this test",
                Map.of("enclave.environment", environment, "enclave.pocket.owner", owner)))
        .open();
  }
}
