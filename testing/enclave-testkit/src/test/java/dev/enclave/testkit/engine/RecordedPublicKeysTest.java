package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.audit.AuditLog;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures outlive the private keys that made them, by public keys that the audit log proves. */
class RecordedPublicKeysTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path directory;
  private final InMemoryProvider provider = new InMemoryProvider();
  private final List<SignatureValue> signatures = new ArrayList<>();

  RecordedPublicKeysTest(@TempDir Path parent) {
    directory = parent.resolve("audit");
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new MutableClock())
        .with(provider)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "production",
                    "enclave.audit.directory",
                    directory.toString(),
                    "enclave.audit.countersign",
                    "off")));
  }

  private AuditLog log() {
    return builder().auditLog();
  }

  /** A key of as many versions as there are reasons and one, of each of which is a signature. */
  private KeyHandle live(RotationReason... rotations) {
    try (Enclave enclave = builder().open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      ManagedKey managed = enclave.admin().key(key.handle());
      signatures.add(key.sign(MESSAGE));
      for (RotationReason reason : rotations) {
        managed.rotate(RotationRequest.now().reason(reason));
        signatures.add(key.sign(MESSAGE));
      }
      for (SignatureValue signature : signatures) {
        KeyVersionId version = signature.version();
        if (key.activeVersion().id().equals(version)) {
          managed.disable(version);
        }
        managed.destroy(version);
      }
      return key.handle();
    }
  }

  private List<Boolean> verifies(PublicKeySet keys) {
    return signatures.stream()
        .map(
            signature ->
                keys.verify(MESSAGE, signature.bytes().toByteArray(), signature.encoding()))
        .toList();
  }

  @Test
  void provesEachVersionsPublicKey_whenAllPrivateKeysAreDestroyed() {
    KeyHandle handle = live(RotationReason.SCHEDULED, RotationReason.ADMINISTRATIVE);

    PublicKeySet keys = log().publicKeys(handle, Set.of()).keys();

    assertThat(keys.entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactlyElementsOf(
            signatures.stream().map(signature -> "wallet/" + signature.version()).toList());
    assertThat(verifies(keys)).containsExactly(true, true, true);
    assertThat(verifies(PublicKeySet.fromJwks(keys.toJwks()))).containsExactly(true, true, true);
  }

  @Test
  void saysOfSuccessors_byWhomTheyAreNamed() {
    KeyHandle handle = live(RotationReason.SCHEDULED);
    PublicKeyInfo statementKey;
    try (Enclave enclave = builder().open()) {
      statementKey = enclave.admin().statementKey();
    }
    PublicKeyInfo another;
    try (Enclave enclave = Bench.in("production").with(new InMemoryProvider()).open()) {
      another = enclave.admin().statementKey();
    }

    AuditLog.RecordedKeys unknown = log().publicKeys(handle, Set.of());
    assertThat(unknown.successions()).isEqualTo(StatementVerdict.SIGNED_WITH_KEY);
    assertThat(unknown.keys().entries()).hasSize(2);
    AuditLog.RecordedKeys known = log().publicKeys(handle, Set.of(another, statementKey));
    assertThat(known.successions()).isEqualTo(StatementVerdict.BY_ENCLAVE);
    assertThat(known.keys()).isEqualTo(unknown.keys());
    assertThat(log().publicKeys(handle, Set.of(another)).keys().entries())
        .as("signed with the key, and not by the statement key that is believed")
        .hasSize(1);
  }

  @Test
  void provesNothingOfAVersionThatWasCompromised_norOfWhatCameAfterIt() {
    KeyHandle handle =
        live(RotationReason.SCHEDULED, RotationReason.COMPROMISE, RotationReason.SCHEDULED);

    assertThat(verifies(log().publicKeys(handle, Set.of()).keys()))
        .containsExactly(true, false, false, false);
  }

  @Test
  void beginsAtTheFingerprintOfTheHandle_andAtNothingElse() {
    KeyHandle handle = live(RotationReason.SCHEDULED);
    KeyHandle second =
        new KeyHandle(
            handle.backend(),
            handle.authority(),
            handle.name(),
            Optional.of(
                log().publicKeys(handle, Set.of()).keys().entries().get(1).key().fingerprint()));
    KeyHandle none =
        new KeyHandle(handle.backend(), handle.authority(), handle.name(), Optional.empty());
    KeyHandle another =
        new KeyHandle(handle.backend(), "elsewhere", handle.name(), handle.fingerprint());

    assertThat(log().publicKeys(second, Set.of()).keys().entries())
        .as("who trusts the second")
        .hasSize(1);
    assertThat(refusal(none)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(log().publicKeys(another, Set.of()).keys().entries())
        .as("the statement is on a key of another place")
        .hasSize(1);
    KeyHandle kek;
    try (Enclave enclave = builder().open()) {
      kek =
          enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM)).handle();
    }
    assertThat(refusal(kek)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(
            refusal(
                new KeyHandle(kek.backend(), kek.authority(), kek.name(), handle.fingerprint())))
        .isEqualTo(ErrorCode.KEY_NOT_FOUND);
  }

  @Test
  void provesNothing_whenTheLogWasChanged() throws IOException {
    KeyHandle handle = live(RotationReason.SCHEDULED);
    Path lane = directory.resolve("lane-0.jsonl");
    Files.writeString(lane, Files.readString(lane).replaceFirst("SCHEDULED", "SUPERSEDED"));

    assertThat(refusal(handle)).isEqualTo(ErrorCode.AUDIT_LOG_CORRUPT);
  }

  private ErrorCode refusal(KeyHandle handle) {
    return catchThrowableOfType(
            EnclaveException.class, () -> log().publicKeys(handle, Set.of()).keys())
        .code();
  }
}
