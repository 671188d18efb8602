package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.DeferrableResult;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key that cannot be made or rotated now is made or rotated once, when the backend answers. */
class DeferredChangeTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-43")
          .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
          .rotation(RotationInterval.every(Duration.ofDays(90)));

  private final Wallet wallet;

  DeferredChangeTest(@TempDir Path folder) {
    this.wallet = Wallet.in(folder.resolve("jobs"));
  }

  @BeforeEach
  void prepare() {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      key(enclave, "wallet-42");
    }
  }

  @Test
  void aKeyIsMadeAfterTheOutage_asItWasAskedFor() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      wallet.backend.begin();
      Ticket ticket = deferred(enclave.by("user:7")).create(SPEC.operationId("make-43"));
      assertThat(deferred(enclave.by("user:7")).create(SPEC.operationId("make-43")).id())
          .isEqualTo(ticket.id());
      wallet.backend.end();
      Ticket done = ended(enclave, ticket.id());
      SigningKey made = enclave.signingKeys().key(done.created().orElseThrow());
      assertThat(made.algorithm()).isEqualTo(SigningAlgorithm.ECDSA_P256_SHA256);
      assertThat(enclave.ensureKey(SPEC).handle()).isEqualTo(made.handle());
      assertThat(wallet.audit.events(Operation.CREATE))
          .anySatisfy(
              event -> {
                assertThat(event.operationId()).isEqualTo(ticket.id());
                assertThat(event.caller()).isEqualTo("user:7");
              });
    }
  }

  @Test
  void anAnswerThatIsLost_makesOneKey() throws Exception {
    try (Enclave enclave = wallet.open()) {
      wallet.backend.loseAnswers("create", 1);
      Ticket done = ended(enclave, deferred(enclave).create(SPEC).id());
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(enclave.signingKeys().key(SPEC.name()).handle())
          .isEqualTo(done.created().orElseThrow());
    }
  }

  @Test
  void aNameThatIsTaken_fails() throws Exception {
    try (Enclave enclave = wallet.open()) {
      key(enclave, "wallet-43");
      Ticket failed = ended(enclave, deferred(enclave).create(SPEC).id());
      assertThat(failed.status()).isEqualTo(Status.FAILED);
      assertThat(failed.error()).contains(ErrorCode.KEY_ALREADY_EXISTS);
    }
  }

  @Test
  void aKeyIsRotatedOnceAfterTheOutage() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      KeyVersion before = key.activeVersion();
      wallet.backend.begin();
      RotationRequest request =
          RotationRequest.ifActive(before).reason(RotationReason.SCHEDULED).operationId("turn-1");
      Ticket ticket = deferred(enclave).rotate(key, request);
      assertThat(deferred(enclave).rotate(key, request).id()).isEqualTo(ticket.id());
      wallet.backend.loseAnswers("activate", 1);
      wallet.backend.end();
      Ticket done = ended(enclave, ticket.id());
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(enclave.admin().key(key.handle()).info().versions()).hasSize(2);
      assertThat(done.rotatedTo()).contains(key.activeVersion().id());
    }
  }

  @Test
  void anOperationIdOfAnotherOperation_isRefused() {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      deferred(enclave).create(SPEC.operationId("one"));
      refused(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          () ->
              deferred(enclave)
                  .rotate(
                      key,
                      RotationRequest.ifActive(dev.enclave.KeyVersionId.of("1"))
                          .operationId("one")));
    }
  }

  private static String ticketOf(DeferrableResult<?> result) {
    return result.deferred().orElseThrow().id();
  }

  @Test
  void orDefer_makesTheKeyAtOnceIfItCan() {
    try (Enclave enclave = wallet.open()) {
      SigningKey made = enclave.createKeyOrDefer(SPEC).done().orElseThrow();
      assertThat(enclave.signingKeys().key(SPEC.name()).handle()).isEqualTo(made.handle());
      assertThat(deferred(enclave).list(EnumSet.allOf(Status.class), 10)).isEmpty();
    }
  }

  @Test
  void orDefer_leavesATicketForAKey_andOfSeveralCallsOne() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      wallet.backend.begin();
      KeySpec<SigningKey> spec = SPEC.operationId("make-43");
      DeferrableResult<SigningKey> first = enclave.createKeyOrDefer(spec);
      DeferrableResult<SigningKey> second = enclave.createKeyOrDefer(spec);
      assertThat(ticketOf(second)).isEqualTo(ticketOf(first));
      assertThat(first.deferred().orElseThrow().nextAttempt()).isPresent();
      wallet.backend.end();
      Ticket done = ended(enclave, ticketOf(first));
      assertThat(enclave.createKeyOrDefer(spec).done().map(SigningKey::handle))
          .isEqualTo(done.created());
    }
  }

  @Test
  void orDefer_makesOneKey_whenTheFirstAnswerIsLost() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      wallet.backend.loseAnswers("create", Integer.MAX_VALUE);
      DeferrableResult<SigningKey> kept = enclave.createKeyOrDefer(SPEC);
      wallet.backend.loseAnswers("create", 0);
      Ticket done = ended(enclave, ticketOf(kept));
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(enclave.signingKeys().key(SPEC.name()).handle())
          .isEqualTo(done.created().orElseThrow());
    }
  }

  @Test
  void orDefer_throwsWhatIsRefusedForGood() {
    try (Enclave enclave = wallet.open()) {
      key(enclave, "wallet-43");
      refused(ErrorCode.KEY_ALREADY_EXISTS, () -> enclave.createKeyOrDefer(SPEC));
      assertThat(deferred(enclave).list(EnumSet.allOf(Status.class), 10)).isEmpty();
    }
  }

  @Test
  void orDefer_rotatesAtOnceIfItCan_withItsStatement() {
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      assertThat(enclave.admin().key(key.handle()).rotateOrDefer(RotationRequest.now()).done())
          .hasValueSatisfying(result -> assertThat(result.statement()).isPresent());
      assertThat(enclave.admin().key(key.handle()).info().versions()).hasSize(2);
    }
  }

  @Test
  void orDefer_leavesATicketForARotationOfTheVersionThatWasRead() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      ManagedKey managed = enclave.admin().key(key.handle());
      wallet.backend.begin();
      DeferrableResult<?> kept = managed.rotateOrDefer(RotationRequest.now().by("op"));
      wallet.backend.end();
      Ticket done = ended(enclave, ticketOf(kept));
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(done.caller()).isEqualTo("op");
      assertThat(managed.info().versions()).hasSize(2);
      assertThat(done.rotatedTo()).contains(key.activeVersion().id());
    }
  }

  @Test
  void orDefer_rotatesOnce_whenTheFirstAnswersAreLost() throws Exception {
    for (String step : List.of("prepare", "activate")) {
      try (Enclave enclave = wallet.ready()) {
        ManagedKey managed = enclave.admin().key(key(enclave, "turn-" + step).handle());
        wallet.backend.loseAnswers(step, Integer.MAX_VALUE);
        DeferrableResult<?> kept = managed.rotateOrDefer(RotationRequest.now());
        wallet.backend.loseAnswers(step, 0);
        Ticket done = ended(enclave, ticketOf(kept));
        assertThat(done.status()).as(step + " " + done.error()).isEqualTo(Status.DONE);
        assertThat(managed.info().versions()).as(step).hasSize(2);
      }
    }
  }

  @Test
  void orDefer_withoutAPlaceForTickets_isRefused() {
    wallet.settings.remove("enclave.jobs.kek");
    try (Enclave enclave = wallet.open()) {
      ManagedKey managed = enclave.admin().key(key(enclave, "wallet-42").handle());
      refused(ErrorCode.UNSUPPORTED_OPERATION, () -> enclave.createKeyOrDefer(SPEC));
      refused(ErrorCode.UNSUPPORTED_OPERATION, () -> managed.rotateOrDefer(RotationRequest.now()));
    }
  }
}
