package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A process that starts in an outage of the KEK's backend defers nothing, and says so. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class KekAwayTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> NEW =
      KeySpec.named("wallet-43").algorithm(SigningAlgorithm.ED25519);

  private final Postgres postgres;
  private final Wallet wallet;

  KekAwayTest() throws Exception {
    postgres = Postgres.start();
    wallet = new Wallet().on(JobsProvider.on(postgres.source()));
  }

  @BeforeEach
  void makeKeys() {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      key(enclave, "wallet-42");
      enclave.ensureKey(KeySpec.named("message-1").algorithm(SigningAlgorithm.ED25519));
      deferred(enclave).find("t-none");
    }
  }

  @AfterEach
  void mend() {
    wallet.backend.end();
    postgres.away(false);
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
  }

  private static void assertNothingIsDeferred(Enclave enclave) {
    assertThat(
            refused(
                ErrorCode.DEFERRAL_UNAVAILABLE,
                () -> deferred(enclave).create(NEW.operationId("make-43"))))
        .hasMessageContaining("enclave.jobs.kek")
        .hasMessageContaining("jobs-kek")
        .hasMessageContaining("No ticket is promised");
    assertThat(enclave.health().findings())
        .filteredOn(finding -> finding.code() == ErrorCode.DEFERRAL_UNAVAILABLE)
        .singleElement()
        .extracting(Finding::observed)
        .asString()
        .contains("operations cannot be deferred now")
        .contains("enclave.jobs.kek");
  }

  /** The longer the outage, the surer is it that calls are held back. */
  private static EnclaveException unanswered(ThrowingCallable call) {
    EnclaveException failure = catchThrowableOfType(EnclaveException.class, call);
    assertThat(failure.code()).isIn(ErrorCode.BACKEND_UNAVAILABLE, ErrorCode.BREAKER_OPEN);
    return failure;
  }

  /** After the outage, once calls are not held back any more. */
  private static <T> T answered(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (EnclaveException e) {
        assertThat(e.retryable()).as(e.getMessage()).isTrue();
      }
    }
  }

  @Test
  void fromTheStart() throws Exception {
    wallet.backend.beginAfterHealth();
    try (Enclave enclave = wallet.open()) {
      assertNothingIsDeferred(enclave);
      unanswered(() -> enclave.signingKeys().key(KeyName.of("wallet-42")));
      wallet.backend.end();
      String ticket = answered(() -> deferred(enclave).create(NEW.operationId("make-43"))).id();
      assertThat(ended(enclave, ticket).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void whereTheBackendIsTheEnclavesOwn_andItsHealthCheckFails_nothingStarts() {
    wallet.backend.begin();
    refused(ErrorCode.BACKEND_UNAVAILABLE, wallet::open);
  }

  @Test
  void withKeysThatAreKnown_whatNeedsADigestAndWhatNeedsAMessage() throws Exception {
    postgres.away(true);
    try (Enclave enclave = wallet.open()) {
      List<SigningKey> keys =
          List.of(key(enclave, "wallet-42"), enclave.signingKeys().key(KeyName.of("message-1")));
      wallet.backend.begin();
      postgres.away(false);
      for (SigningKey key : keys) {
        refused(
            ErrorCode.DEFERRAL_UNAVAILABLE,
            () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
        EnclaveException live = unanswered(() -> key.signOrDefer(MESSAGE, SignOptions.defaults()));
        assertThat(live.getSuppressed())
            .singleElement()
            .extracting(suppressed -> ((EnclaveException) suppressed).code())
            .isEqualTo(ErrorCode.DEFERRAL_UNAVAILABLE);
        unanswered(() -> key.sign(MESSAGE));
      }
      wallet.backend.end();
      for (SigningKey key : keys) {
        String ticket =
            answered(() -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults())).id();
        assertThat(key.verify(MESSAGE, ended(enclave, ticket).signature().orElseThrow())).isTrue();
      }
    }
  }
}
