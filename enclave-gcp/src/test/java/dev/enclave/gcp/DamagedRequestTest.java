package dev.enclave.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.error.IntegrityException;
import dev.enclave.gcp.internal.DamagingNetwork;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A request in which a bit changes on its way is sent again, as Google's API definition asks. */
@Tag("full")
class DamagedRequestTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] SECRET = "the seed".getBytes(StandardCharsets.UTF_8);
  private static final byte[] CONTEXT = "row 7".getBytes(StandardCharsets.UTF_8);

  private final GcpKmsServer server = GcpKmsServer.builder().start();
  private final DamagingNetwork network = new DamagingNetwork(server);
  private final Enclave enclave =
      EnclaveFactory.builder()
          .discovery(false)
          .with(FakeEnvironment.empty())
          .with(new GcpKmsBackendProvider(network::open))
          .with(new RecordingAuditSink())
          .config(
              new ConfigSource(
                  "test",
                  Map.of("enclave.environment", "development", "enclave.backend", "gcp-kms")))
          .open();

  @AfterEach
  void stop() {
    enclave.close();
    server.close();
  }

  @Test
  void signsAllTheSame_whenTheFirstRequestCameDamaged() {
    SigningKey key = key();
    network.damage("AsymmetricSign", "digest", 1);
    assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    assertThat(server.journal().of("AsymmetricSign")).hasSize(2);
  }

  @Test
  void sealsAndOpensAllTheSame_whenTheFirstRequestCameDamaged() {
    enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
    network.damage("Encrypt", "plaintext", 1);
    SealedBytes box = enclave.seal("kek", SECRET, CONTEXT);
    network.damage("Decrypt", "ciphertext", 1);
    assertThat(enclave.unseal(box, CONTEXT)).isEqualTo(SECRET);
    assertThat(server.journal().of("Encrypt")).hasSize(2);
    assertThat(server.journal().of("Decrypt")).hasSize(2);
  }

  @Test
  void givesUp_andSaysSo_whenTheyAllComeDamaged() {
    SigningKey key = key();
    network.damage("AsymmetricSign", "digest", Integer.MAX_VALUE);
    IntegrityException failure =
        catchThrowableOfType(IntegrityException.class, () -> key.sign(MESSAGE));
    assertThat(failure).hasMessageContaining("damaged on its way");
    assertThat(server.journal().of("AsymmetricSign")).hasSize(4);
  }

  private SigningKey key() {
    return enclave.createKey(
        KeySpec.named("treasury").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }
}
