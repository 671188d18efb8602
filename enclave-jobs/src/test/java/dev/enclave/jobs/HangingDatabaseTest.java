package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.refused;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL is reached through a relay that stops forwarding. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class HangingDatabaseTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  /** Seconds of the data source's own, while the relay holds. */
  private static final int SOON = 2;

  private static final int NEVER = 0;

  private final Postgres postgres;
  private final Relay relay;
  private final Wallet wallet = new Wallet();

  HangingDatabaseTest() throws Exception {
    postgres = Postgres.start();
    relay = new Relay(postgres.port());
  }

  @BeforeEach
  void makeKek() {
    try (Enclave enclave = opened(SOON)) {
      Wallet.makeKek(enclave);
      deferred(enclave).find("t-none");
    }
  }

  @AfterEach
  void mend() {
    relay.forward();
    wallet.backend.end();
  }

  @AfterAll
  void stop() throws Exception {
    relay.close();
    postgres.close();
  }

  private Enclave opened(int timeout) {
    return wallet.on(JobsProvider.on(relay.source(timeout))).open();
  }

  private static void assertDefers(Enclave enclave) throws Exception {
    Ticket ticket =
        deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
    assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
  }

  private static void assertHealthSaysSo(Enclave enclave) {
    assertThat(enclave.health().findings())
        .extracting(Finding::code)
        .contains(ErrorCode.DEFERRAL_UNAVAILABLE);
  }

  /** Ends while the relay still forwards nothing. */
  private static void assertCloses(Enclave enclave) throws Exception {
    CompletableFuture.runAsync(enclave::close).get(1, MINUTES);
  }

  @Test
  void signingDoesNotWait_andNoTicketIsPromised_untilItAnswers() throws Exception {
    try (Enclave enclave = opened(SOON)) {
      SigningKey key = key(enclave, "wallet-42");
      assertDefers(enclave);
      relay.hold();
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(key.signOrDefer(MESSAGE, SignOptions.defaults()).done()).isPresent();
      refused(
          ErrorCode.DEFERRAL_UNAVAILABLE,
          () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()));
      wallet.backend.begin();
      assertThat(
              refused(
                      ErrorCode.BACKEND_UNAVAILABLE,
                      () -> key.signOrDefer(MESSAGE, SignOptions.defaults()))
                  .getSuppressed())
          .singleElement()
          .satisfies(
              suppressed ->
                  assertThat(((EnclaveException) suppressed).code())
                      .isEqualTo(ErrorCode.DEFERRAL_UNAVAILABLE));
      wallet.backend.end();
      assertHealthSaysSo(enclave);
      relay.forward();
      assertDefers(enclave);
    }
  }

  @Test
  void closingDoesNotWaitForIt_norDoesHealth_evenWithoutTimeouts() throws Exception {
    Enclave enclave = opened(NEVER);
    assertDefers(enclave);
    wallet.backend.begin();
    deferred(enclave).submit(key(enclave, "wallet-42"), MESSAGE, SignOptions.defaults());
    relay.hold();
    assertHealthSaysSo(enclave);
    assertCloses(enclave);
    relay.forward();
    wallet.backend.end();
    try (Enclave next = opened(SOON)) {
      assertDefers(next);
    }
  }

  @Test
  void aStartDoesNotWaitForIt_evenWithoutTimeouts() throws Exception {
    relay.hold();
    Enclave enclave = opened(NEVER);
    SigningKey key = key(enclave, "wallet-42");
    assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    assertHealthSaysSo(enclave);
    assertCloses(enclave);
  }

  @Test
  void afterAStartOnIt_itDefersOnceItAnswers() throws Exception {
    relay.hold();
    try (Enclave enclave = opened(SOON)) {
      SigningKey key = key(enclave, "wallet-42");
      List<CompletableFuture<?>> together = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        together.add(
            CompletableFuture.runAsync(
                () ->
                    refused(
                        ErrorCode.DEFERRAL_UNAVAILABLE,
                        () -> deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()))));
      }
      CompletableFuture.allOf(together.toArray(CompletableFuture[]::new)).get(1, MINUTES);
      relay.forward();
      assertDefers(enclave);
    }
  }

  @Test
  void aSlowDatabase_isOnlySlow() throws Exception {
    relay.forwardLate(Duration.ofMillis(20));
    try (Enclave enclave = opened(SOON)) {
      SigningKey key = key(enclave, "wallet-42");
      deferred(enclave).find("t-none");
      wallet.backend.begin();
      List<String> tickets =
          IntStream.range(0, 3)
              .mapToObj(
                  i ->
                      deferred(enclave)
                          .submit(key, Message.ofUtf8("pay " + i), SignOptions.defaults())
                          .id())
              .toList();
      wallet.backend.end();
      for (int i = 0; i < 3; i++) {
        Ticket done = ended(enclave, tickets.get(i));
        assertThat(key.verify(Message.ofUtf8("pay " + i), done.signature().orElseThrow())).isTrue();
      }
    }
  }
}
