package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.audit.AuditLog.RecordedKeys;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.HandBackend;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which records prove a public key. */
final class RecordedPublicKeysTest {

  private static final KeyName WALLET = KeyName.of("wallet");

  private final List<LocalKey> versions =
      List.of(HandBackend.fresh(), HandBackend.fresh(), HandBackend.fresh());
  private final LocalKey enclaves = HandBackend.fresh();
  private final List<AuditEvent> records = new ArrayList<>();
  private final KeyHandle handle = handle(Optional.of(versions.get(0)));
  private final Path directory;

  RecordedPublicKeysTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void eachStatementProvesTheNext_inWhateverOrderTheyStand() throws IOException {
    rotated(2, Map.of());
    rotated(1, Map.of());
    created(Operation.CREATE, Result.SUCCESS);

    assertThat(proven().entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactly("wallet/1", "wallet/2", "wallet/3");
    assertThat(proven().entries().get(2).key()).isEqualTo(publicKey(versions.get(2)));
  }

  @Test
  void theFirstPublicKeyIsAlsoThatOfAVersionThatIsToBeDestroyed() throws IOException {
    created(Operation.CHANGE_STATE, Result.PENDING);

    assertThat(proven().entries()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"CREATE, PENDING", "CREATE, FAILURE", "CHANGE_STATE, REFUSED", "SIGN, SUCCESS"})
  void whatWasNotDoneProvesNothing(Operation operation, Result result) throws IOException {
    created(operation, result);

    assertRefused(ErrorCode.KEY_NOT_FOUND, "no", "record of the public key " + first());
  }

  @ParameterizedTest
  @CsvSource({"other, aws-kms", "wallet, gcp-kms"})
  void aRecordOfAnotherKeyOrBackendProvesNothing(String key, String backend) throws IOException {
    records.add(
        event(
            Operation.CREATE,
            Result.SUCCESS,
            KeyName.of(key),
            BackendId.of(backend),
            "1",
            Map.of("algorithm", "ED25519", "publicKey", spki(versions.get(0)))));

    assertRefused(ErrorCode.KEY_NOT_FOUND, first());
  }

  @Test
  void theAlgorithmMayBeThatOfARestoration() throws IOException {
    record(Operation.CREATE, "1", Map.of("publicKey", spki(versions.get(0))));
    assertRefused(ErrorCode.KEY_NOT_FOUND, first());

    record(Operation.RESTORE, "1", Map.of("algorithm", "ED25519"));
    assertThat(proven().entries()).hasSize(1);
  }

  @Test
  void aPublicKeyThatIsNoneIsPassedOver() throws IOException {
    record(Operation.CREATE, "1", Map.of("algorithm", "ED25519", "publicKey", "!"));
    record(Operation.CREATE, "1", Map.of("algorithm", "ED25519", "publicKey", "AAAA"));
    record(Operation.CREATE, "1", Map.of("algorithm", "ED448"));
    created(Operation.CREATE, Result.SUCCESS);

    assertThat(proven().entries()).hasSize(1);
  }

  /** Whoever writes to the log names a key pair of his own as the successor. */
  @Test
  void aStatementProvesNoOtherPublicKey() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    rotated(1, Map.of("nextPublicKey", spki(HandBackend.fresh())));

    assertThat(proven().entries()).hasSize(1);
  }

  @Test
  void aReplacementWithoutAStatementProvesNothing() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    record(
        Operation.ROTATE,
        "1",
        Map.of("next", "2", "nextPublicKey", spki(versions.get(1)), "reason", "SCHEDULED"));

    assertThat(proven().entries()).hasSize(1);
  }

  @Test
  void whatIsCompromisedIsNotProven_norWhatItSigned() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    rotated(1, Map.of());
    rotated(2, Map.of("reason", "COMPROMISE"));

    assertThat(proven().entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactly("wallet/1");
  }

  @Test
  void aStatementOnTheHandleWithoutItsFingerprintCounts_onAnotherNone() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    rotated(1, statement(1, handle(Optional.empty()), enclaves));
    assertThat(proven().entries()).hasSize(2);

    records.remove(1);
    rotated(1, statement(1, handle(Optional.of(versions.get(2))), enclaves));
    assertThat(proven().entries()).hasSize(1);
  }

  @Test
  void withAStatementKeyNothingElseIsBelieved() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    rotated(1, Map.of());

    RecordedKeys believed = recorded(Set.of(publicKey(enclaves)));
    assertThat(believed.successions()).isEqualTo(StatementVerdict.BY_ENCLAVE);
    assertThat(believed.keys().entries()).hasSize(2);
    assertThat(recorded(Set.of(publicKey(HandBackend.fresh()))).keys().entries()).hasSize(1);
    assertThat(recorded(Set.of()).successions()).isEqualTo(StatementVerdict.SIGNED_WITH_KEY);

    records.remove(1);
    rotated(1, Map.of("statementByEnclave", "", "statementKey", ""));
    assertThat(recorded(Set.of(publicKey(enclaves))).keys().entries()).hasSize(1);
    assertThat(proven().entries()).hasSize(2);
  }

  @Test
  void theFirstStatementOnAVersionCounts() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    rotated(1, Map.of());
    LocalKey other = HandBackend.fresh();
    Message text =
        SuccessionStatement.messageOf(
            handle,
            KeyVersionId.of("1"),
            KeyVersionId.of("2"),
            publicKey(other).fingerprint(),
            Events.AT);
    rotated(
        1,
        Map.of(
            "nextPublicKey",
            spki(other),
            "statementSignature",
            versions.get(0).sign(text).toHex()));

    assertThat(proven().entries())
        .extracting(PublicKeySet.Entry::key)
        .containsExactly(publicKey(versions.get(0)), publicKey(versions.get(1)));
  }

  @Test
  void aKeyThatWentToAnotherLogIsProvenByBoth() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    proven();
    Path before = Logs.copy(directory, directory.resolveSibling("before"));
    records.clear();
    rotated(1, Map.of());
    record(Operation.RESTORE, "2", Map.of("algorithm", "ED25519"));
    assertRefused(ErrorCode.KEY_NOT_FOUND, first());

    assertThat(RecordedPublicKeys.in(List.of(directory, before), handle, Set.of()).keys().entries())
        .extracting(PublicKeySet.Entry::keyId)
        .containsExactly("wallet/1", "wallet/2");
  }

  @Test
  void aStatementThatCannotBeReadIsTold() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    for (String field : List.of("statementAt", "statementSignature", "statementKey")) {
      rotated(1, Map.of(field, "yesterday"));
      assertRefused(ErrorCode.INVALID_ENCODING, "Record 0/2 of the audit log is of ROTATE");
      records.remove(1);
    }
  }

  @Test
  void needsALogAndAFingerprint() {
    assertThatThrownBy(() -> RecordedPublicKeys.in(List.of(), handle, Set.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("There is no audit log to prove public keys");
    assertThatThrownBy(
            () -> RecordedPublicKeys.in(List.of(directory), handle(Optional.empty()), Set.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("names no fingerprint to begin at");
    assertThatThrownBy(() -> RecordedPublicKeys.in(List.of(directory), handle, Set.of()))
        .isInstanceOf(EnclaveException.class)
        .hasMessageContaining(directory + " cannot be read: it is not a directory");
  }

  @Test
  void aLogThatWasChangedProvesNothing() throws IOException {
    created(Operation.CREATE, Result.SUCCESS);
    assertThat(proven().entries()).hasSize(1);
    Path lane = Logs.lane(directory, 0);
    Files.writeString(lane, Files.readString(lane).replace("user:7", "user:8"));

    assertThatThrownBy(() -> RecordedPublicKeys.in(List.of(directory), handle, Set.of()))
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_LOG_CORRUPT))
        .hasMessageContaining("proves no public key: lane-0.jsonl record 1");
  }

  private void created(Operation operation, Result result) {
    records.add(
        event(
            operation,
            result,
            WALLET,
            BackendId.AWS_KMS,
            "1",
            Map.of("algorithm", "ED25519", "publicKey", spki(versions.get(0)))));
  }

  /** The version of this number is replaced by the next, which it names in a statement. */
  private void rotated(int from, Map<String, String> otherwise) {
    Map<String, String> details = new TreeMap<>(statement(from, handle, enclaves));
    details.put("next", String.valueOf(from + 1));
    details.put("nextPublicKey", spki(versions.get(from)));
    details.put("reason", "SCHEDULED");
    details.putAll(otherwise);
    details.values().removeIf(String::isEmpty);
    record(Operation.ROTATE, String.valueOf(from), details);
  }

  private Map<String, String> statement(int from, KeyHandle of, LocalKey statementKey) {
    Message text =
        SuccessionStatement.messageOf(
            of,
            KeyVersionId.of(String.valueOf(from)),
            KeyVersionId.of(String.valueOf(from + 1)),
            publicKey(versions.get(from)).fingerprint(),
            Events.AT);
    return Map.of(
        "statementAt",
        Events.AT.toString(),
        "statementSignature",
        versions.get(from - 1).sign(text).toHex(),
        "statementByEnclave",
        statementKey.sign(text).toHex(),
        "statementKey",
        publicKey(statementKey).fingerprint().value().toHex());
  }

  private void record(Operation operation, String version, Map<String, String> details) {
    records.add(event(operation, Result.SUCCESS, WALLET, BackendId.AWS_KMS, version, details));
  }

  private static AuditEvent event(
      Operation operation,
      Result result,
      KeyName key,
      BackendId backend,
      String version,
      Map<String, String> details) {
    return new AuditEvent(
        "operation",
        result == Result.PENDING ? Phase.INTENT : Phase.SINGLE,
        Events.AT,
        operation,
        "user:7",
        Optional.of(key),
        Optional.of(KeyVersionId.of(version)),
        Optional.of(backend),
        result,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        details);
  }

  private PublicKeySet proven() throws IOException {
    return recorded(Set.of()).keys();
  }

  private RecordedKeys recorded(Set<PublicKeyInfo> statementKeys) throws IOException {
    Logs.clear(directory);
    try (FileAuditSink sink = Logs.open(directory)) {
      for (AuditEvent record : records) {
        sink.append(record, Durability.BUFFERED);
      }
    }
    return RecordedPublicKeys.in(List.of(directory), handle, statementKeys);
  }

  private void assertRefused(ErrorCode code, String... observed) throws IOException {
    EnclaveException refusal = catchThrowableOfType(EnclaveException.class, this::proven);
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.getMessage()).contains(observed);
  }

  private String first() {
    return publicKey(versions.get(0)).fingerprint().toString();
  }

  private static KeyHandle handle(Optional<LocalKey> first) {
    return new KeyHandle(
        BackendId.AWS_KMS, "eu-west-1", WALLET, first.map(key -> publicKey(key).fingerprint()));
  }

  private static String spki(LocalKey key) {
    return Base64.getEncoder().encodeToString(publicKey(key).spki().toByteArray());
  }

  private static PublicKeyInfo publicKey(LocalKey key) {
    return key.publicKey().orElseThrow();
  }
}
