package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickets are listed, tried again and left to other processes. */
class TicketsTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final Set<Status> ALL = EnumSet.allOf(Status.class);

  private final Wallet wallet;

  TicketsTest(@TempDir Path folder) {
    this.wallet = Wallet.in(folder.resolve("jobs"));
  }

  @BeforeEach
  void prepare() {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
      key(enclave, "wallet-42");
    }
  }

  /** Tickets that another process, which carries nothing out, has stored. */
  private List<Ticket> submitted(int count) {
    wallet.set("mode", "submit");
    try (Enclave enclave = wallet.open()) {
      SigningKey key = key(enclave, "wallet-42");
      return IntStream.range(0, count)
          .mapToObj(
              i ->
                  deferred(enclave).submit(key, MESSAGE, SignOptions.defaults().once("order-" + i)))
          .toList();
    } finally {
      wallet.set("mode", "drain");
    }
  }

  @Test
  void areListedInTheirOrder_byStatus_asManyAsWereAsked() {
    List<Ticket> tickets = submitted(3);
    wallet.set("mode", "submit");
    try (Enclave enclave = wallet.open()) {
      assertThat(deferred(enclave).list(ALL, 10)).isEqualTo(tickets);
      assertThat(deferred(enclave).list(ALL, 2)).isEqualTo(tickets.subList(0, 2));
      Ticket cancelled = deferred(enclave).cancel(tickets.get(1).id()).orElseThrow();
      assertThat(deferred(enclave).list(Set.of(Status.CANCELLED), 10)).containsExactly(cancelled);
      assertThat(deferred(enclave).list(Set.of(Status.WAITING), 10))
          .containsExactly(tickets.get(0), tickets.get(2));
      assertThat(deferred(enclave).list(Set.of(), 10)).isEmpty();
      for (int limit : new int[] {0, -1, 1001}) {
        refused(ErrorCode.INVALID_ARGUMENT, () -> deferred(enclave).list(ALL, limit));
      }
    }
  }

  @Test
  void ofAProcessThatOnlySubmits_areCarriedOutByAnother() throws Exception {
    Ticket ticket = submitted(1).get(0);
    assertThat(wallet.backend.signatures()).isZero();
    try (Enclave enclave = wallet.open()) {
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void areNotKeptByAProcessThatHasNoPartInThem() {
    wallet.set("mode", "off");
    try (Enclave enclave = wallet.open()) {
      assertThat(enclave.deferred()).isEmpty();
    }
    wallet.set("mode", "sometimes");
    assertThat(refused(ErrorCode.CONFIGURATION_INVALID_VALUE, wallet::open))
        .hasMessageContaining("drain, submit or off");
  }

  @Test
  void thatFailed_areTriedAgain_whenSomebodyAsksForIt_andThatIsRecorded() throws Exception {
    Ticket ticket = submitted(1).get(0);
    KeyVersionId version;
    wallet.set("mode", "off");
    try (Enclave enclave = wallet.open()) {
      ManagedKey managed = managed(enclave);
      version = managed.activeVersion().id();
      managed.disable(version);
    }
    wallet.set("mode", "drain");
    try (Enclave enclave = wallet.open()) {
      Ticket failed = ended(enclave, ticket.id());
      assertThat(failed.status()).isEqualTo(Status.FAILED);
      assertThat(failed.error()).contains(ErrorCode.KEY_NOT_ACTIVE);
      managed(enclave).enable(version);

      assertThat(deferred(enclave.by("user:9")).retry(ticket.id()).orElseThrow().status())
          .isNotEqualTo(Status.FAILED);
      Ticket done = ended(enclave, ticket.id());
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(key(enclave, "wallet-42").verify(MESSAGE, done.signature().orElseThrow()))
          .isTrue();
      assertThat(wallet.audit.events(Operation.DEFER))
          .anySatisfy(
              event -> {
                assertThat(event.operationId()).isEqualTo(ticket.id());
                assertThat(event.caller()).isEqualTo("user:9");
                assertThat(event.details()).containsEntry("change", "RETRY");
              });
    }
  }

  private static ManagedKey managed(Enclave enclave) {
    return enclave.admin().key(key(enclave, "wallet-42").handle());
  }

  @Test
  void thatHaveExpired_areNotRevived() throws Exception {
    wallet.set("expiry", "PT0.001S");
    Ticket ticket = submitted(1).get(0);
    try (Enclave enclave = wallet.open()) {
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.EXPIRED);
      assertThat(deferred(enclave).retry(ticket.id()).orElseThrow().status())
          .isEqualTo(Status.EXPIRED);
    }
  }

  @Test
  void thatWaitForTheirNextAttempt_areTriedAtOnce_whenSomebodyAsksForIt() throws Exception {
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      wallet.backend.begin();
      String id = deferred(enclave).submit(key, MESSAGE, SignOptions.defaults()).id();
      // The longer the outage, the longer the pause: three attempts are a pause of two seconds.
      while (deferred(enclave).find(id).orElseThrow().attempts() < 3) {
        Thread.onSpinWait();
      }
      wallet.backend.end();
      assertThat(deferred(enclave).retry(id)).isPresent();
      assertThat(ended(enclave, id).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void thatHaveEndedOtherwise_stayAsTheyAre() throws Exception {
    List<Ticket> tickets = submitted(2);
    try (Enclave enclave = wallet.open()) {
      Ticket done = ended(enclave, tickets.get(0).id());
      assertThat(deferred(enclave).retry(done.id())).contains(done);
      assertThat(deferred(enclave).cancel(done.id())).contains(done);
      assertThat(deferred(enclave).retry("t-none")).isEmpty();
      assertThat(deferred(enclave).cancel("t-none")).isEmpty();
    }
  }
}
