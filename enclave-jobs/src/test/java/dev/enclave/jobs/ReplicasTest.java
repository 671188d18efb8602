package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes on one PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class ReplicasTest {

  private final Postgres postgres;
  private final InMemoryStore keys = new InMemoryStore();

  ReplicasTest() throws Exception {
    postgres = Postgres.start();
  }

  @BeforeAll
  void makeKeys() {
    try (Enclave enclave = replica("keys").open()) {
      makeKek(enclave);
      for (int i = 0; i < 8; i++) {
        key(enclave, "wallet-" + i);
      }
    }
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
  }

  private Wallet replica(String deployment) {
    return new Wallet(keys).set("deployment", deployment).on(JobsProvider.on(postgres.source()));
  }

  @Test
  void eachTicketHasOneSignature_whicheverReplicaMakesIt_withClocksTenMinutesApart()
      throws Exception {
    Wallet one = replica("apart");
    Wallet other = replica("apart");
    try (Enclave first = one.ready(Duration.ofMinutes(-5));
        Enclave second = other.ready(Duration.ofMinutes(5))) {
      for (int i = 0; i < 8; i++) {
        assertThat(wallet(first, i).handle()).isEqualTo(wallet(second, i).handle());
      }
      one.backend.begin();
      other.backend.begin();
      Map<String, Message> submitted = new LinkedHashMap<>();
      for (int i = 0; i < 64; i++) {
        Message message = Message.ofUtf8("pay " + i);
        SigningKey key = wallet(first, i);
        submitted.put(deferred(first).submit(key, message, SignOptions.defaults()).id(), message);
      }
      one.backend.end();
      other.backend.end();
      int i = 0;
      for (Map.Entry<String, Message> ticket : submitted.entrySet()) {
        Ticket done = ended(i % 2 == 0 ? first : second, ticket.getKey());
        assertThat(done.status()).isEqualTo(Status.DONE);
        assertThat(wallet(second, i).verify(ticket.getValue(), done.signature().orElseThrow()))
            .isTrue();
        i++;
      }
      assertThat(one.backend.signatures() + other.backend.signatures()).isEqualTo(64);
      assertThat(signed(one, other)).hasSize(64).doesNotHaveDuplicates();
    }
  }

  private static SigningKey wallet(Enclave enclave, int number) {
    return enclave.signingKeys().key(dev.enclave.KeyName.of("wallet-" + number % 8));
  }

  private static java.util.List<String> signed(Wallet... wallets) {
    return Stream.of(wallets)
        .flatMap(wallet -> wallet.audit.events(Operation.SIGN).stream())
        .filter(event -> event.phase() == Phase.OUTCOME)
        .filter(event -> event.result() == AuditEvent.Result.SUCCESS)
        .map(AuditEvent::operationId)
        .toList();
  }

  @Test
  void aReplicaFindsTheTicketOfAnother_byIdAndByIdempotencyKey() throws Exception {
    try (Enclave first = replica("find").open();
        Enclave second = replica("find").open()) {
      DeferOptions options = SignOptions.by("user:7").once("order-1");
      Message message = Message.ofUtf8("pay 10");
      Ticket ticket = deferred(first).submit(wallet(first, 0), message, options);
      assertThat(deferred(second).submit(wallet(second, 0), message, options).id())
          .isEqualTo(ticket.id());
      assertThat(deferred(second).findByKey("order-1").orElseThrow().id()).isEqualTo(ticket.id());
      assertThat(ended(second, ticket.id()).status()).isEqualTo(Status.DONE);
    }
  }

  @Test
  void whatAProcessLeavesBehind_anotherCarriesOut() throws Exception {
    Wallet leaving = replica("left");
    String ticket;
    try (Enclave enclave = leaving.ready()) {
      SigningKey key = wallet(enclave, 3);
      leaving.backend.begin();
      ticket = deferred(enclave).submit(key, Message.ofUtf8("pay 10"), SignOptions.defaults()).id();
    }
    try (Enclave enclave = replica("left").open()) {
      assertThat(ended(enclave, ticket).status()).isEqualTo(Status.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-3, 3})
  void aReplicaWhoseClockIsHoursOff_signsWhatItStored(int hours) throws Exception {
    String deployment = "hours" + Math.abs(hours) + (hours < 0 ? "-behind" : "-ahead");
    try (Enclave enclave = replica(deployment).open(Duration.ofHours(hours))) {
      SigningKey key = wallet(enclave, 4);
      Ticket ticket =
          deferred(enclave).submit(key, Message.ofUtf8("pay 10"), SignOptions.defaults());
      assertThat(Duration.between(Instant.now(), ticket.expires())).isLessThan(Duration.ofDays(1));
      assertThat(ended(enclave, ticket.id()).status()).isEqualTo(Status.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-3, 3})
  void aTicketOfAReplicaWhoseClockIsFurtherOffThanTheExpiry_isCarriedOutByAnother(int hours)
      throws Exception {
    String deployment = "beyond" + Math.abs(hours) + (hours < 0 ? "-behind" : "-ahead");
    Wallet wrong = replica(deployment).set("expiry", "PT1H");
    String ticket;
    try (Enclave enclave = wrong.ready(Duration.ofHours(hours))) {
      SigningKey key = wallet(enclave, 5);
      wrong.backend.begin();
      ticket = deferred(enclave).submit(key, Message.ofUtf8("pay 10"), SignOptions.defaults()).id();
      assertThat(deferred(enclave).find(ticket).orElseThrow().status().ended()).isFalse();
    }
    try (Enclave enclave = replica(deployment).set("expiry", "PT1H").open()) {
      assertThat(ended(enclave, ticket).status()).isEqualTo(Status.DONE);
    }
  }
}
