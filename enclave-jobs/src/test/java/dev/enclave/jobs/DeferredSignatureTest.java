package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.DeferrableResult.Deferred;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signature that cannot be made now is made when the backend answers. */
class DeferredSignatureTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;
  private final Wallet wallet;

  DeferredSignatureTest(@TempDir Path folder) {
    this.folder = folder;
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
  void aSignatureWaitsThroughAnOutage_andIsMadeAfterIt() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7"));
      assertThat(ticket.status()).isEqualTo(Status.WAITING);
      assertThat(ticket.nextAttempt()).isPresent();
      wallet.backend.end();
      Ticket done = ended(enclave, ticket.id());
      assertThat(done.status()).isEqualTo(Status.DONE);
      assertThat(key.verify(MESSAGE, done.signature().orElseThrow())).isTrue();
      assertThat(deferred(enclave).find(ticket.id())).contains(done);
    }
  }

  /** A caller may write a key of their own, whose handle is one that callers cannot name. */
  @Test
  void takesNothing_thatEnclaveAloneMayHaveSigned() {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      enclave.admin().statementKey();
      KeyHandle own = key.handle();
      KeyHandle reserved =
          new KeyHandle(
              own.backend(),
              own.authority(),
              KeyName.of("enclave-statements-production"),
              Optional.empty());
      SigningKey theirs =
          (SigningKey)
              Proxy.newProxyInstance(
                  SigningKey.class.getClassLoader(),
                  new Class<?>[] {SigningKey.class},
                  (proxy, method, arguments) -> reserved);
      assertThat(codeOf(() -> deferred(enclave).submit(theirs, MESSAGE, SignOptions.defaults())))
          .isEqualTo(ErrorCode.KEY_NAME_RESERVED);
      assertThat(codeOf(() -> deferred(enclave).rotate(theirs, RotationRequest.now())))
          .isEqualTo(ErrorCode.KEY_NAME_RESERVED);
      Message statement = Message.ofUtf8("enclave-statement-v1\nsuccession\n");
      assertThat(codeOf(() -> deferred(enclave).submit(key, statement, SignOptions.defaults())))
          .isEqualTo(ErrorCode.MESSAGE_RESERVED);
      assertThat(codeOf(() -> key.signOrDefer(statement, SignOptions.defaults())))
          .isEqualTo(ErrorCode.MESSAGE_RESERVED);
    }
  }

  private static ErrorCode codeOf(ThrowingCallable call) {
    return catchThrowableOfType(EnclaveException.class, call).code();
  }

  @Test
  void aTicketOutlivesTheProcess() throws Exception {
    String ticket;
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      ticket =
          deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7").once("order-1")).id();
    }
    wallet.backend.end();
    try (Enclave enclave = wallet.open()) {
      assertThat(deferred(enclave).findByKey("order-1").orElseThrow().id()).isEqualTo(ticket);
      Ticket done = ended(enclave, ticket);
      assertThat(key(enclave, "wallet-42").verify(MESSAGE, done.signature().orElseThrow()))
          .isTrue();
    }
  }

  @Test
  void everyRecordOfATicket_hasItsIdAndItsCaller() throws Exception {
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      CompletableFuture<Ticket> told = new CompletableFuture<>();
      deferred(enclave).onEnded(told::complete);
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7"));
      told.get(2, MINUTES);
      List<AuditEvent> chain =
          wallet.audit.events().stream()
              .filter(event -> event.operationId().equals(ticket.id()))
              .toList();
      assertThat(chain).allMatch(event -> event.caller().equals("user:7"));
      assertThat(chain)
          .extracting(AuditEvent::operation, AuditEvent::phase)
          .contains(
              org.assertj.core.groups.Tuple.tuple(Operation.DEFER, Phase.INTENT),
              org.assertj.core.groups.Tuple.tuple(Operation.SIGN, Phase.INTENT),
              org.assertj.core.groups.Tuple.tuple(Operation.SIGN, Phase.OUTCOME));
      // The outcome of the submission may come after it.
      assertThat(wallet.audit.events(Operation.DEFER))
          .anySatisfy(event -> assertThat(event.details()).containsEntry("status", "DONE"));
    }
  }

  @Test
  void theEncodingThatWasAskedFor_isTheResults() throws Exception {
    try (Enclave enclave = wallet.open()) {
      Ticket ticket =
          deferred(enclave)
              .submit(
                  key(enclave, "wallet-42"),
                  MESSAGE,
                  SignOptions.defaults().encoding(SignatureEncoding.P1363));
      assertThat(ended(enclave, ticket.id()).signature().orElseThrow().encoding())
          .isEqualTo(SignatureEncoding.P1363);
    }
  }

  @Test
  void aMessage_isEncryptedAtRest() throws Exception {
    Message secret = Message.ofUtf8("the-words-that-nobody-reads-on-the-disk");
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = enclave.ensureKey(KeySpec.named("ed-1").algorithm(SigningAlgorithm.ED25519));
      wallet.backend.begin();
      Ticket ticket = deferred(enclave).submit(key, secret, SignOptions.defaults());
      assertThat(onDisk())
          .contains(ticket.id())
          .doesNotContain("nobody-reads")
          .doesNotContain("dGhlLXdvcmRz");
      wallet.backend.end();
      assertThat(key.verify(secret, ended(enclave, ticket.id()).signature().orElseThrow()))
          .isTrue();
    }
  }

  private String onDisk() throws Exception {
    return Files.readString(
        folder.resolve("jobs").resolve("deferred.mv.db"), StandardCharsets.ISO_8859_1);
  }

  @Test
  void operationsOfOneKey_areCarriedOutInTheirOrder() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      BlockingQueue<String> told = new LinkedBlockingQueue<>();
      deferred(enclave).onEnded(ticket -> told.add(ticket.id()));
      List<String> submitted = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        submitted.add(
            deferred(enclave).submit(key, Message.ofUtf8("pay " + i), SignOptions.defaults()).id());
      }
      wallet.backend.end();
      // A ticket's end is seen before the listener is told.
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        order.add(told.poll(2, MINUTES));
      }
      assertThat(order).isEqualTo(submitted);
    }
  }

  @Test
  void aSignatureThatWaits_isMadeByTheVersionThatIsActiveThen() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = enclave.signingKeys().key("wallet-42");
      wallet.backend.beforeSign(
          () -> {
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "It cannot sign now.");
          });
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults());
      enclave
          .admin()
          .key(key.handle())
          .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      wallet.backend.beforeSign(() -> {});
      SignatureValue signature = ended(enclave, ticket.id()).signature().orElseThrow();
      assertThat(signature.version()).isEqualTo(key.activeVersion().id());
      assertThat(key.verify(MESSAGE, signature)).isTrue();
    }
  }

  @Test
  void signOrDefer_signsNowIfItCan() {
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      var signature = key.signOrDefer(MESSAGE, SignOptions.by("user:7")).done().orElseThrow();
      assertThat(key.verify(MESSAGE, signature)).isTrue();
      assertThat(wallet.audit.events(Operation.DEFER)).isEmpty();
    }
  }

  @Test
  void signOrDefer_returnsTheTicketAndAnEstimate_andTheSameKeyFindsIt() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      DeferOptions options = SignOptions.by("user:7").once("order-1");
      Deferred<SignatureValue> first = (Deferred<SignatureValue>) key.signOrDefer(MESSAGE, options);
      assertThat(first.failure().orElseThrow().code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
      assertThat(first.ticket().nextAttempt()).isPresent();
      String ticket = first.ticket().id();
      assertThat(key.signOrDefer(MESSAGE, options).deferred())
          .hasValueSatisfying(again -> assertThat(again.id()).isEqualTo(ticket));
      wallet.backend.end();
      Ticket done = ended(enclave, ticket);
      assertThat(key.signOrDefer(MESSAGE, options).done()).isEqualTo(done.signature());
      assertThat(wallet.backend.signatures()).isEqualTo(1);
    }
  }

  @Test
  void anIdempotencyKey_isForOneOperation() {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      DeferOptions options = SignOptions.by("user:7").once("order-1");
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, options);
      assertThat(deferred(enclave).submit(key, MESSAGE, options).id()).isEqualTo(ticket.id());
      assertThat(
              refused(
                  ErrorCode.IDEMPOTENCY_CONFLICT,
                  () -> deferred(enclave).submit(key, Message.ofUtf8("pay 99"), options)))
          .hasMessageContaining(ticket.id());
      // The ticket is attempted meanwhile, so the last outcome may be that of a signature.
      assertThat(wallet.audit.outcomes())
          .filteredOn(event -> event.operation() == Operation.DEFER)
          .last()
          .satisfies(
              event -> assertThat(event.errorCode()).contains(ErrorCode.IDEMPOTENCY_CONFLICT));
    }
  }

  @Test
  void aCancelledTicket_isNotCarriedOut() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults());
      Ticket cancelled = cancelled(enclave, ticket.id());
      assertThat(cancelled.status()).isEqualTo(Status.CANCELLED);
      wallet.backend.end();
      assertThat(wallet.backend.signatures()).isZero();
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.CANCELLED);
    }
  }

  /** One that is being tried at this moment is not cancelled, so this asks until it is. */
  private static Ticket cancelled(Enclave enclave, String ticket) {
    Ticket now = deferred(enclave).cancel(ticket).orElseThrow();
    while (!now.status().ended()) {
      Thread.onSpinWait();
      now = deferred(enclave).cancel(ticket).orElseThrow();
    }
    return now;
  }

  @Test
  void whatTheBackendRefusesForGood_fails() throws Exception {
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.beforeSign(
          () -> {
            throw dev.enclave.spi.BackendFailure.permanent(
                dev.enclave.spi.FailureCode.ACCESS_DENIED, "You may not.");
          });
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults());
      Ticket failed = ended(enclave, ticket.id());
      assertThat(failed.status()).isEqualTo(Status.FAILED);
      assertThat(failed.error()).contains(ErrorCode.ACCESS_DENIED);
    }
  }

  @Test
  void withoutAKek_nothingIsDeferred() {
    wallet.settings.remove("enclave.jobs.kek");
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      assertThat(enclave.deferred()).isEmpty();
      assertThat(
              refused(
                  ErrorCode.UNSUPPORTED_OPERATION,
                  () -> key.signOrDefer(MESSAGE, SignOptions.defaults())))
          .hasMessageContaining("enclave.jobs.kek");
    }
  }

  @Test
  void noThreadOutlivesTheEnclave() throws Exception {
    try (Enclave enclave = wallet.open()) {
      ended(
          enclave,
          deferred(enclave)
              .submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults())
              .id());
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .anyMatch(name -> name.startsWith("enclave-jobs"));
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("enclave-jobs")) {
        thread.join(MINUTES.toMillis(1));
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }
}
