package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A backend seals what it keeps under a wrapping key of another backend, lent by the engine. */
class LendingTest {

  private static final BackendId LENDER = BackendId.of("lender");
  private static final KeySpec<WrappingKey> KEK =
      KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER);
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519);
  private static final byte[] STORED = Borrower.STORED;
  private static final byte[] CONTEXT = Borrower.CONTEXT;

  private final AtomicBoolean lenderClosed = new AtomicBoolean();
  private final AtomicInteger lenderOpened = new AtomicInteger();
  private final BentProvider lender =
      new BentProvider("lender")
          .before("open", lenderOpened::incrementAndGet)
          .before("close", () -> lenderClosed.set(true));
  private final Borrower borrower = new Borrower("borrower");
  private final Bench bench =
      Bench.in("local").set("enclave.backend", "borrower").with(lender).with(borrower);

  private KeyHandle kek;

  @BeforeEach
  void makeTheKek() {
    try (Enclave enclave = bench.open()) {
      kek = enclave.createKey(KEK).handle();
    }
    borrower.wanted = Optional.of(kek);
    lenderClosed.set(false);
    lenderOpened.set(0);
  }

  @Test
  void sealsAndUnseals_whereEachUseIsRecorded() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      key.sign(Message.ofUtf8("pay"));
      assertThat(borrower.lent.orElseThrow().handle()).isEqualTo(kek);
      assertThat(borrower.lent.orElseThrow().assurance()).isEqualTo(Assurance.HSM);
      assertThat(borrower.lent.orElseThrow().activeVersion())
          .isEqualTo(borrower.kept.orElseThrow().version());
    }
    assertThat(bench.audit.outcomes())
        .filteredOn(event -> event.caller().equals("backend:borrower"))
        .extracting(AuditEvent::operation)
        .containsExactly(AuditEvent.Operation.SEAL, AuditEvent.Operation.UNSEAL);
    assertThat(lenderClosed).isTrue();
  }

  @Test
  void lendsByBackendAndName_whereverTheBackendWorks() {
    borrower.wanted = Optional.empty();
    borrower.wantedByName = true;
    try (Enclave enclave = bench.open()) {
      enclave.createKey(KEY).sign(Message.ofUtf8("pay"));
      assertThat(borrower.lent.orElseThrow().handle()).isEqualTo(kek);
    }
  }

  @Test
  void unsealsByAnOldVersion_afterTheKekWasRotated() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      enclave.admin().key(kek).rotate(RotationRequest.now());
      key.sign(Message.ofUtf8("pay"));
      assertThat(borrower.lent.orElseThrow().activeVersion())
          .isNotEqualTo(borrower.kept.orElseThrow().version());
    }
  }

  @Test
  void refusesAKeyOfTheBorrowerItself() {
    borrower.wanted = Optional.of(KeyHandle.parse(kek.toString().replace("lender", "borrower")));
    assertThat(refused(ErrorCode.CONFIGURATION_INVALID_VALUE, bench::open))
        .contains("borrower", "the same one");
  }

  @Test
  void refusesBackendsThatBorrowFromEachOther() {
    Borrower third = new Borrower("third");
    third.wanted = Optional.of(KeyHandle.parse(kek.toString().replace("lender", "borrower")));
    bench.with(third);
    borrower.wanted = Optional.of(KeyHandle.parse(kek.toString().replace("lender", "third")));
    assertThat(refused(ErrorCode.CONFIGURATION_INVALID_VALUE, bench::open))
        .contains("third", "borrower", "neither could be opened without the other");
  }

  @Test
  void refusesAKeyThatIsNotThere() {
    borrower.wanted = Optional.of(KeyHandle.parse(kek.toString().replace("kek", "kek-of-others")));
    assertThat(refused(ErrorCode.CONFIGURATION_INVALID_VALUE, bench::open))
        .contains("kek-of-others");
  }

  @Test
  void refusesAKeyThatSigns() {
    borrower.wanted = Optional.empty();
    try (Enclave enclave = bench.open()) {
      borrower.wanted =
          Optional.of(
              enclave
                  .createKey(KeySpec.named("signs").algorithm(SigningAlgorithm.ED25519).on(LENDER))
                  .handle());
    }
    assertThat(refused(ErrorCode.CONFIGURATION_INVALID_VALUE, bench::open))
        .contains("signs", "Name a key that wraps");
  }

  @Test
  void asksThePolicy_ofTheBackendThatLends() {
    bench.set("enclave.backends", "borrower");
    assertThat(refused(ErrorCode.POLICY_NOT_MET, bench::open)).contains("lender");
  }

  @Test
  void saysThatAnotherCallMayHelp_whileTheLenderDoesNotAnswer() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      lender.before(
          "unwrap",
          () -> {
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "nobody answers");
          });
      EnclaveException failure =
          Assertions.catchThrowableOfType(
              EnclaveException.class, () -> key.sign(Message.ofUtf8("pay")));
      assertThat(failure.code()).isIn(ErrorCode.BACKEND_UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED);
      assertThat(failure.retryable()).isTrue();
      assertThat(failure).hasMessageContaining("kek");
    }
  }

  @Test
  void asksTheLenderOnceForEachAttemptOfTheBorrower() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      AtomicInteger asked = new AtomicInteger();
      lender.before(
          "unwrap",
          () -> {
            asked.incrementAndGet();
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "nobody answers");
          });
      Assertions.assertThatExceptionOfType(EnclaveException.class)
          .isThrownBy(() -> key.sign(Message.ofUtf8("pay")))
          .withMessageContaining("in " + asked + " attempts");
      assertThat(asked).hasValueBetween(2, 8);
    }
  }

  @Test
  void passesOnHowLongTheLenderAsksToWait() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      AtomicInteger asked = new AtomicInteger();
      lender.before(
          "unwrap",
          () -> {
            asked.incrementAndGet();
            throw BackendFailure.throttled("slow down", Optional.of(Duration.ofSeconds(30)));
          });
      Instant before = bench.clock.now();
      EnclaveException failure =
          Assertions.catchThrowableOfType(
              EnclaveException.class, () -> key.sign(Message.ofUtf8("pay")));
      assertThat(failure.code()).isEqualTo(ErrorCode.THROTTLED);
      assertThat(failure.retryAt().orElseThrow()).isAfterOrEqualTo(before.plusSeconds(30));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void saysThatAnotherCallMayHelp_whereTheLenderSaysSo() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      lender.before(
          "unwrap",
          () -> {
            throw BackendFailure.transientFailure(FailureCode.REJECTED, "not just now");
          });
      EnclaveException failure =
          Assertions.catchThrowableOfType(
              EnclaveException.class, () -> key.sign(Message.ofUtf8("pay")));
      assertThat(failure.code()).isEqualTo(ErrorCode.PROVIDER_REJECTED);
      assertThat(failure.retryable()).isTrue();
    }
  }

  @Test
  void saysWhatIsConfiguredAndWhatSealed_whenTheyDiffer() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      WrappingKey other =
          enclave.createKey(
              KeySpec.named("other").algorithm(WrappingAlgorithm.AES_256_GCM).on(LENDER));
      borrower.kept = Optional.of(other.seal(STORED, CONTEXT));
      assertThat(refused(ErrorCode.PROVIDER_REJECTED, () -> key.sign(Message.ofUtf8("pay"))))
          .contains("other", "kek");
    }
  }

  @Test
  void aDiagnosisBorrowsToo_andLeavesNothingOpen() {
    List<AuditEvent> before = new ArrayList<>(bench.audit.events());
    assertThat(bench.builder().diagnose().health().healthy()).isTrue();
    assertThat(lenderOpened).hasValue(1);
    assertThat(lenderClosed).isTrue();
    assertThat(bench.audit.events()).isEqualTo(before.subList(0, 0));
  }
}
