package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerificationTest {

  private static final byte[] DOCUMENT = "a document".getBytes(UTF_8);
  private static final byte[] CHANGED = "another document".getBytes(UTF_8);

  private final Enclave enclave = Enclaves.open(new InMemoryProvider(), new RecordingAuditSink());
  private final SigningKey key =
      enclave.createKey(KeySpec.named("documents").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  private final byte[] signature = key.sign(Message.of(DOCUMENT)).toByteArray();

  @AfterEach
  void close() {
    enclave.close();
  }

  @Test
  void verifiesByAPem() {
    String pem = key.publicKey().toPem();
    assertThat(Verification.byPem(pem, DOCUMENT, signature)).isTrue();
    assertThat(Verification.byPem(pem, CHANGED, signature)).isFalse();
  }

  @Test
  void verifiesByAJwkSet_whatWasSignedBeforeARotation() {
    enclave
        .admin()
        .key(key.handle())
        .rotate(RotationRequest.ifActive(key.activeVersion()).reason(RotationReason.SCHEDULED));
    String jwks = key.publicKeys().toJwks();
    assertThat(Verification.byJwks(jwks, DOCUMENT, signature)).isTrue();
    assertThat(Verification.byJwks(jwks, CHANGED, signature)).isFalse();
  }

  @Test
  void verifiesNothingByAJwkSet_thatACompromisedVersionSigned() {
    enclave
        .admin()
        .key(key.handle())
        .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
    assertThat(Verification.byJwks(key.publicKeys().toJwks(), DOCUMENT, signature)).isFalse();
  }
}
