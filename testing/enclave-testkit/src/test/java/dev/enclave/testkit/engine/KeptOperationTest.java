package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.enclave.EngineEnclave;
import dev.enclave.core.internal.lifecycle.BackupOperation;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.RestoreOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.KeptOperation;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.use.DecryptOperation;
import dev.enclave.core.internal.use.SealOperation;
import dev.enclave.core.internal.use.SealedFor;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.core.internal.use.UnsealOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An operation is a value: it runs in another Enclave than the one that asked for it. */
class KeptOperationTest {

  private static final KeyName WALLET = KeyName.of("wallet-42");
  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final String ID = "ticket-1";

  private final InMemoryStore store = new InMemoryStore();

  private Bench bench() {
    return Bench.in("development").with(new InMemoryProvider(store));
  }

  private static <R> R run(Enclave enclave, KeyOperation<?, R> operation) {
    return ((EngineEnclave) enclave).run(new KeptOperation<>(ID, "user:7", WALLET, operation));
  }

  @Test
  void aSignatureIsMadeElsewhere_underTheIdAndForTheCallerThatItWasKeptWith() {
    try (Enclave first = bench().open()) {
      first.createKey(SPEC);
    }
    Bench later = bench();
    try (Enclave second = later.open()) {
      SignatureValue signature = run(second, new SignOperation(MESSAGE, SignOptions.defaults()));
      assertThat(second.signingKeys().key(WALLET).verify(MESSAGE, signature)).isTrue();
      assertThat(later.audit.events(Operation.SIGN))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.operationId()).isEqualTo(ID);
                assertThat(event.caller()).isEqualTo("user:7");
              });
    }
  }

  @Test
  void aCreationThatIsRunTwice_createsOnce() {
    try (Enclave first = bench().open();
        Enclave second = bench().open()) {
      var made = run(first, new CreateOperation(SPEC, false)).entry().handle();
      assertThat(run(second, new CreateOperation(SPEC, false)).entry().handle()).isEqualTo(made);
    }
  }

  @Test
  void aRotationThatIsRunTwice_rotatesOnce() {
    try (Enclave first = bench().open();
        Enclave second = bench().open()) {
      SigningKey key = first.createKey(SPEC);
      RotateOperation rotation =
          new RotateOperation(RotationRequest.ifActive(key.activeVersion()).operationId(ID));
      RotationResult one = run(first, rotation);
      RotationResult other = run(second, rotation);
      assertThat(other.active().id()).isEqualTo(one.active().id());
      assertThat(second.admin().key(WALLET).info().versions()).hasSize(2);
    }
  }

  @Test
  void whatIsRefused_isRecordedUnderItsId() {
    Bench bench = bench();
    try (Enclave enclave = bench.open()) {
      refused(
          ErrorCode.KEY_NOT_FOUND,
          () -> run(enclave, new SignOperation(MESSAGE, SignOptions.defaults())));
      assertThat(bench.audit.events(Operation.SIGN))
          .singleElement()
          .satisfies(event -> assertThat(event.operationId()).isEqualTo(ID));
    }
  }

  @Test
  void whatHoldsASecret_isNotKept() {
    try (Enclave enclave = bench().open()) {
      WrappingKey kek =
          enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      SealedBytes box = kek.seal(new byte[1], new byte[0]);
      SigningKey key = enclave.createKey(SPEC);
      KeyBackup backup =
          enclave.admin().key(key.handle()).backup("correct horse battery".toCharArray());
      List<KeyOperation<?, ?>> secret =
          List.of(
              new SealOperation(new byte[1], SealedFor.CALLERS, new byte[0]),
              new UnsealOperation(box, SealedFor.CALLERS, new byte[0]),
              new DecryptOperation(new byte[384], Optional.empty()),
              new BackupOperation(
                  "correct horse battery".toCharArray(), KeyBackup.Derivation.SCRYPT),
              new RestoreOperation(WALLET, backup, "correct horse battery".toCharArray()));
      assertThat(secret)
          .allSatisfy(
              operation ->
                  assertThat(
                          refused(
                              ErrorCode.UNSUPPORTED_OPERATION,
                              () -> new KeptOperation<>(ID, "user:7", WALLET, operation)))
                      .startsWith(operation.kind().name()));
    }
  }
}
