package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static dev.enclave.testkit.engine.Borrower.CONTEXT;
import static dev.enclave.testkit.engine.Borrower.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.InMemoryProvider;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lent wrapping key seals for a backend, callers cannot open. */
class LentKeysTest {

  private static final BackendId LENDER = BackendId.of("lender");
  private static final KeySpec<WrappingKey> KEK =
      KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER);
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519);

  private final Borrower borrower = new Borrower("borrower");
  private final Bench bench =
      Bench.in("local")
          .set("enclave.backend", "borrower")
          .with(new InMemoryProvider().id("lender"))
          .with(borrower);

  private KeyHandle kek;

  @BeforeEach
  void makeTheKek() {
    try (Enclave enclave = bench.open()) {
      kek = enclave.createKey(KEK).handle();
    }
    borrower.wanted = Optional.of(kek);
  }

  @Test
  void refusesCallers_theUseOfAKeyThatABackendBorrows() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY);
      SealedBytes box = borrower.kept.orElseThrow();
      assertThat(refused(ErrorCode.KEY_LENT, () -> enclave.unseal(box, CONTEXT)))
          .contains("kek", "backend borrower", "enclave.lent-keys-open-to-callers");
      refused(ErrorCode.KEY_LENT, () -> enclave.wrappingKeys().key(kek).unseal(box, CONTEXT));
      refused(ErrorCode.KEY_LENT, () -> enclave.wrappingKeys().key(kek).reseal(box, CONTEXT));
      refused(ErrorCode.KEY_LENT, () -> enclave.wrappingKeys().key(kek).seal(STORED, CONTEXT));
      refused(
          ErrorCode.KEY_LENT,
          () -> enclave.wrappingKeys().key(kek).decrypt(box.wrappedKey().toByteArray()));
    }
    assertThat(bench.audit.events())
        .filteredOn(event -> event.errorCode().equals(Optional.of(ErrorCode.KEY_LENT)))
        .extracting(AuditEvent::operation)
        .contains(
            AuditEvent.Operation.SEAL, AuditEvent.Operation.UNSEAL, AuditEvent.Operation.DECRYPT);
  }

  @Test
  void aCallersUnseal_opensNothingOfABackend_whereTheKeyIsOpenToBoth() {
    bench.set("enclave.lent-keys-open-to-callers", "lender:kek");
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY).sign(Message.ofUtf8("pay"));
      SealedBytes box = borrower.kept.orElseThrow();
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> enclave.unseal(box, CONTEXT));
      SealedBytes own = enclave.wrappingKeys().key(kek).seal(STORED, CONTEXT);
      assertThat(enclave.unseal(own, CONTEXT)).isEqualTo(STORED);
      borrower.kept = Optional.of(own);
      refused(
          ErrorCode.KEY_DATA_CORRUPT,
          () -> enclave.signingKeys().key("wallet").sign(Message.ofUtf8("pay")));
    }
  }

  @Test
  void aCallersUnseal_opensNothingOfABackend_whereNothingIsLent() {
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY);
    }
    bench.set("enclave.backend", "lender");
    try (Enclave enclave = bench.open()) {
      refused(
          ErrorCode.SEALED_DATA_CORRUPT,
          () -> enclave.unseal(borrower.kept.orElseThrow(), CONTEXT));
    }
  }

  @Test
  void eachBorrower_opensItsOwnAlone() {
    Borrower other = new Borrower("other");
    other.wanted = Optional.of(kek);
    bench.with(other);
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY);
      SigningKey key =
          enclave.createKey(
              KeySpec.named("of-other")
                  .algorithm(SigningAlgorithm.ED25519)
                  .on(BackendId.of("other")));
      key.sign(Message.ofUtf8("pay"));
      other.kept = borrower.kept;
      refused(ErrorCode.KEY_DATA_CORRUPT, () -> key.sign(Message.ofUtf8("pay")));
    }
  }

  @Test
  void refusesCallers_aKeyThatASettingLends_beforeAnybodyBorrowsIt() {
    bench.set("enclave.backend", "lender").set("enclave.kubernetes.kek", "lender:kek");
    try (Enclave enclave = bench.open()) {
      assertThat(refused(ErrorCode.KEY_LENT, () -> enclave.seal(KEK.name(), STORED, CONTEXT)))
          .contains("enclave.kubernetes.kek");
    }
    bench.set("enclave.kubernetes.kek", kek.toString());
    try (Enclave enclave = bench.open()) {
      refused(ErrorCode.KEY_LENT, () -> enclave.seal(KEK.name(), STORED, CONTEXT));
    }
  }

  @Test
  void neverDecryptsForCallers_byAKeyThatIsLent() {
    KeyHandle rsa;
    try (Enclave enclave = bench.open()) {
      rsa =
          enclave
              .createKey(
                  KeySpec.named("rsa").algorithm(WrappingAlgorithm.RSA_OAEP_3072_SHA256).on(LENDER))
              .handle();
    }
    borrower.wanted = Optional.of(rsa);
    bench.set("enclave.lent-keys-open-to-callers", rsa.toString());
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY);
      byte[] dataKey = borrower.kept.orElseThrow().wrappedKey().toByteArray();
      WrappingKey key = enclave.wrappingKeys().key(rsa);
      assertThat(key.unseal(key.seal(STORED, CONTEXT), CONTEXT)).isEqualTo(STORED);
      assertThat(refused(ErrorCode.KEY_LENT, () -> key.decrypt(dataKey)))
          .contains("rsa", "backend borrower");
    }
  }
}
