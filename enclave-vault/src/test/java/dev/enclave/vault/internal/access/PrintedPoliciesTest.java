package dev.enclave.vault.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.vault.VaultBackendProvider;
import dev.enclave.vault.internal.ScriptedVault;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The policies that doctor prints are enough and no more, as a server reads them. */
class PrintedPoliciesTest {

  private static final Message PAY = Message.ofUtf8("pay");

  private final VaultServer server = VaultServer.builder().start();

  @BeforeEach
  void writePolicies() throws Exception {
    String[] parts = VaultAccess.policy(new ScriptedVault().settings()).text().split("\n\n", -1);
    server.setPolicy("use", parts[0]);
    server.setPolicy("administer", parts[1]);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Enclave open(String... policies) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(
            FakeEnvironment.empty()
                .withFile("/token", server.issueToken(VaultTokenSpec.of(policies))))
        .with(new RecordingAuditSink())
        .with(new VaultBackendProvider())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment", "development",
                    "enclave.backend", "vault",
                    "enclave.vault.address", server.address().toString(),
                    "enclave.vault.auth", "token",
                    "enclave.vault.token-file", "/token")))
        .open();
  }

  @Test
  void whoAdministersMakesRotatesSwitchesOffAndListsKeys() {
    try (Enclave enclave = open("use", "administer")) {
      SigningKey key =
          enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519));
      KeyVersion first = key.activeVersion();
      ManagedKey managed = enclave.admin().key(key.handle());
      managed.rotate(RotationRequest.ifActive(first));
      assertThat(key.verify(PAY, key.sign(PAY))).isTrue();
      managed.disable(first.id());
      enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      assertThat(enclave.admin().keyNames()).hasSize(2);
      assertThat(enclave.admin().orphans().orElseThrow().find()).isEmpty();
    }
  }

  @Test
  void whoUsesKeysSigns_andMakesNone() {
    try (Enclave enclave = open("use", "administer")) {
      enclave.createKey(KeySpec.named("payments").algorithm(SigningAlgorithm.ED25519));
    }
    try (Enclave enclave = open("use")) {
      SigningKey key = enclave.signingKeys().key("payments");
      assertThat(key.verify(PAY, key.sign(PAY))).isTrue();
      assertThatThrownBy(
              () -> enclave.createKey(KeySpec.named("mine").algorithm(SigningAlgorithm.ED25519)))
          .isInstanceOfSatisfying(
              EnclaveException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ACCESS_DENIED))
          .hasMessageContaining("capabilities = [");
      assertThatThrownBy(
              () ->
                  enclave
                      .admin()
                      .key(key.handle())
                      .rotate(RotationRequest.ifActive(key.activeVersion())))
          .isInstanceOf(EnclaveException.class);
    }
  }
}
