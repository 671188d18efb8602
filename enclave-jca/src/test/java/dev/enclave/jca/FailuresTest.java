package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Enclave refuses reaches a JCA caller with its code and what to do. */
class FailuresTest {

  private final CloudShapedProvider backend = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final RecordingAuditSink audit = new RecordingAuditSink();
  private final Enclave enclave =
      EnclaveFactory.builder()
          .discovery(false)
          .with(FakeEnvironment.empty())
          .with(new MutableClock())
          .with(backend)
          .with(audit)
          .config(new ConfigSource("test", Map.of("enclave.environment", "production")))
          .open();
  private final SigningKey key =
      enclave.createKey(KeySpec.named("tls").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  private final ManagedKey managed = enclave.admin().key("tls");
  private final EnclavePrivateKey ours =
      EnclavePrivateKey.of(key.signer(), SignOptions.by("tls-server"));

  @AfterEach
  void close() {
    enclave.close();
  }

  @Test
  void aClosedEnclave() throws Exception {
    enclave.close();

    refuses(ErrorCode.CLOSED, "closed");
  }

  @Test
  void aRotatedVersion() throws Exception {
    managed.rotate(RotationRequest.now());

    refuses(ErrorCode.KEY_NOT_ACTIVE, "take another signer");
  }

  @Test
  void aDestroyedVersion() throws Exception {
    managed.rotate(RotationRequest.now());
    managed.disable(KeyVersionId.of(ours.keyId().substring("tls/".length())));
    managed.destroy(KeyVersionId.of(ours.keyId().substring("tls/".length())));

    refuses(ErrorCode.KEY_NOT_ACTIVE, "take another signer");
  }

  /** PRODUCTION signs nothing that is not recorded. */
  @Test
  void aRefusalByThePolicy() throws Exception {
    audit.failWhen(event -> event.operation() == Operation.SIGN);

    refuses(ErrorCode.AUDIT_UNAVAILABLE, "audit");
  }

  @Test
  void anOutage() throws Exception {
    backend.faults().every(CloudOperation.SIGN, 1, Fault.unavailable());

    refuses(ErrorCode.BACKEND_UNAVAILABLE, "");
  }

  @Test
  void aMissingPermission() throws Exception {
    backend.faults().every(CloudOperation.SIGN, 1, Fault.accessDenied());

    refuses(ErrorCode.ACCESS_DENIED, "");
  }

  @Test
  void aWrongAnswer_isWithheld() throws Exception {
    backend.faults().every(CloudOperation.SIGN, 1, Fault.Wrong.BIT);

    refuses(ErrorCode.SIGNATURE_UNVERIFIABLE, "withheld");
  }

  @Test
  void anObjectThatFailedSignsAgain_onceTheOutageIsOver() throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(ours);
    backend.faults().every(CloudOperation.SIGN, 1, Fault.accessDenied());
    signature.update(new byte[] {1});
    assertThatThrownBy(signature::sign).isInstanceOf(SignatureException.class);
    backend.faults().clear();
    signature.update(new byte[] {2});
    byte[] value = signature.sign();

    signature.initVerify(ours.publicKey());
    signature.update(new byte[] {2});
    assertThat(signature.verify(value)).isTrue();
    assertThat(audit.events(Operation.SIGN))
        .allSatisfy(event -> assertThat(event.caller()).isEqualTo("tls-server"));
  }

  /** A library that tries again calls sign alone. */
  @ParameterizedTest
  @ValueSource(ints = {3, 200_000})
  void aRepeatedSign_signsTheMessage_andNotTheEmptyOne(int length) throws Exception {
    byte[] message = new byte[length];
    Arrays.fill(message, (byte) 7);
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(ours);
    backend.faults().every(CloudOperation.SIGN, 1, Fault.accessDenied());
    signature.update(message);
    assertThatThrownBy(signature::sign).isInstanceOf(SignatureException.class);
    assertThatThrownBy(signature::sign).isInstanceOf(SignatureException.class);
    backend.faults().clear();
    byte[] value = signature.sign();

    assertThat(verifies(message, value)).isTrue();
    assertThat(verifies(new byte[0], value)).isFalse();
    assertThat(verifies(new byte[0], signature.sign())).as("signed once").isTrue();
  }

  @Test
  void aRepeatedSignOfAWrongDigest_isRefusedAgain() throws Exception {
    Signature signature = Signature.getInstance("NONEwithECDSA", Oracle.ENCLAVE);
    signature.initSign(ours);
    signature.update(new byte[31]);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(signature::sign).hasMessageContaining("31 ");
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(new byte[] {2});
    signature.update(digest);

    assertThat(verifies(new byte[] {2}, signature.sign())).isTrue();
  }

  @Test
  void anObjectThatRefusedAKey_signsNothingMore() throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(ours);
    signature.update(new byte[] {1});
    assertThatThrownBy(() -> signature.initSign(null)).isInstanceOf(InvalidKeyException.class);

    assertThatThrownBy(signature::sign)
        .isInstanceOf(SignatureException.class)
        .hasMessageContaining("initSign");
  }

  /** On the curve that Enclave verifies itself. */
  @Test
  void aRepeatedVerify_verifiesTheMessage_andNotTheEmptyOne() throws Exception {
    EnclavePrivateKey koblitz =
        EnclavePrivateKey.of(
            enclave.createKey(
                KeySpec.named("k1").algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256)));
    Signature signature = Signature.getInstance("NONEwithECDSA", Oracle.ENCLAVE);
    byte[] digest = new byte[32];
    signature.initSign(koblitz);
    signature.update(digest);
    byte[] value = signature.sign();
    signature.initVerify(koblitz.publicKey());
    signature.update(new byte[31]);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> signature.verify(value)).hasMessageContaining("31 ");
    }
    signature.update(digest);

    assertThat(signature.verify(value)).isTrue();
  }

  private boolean verifies(byte[] message, byte[] value) throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(ours.publicKey());
    verifier.update(message);
    return verifier.verify(value);
  }

  private void refuses(ErrorCode code, String advice) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(ours);
    signature.update(new byte[] {1, 2, 3});

    SignatureException thrown = catchThrowableOfType(SignatureException.class, signature::sign);

    assertThat(thrown).hasMessageStartingWith(code + ": ").hasMessageContaining(advice);
    assertThat(thrown.getCause())
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(thrown).hasMessage(e.code() + ": " + e.getMessage()));
  }
}
