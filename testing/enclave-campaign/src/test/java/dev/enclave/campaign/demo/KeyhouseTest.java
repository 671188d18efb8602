package dev.enclave.campaign.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.demo.backend.KeyhouseProvider;
import dev.enclave.campaign.demo.service.KeyhouseServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What contracts and campaigns do not ask: tokens, waits that the service asks for, pages. */
class KeyhouseTest {

  private static final KeyName NAME = KeyName.of("wallet");

  private final MutableClock clock = new MutableClock();
  private final List<String> requestIds = Collections.synchronizedList(new ArrayList<>());
  private KeyhouseServer server;
  private CapableBackend backend;

  @BeforeEach
  void open() throws BackendFailure {
    server = KeyhouseServer.start(new FaultInjector(), clock::now, Duration.ofHours(1));
    backend = open(KeyhouseUnderTest.deployment(server));
  }

  private CapableBackend open(Deployment deployment) throws BackendFailure {
    KeyhouseProvider provider = new KeyhouseProvider();
    return new CapableBackend(provider.open(deployment.context(provider.id(), clock)));
  }

  @AfterEach
  void close() {
    backend.close();
    server.close();
  }

  private CallContext call(int attempt) {
    return CallContext.of(
        "op", attempt, Deadline.in(Duration.ofMinutes(1), clock), clock, requestIds::add);
  }

  private KeySnapshot create(KeyName name) throws BackendFailure {
    return backend.create(
        CreateRequest.of(
            name,
            SigningAlgorithm.ED25519,
            RotationInterval.NEVER,
            EnvironmentType.DEVELOPMENT,
            "create-" + name),
        call(1));
  }

  private BackendFailure refused(int attempt) {
    return catchThrowableOfType(BackendFailure.class, () -> backend.load(NAME, call(attempt)));
  }

  private long tokens() {
    return server.journal().of("IssueToken").size();
  }

  @Test
  void goesOnWithAnotherToken_whenTheFirstHasExpired() throws BackendFailure {
    create(NAME);
    clock.advance(Duration.ofHours(2));
    assertThat(backend.load(NAME, call(1)).versions()).hasSize(1);
    assertThat(tokens()).isEqualTo(2);
    assertThat(server.journal().entries()).extracting(JournalEntry::status).doesNotContain(401);
  }

  @Test
  void fetchesAnotherToken_whenOneIsTakenBack() throws BackendFailure {
    create(NAME);
    // A token that has just been issued is believed over who refuses it.
    clock.advance(Duration.ofMinutes(1));
    server.revokeTokens();
    assertThat(refused(1))
        .returns(FailureCode.ACCESS_DENIED, BackendFailure::code)
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .hasMessageContaining("GetKey on houses/main/keys/wallet")
        .hasMessageContaining("TokenExpired");
    assertThat(backend.load(NAME, call(2)).versions()).hasSize(1);
    assertThat(tokens()).isEqualTo(2);
  }

  @Test
  void givesUp_whenEveryTokenIsRefused() throws BackendFailure {
    create(NAME);
    server.revokeTokens();
    assertThat(refused(3)).returns(FailureClass.TRANSIENT, BackendFailure::failureClass);
    assertThat(refused(4)).returns(FailureClass.PERMANENT, BackendFailure::failureClass);
  }

  @Test
  void saysThatTheSecretIsWrong() throws BackendFailure {
    Deployment wrong = KeyhouseUnderTest.deployment(server);
    backend.close();
    backend = open(wrong.with("enclave.keyhouse.secret-file", "/run/keyhouse/nothing"));
    assertThat(refused(1))
        .returns(FailureCode.ACCESS_DENIED, BackendFailure::code)
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
        .hasMessageNotContaining(server.secret());
  }

  @Test
  void waitsAsLongAsTheServiceAsks() throws BackendFailure {
    create(NAME);
    server.limit(0);
    assertThat(refused(1))
        .returns(FailureClass.THROTTLED, BackendFailure::failureClass)
        .returns(Optional.of(Duration.ofSeconds(1)), BackendFailure::retryAfter);
  }

  @Test
  void tellsTheIdOfEachRequest_refusedOnesToo() throws BackendFailure {
    create(NAME);
    BackendFailure unknown =
        catchThrowableOfType(
            BackendFailure.class, () -> backend.load(KeyName.of("unknown"), call(1)));
    assertThat(unknown.code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(requestIds)
        .containsExactlyElementsOf(
            server.journal().entries().stream()
                .filter(entry -> !entry.operation().equals("IssueToken"))
                .map(JournalEntry::requestId)
                .toList());
  }

  @Test
  void listsMoreKeysThanAPageHolds() throws BackendFailure {
    List<KeyName> names =
        IntStream.range(0, 120).mapToObj(i -> KeyName.of("key-" + i)).sorted().toList();
    for (KeyName name : names) {
      create(name);
    }
    assertThat(backend.list(call(1))).isEqualTo(names);
    assertThat(server.journal().of("ListKeys")).hasSize(3);
  }

  @Test
  void changesAKeyThatOthersChangeAtTheSameTime() throws BackendFailure {
    create(NAME);
    IntStream.rangeClosed(1, 40)
        .parallel()
        .forEach(
            hours -> {
              try {
                backend.changeInterval(
                    NAME, RotationInterval.every(Duration.ofHours(hours)), call(1));
              } catch (BackendFailure e) {
                throw new AssertionError(e.getMessage(), e);
              }
            });
    assertThat(server.journal().of("UpdateKey")).filteredOn(JournalEntry::applied).hasSize(40);
  }
}
