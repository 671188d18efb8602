package dev.enclave.testkit.rotation;

import static dev.enclave.testkit.rotation.Replica.QUARTER;
import static dev.enclave.testkit.rotation.Replica.WALLET;
import static dev.enclave.testkit.rotation.Replica.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.Orphans;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rotation in two acts, and the end of old versions. */
class PublishAheadTest {

  private static final Duration AHEAD = Duration.ofDays(7);
  private static final Duration VERIFY_FOR = Duration.ofDays(30);
  private static final Duration DESTROY_AFTER = Duration.ofDays(60);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Replica replica =
      new Replica(time, store, 1).set("enclave.rotation.publish-ahead", "P7D");

  private Replica endingLives() {
    return replica
        .set("enclave.rotation.verify-for", "P30D")
        .set("enclave.rotation.destroy-after", "P60D");
  }

  private static List<KeyState> states(KeyInfo key) {
    return key.versions().stream().map(KeyVersion::state).toList();
  }

  @Test
  void publishesTheNextVersionAhead_andActivatesItWhenTheKeyIsDue() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      Instant due = VirtualTime.START.plus(QUARTER);
      assertThat(key.info().nextRotationAt()).contains(due);
      assertThat(key.info().nextPublicationAt()).contains(due.minus(AHEAD));

      time.pass(QUARTER.minus(AHEAD).plus(WINDOW));

      assertThat(replica.published).hasSize(1);
      assertThat(replica.rotated).isEmpty();
      KeyInfo published = key.info();
      assertThat(states(published)).containsExactly(KeyState.ACTIVE, KeyState.PENDING);
      KeyVersion next = published.versions().get(1);
      assertThat(published.nextPublicationAt()).isEmpty();
      assertThat(published.nextRotationAt()).contains(next.createdAt().plus(AHEAD));
      assertThat(key.sign(MESSAGE).version()).isEqualTo(published.versions().get(0).id());

      time.pass(AHEAD);

      assertThat(replica.rotated).hasSize(1);
      RotationResult rotated = replica.rotated.get(0);
      assertThat(rotated.active().id()).isEqualTo(next.id());
      assertThat(rotated.statement()).isPresent();
      Instant activatedAt = rotated.active().activatedAt().orElseThrow();
      assertThat(activatedAt).isBetween(next.createdAt().plus(AHEAD), due.plus(WINDOW));
      assertThat(key.info().lastRotatedAt()).contains(activatedAt);
      assertThat(key.info().nextRotationAt()).contains(activatedAt.plus(QUARTER));
      assertThat(replica.keys.calls("activate")).isEqualTo(1);
    }
  }

  @Test
  void recordsBothActsUnderOneOperationId() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      time.pass(QUARTER.plus(WINDOW));
      List<AuditEvent> acts =
          replica.audit.events().stream()
              .filter(e -> e.operation() == Operation.PUBLISH || e.operation() == Operation.ROTATE)
              .filter(e -> e.phase() == AuditEvent.Phase.OUTCOME)
              .toList();
      assertThat(acts)
          .extracting(AuditEvent::operation)
          .containsExactly(Operation.PUBLISH, Operation.ROTATE);
      assertThat(acts).extracting(AuditEvent::operationId).containsOnly(acts.get(0).operationId());
      assertThat(acts).extracting(AuditEvent::caller).containsOnly("rotation");
    }
  }

  @Test
  void waitsAsLongAfterALatePublication_soThatEveryVerifierKnowsTheVersion() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      replica.keys.between = new Outage(time, VirtualTime.START.plus(QUARTER.plusDays(2)));
      time.pass(QUARTER.plusDays(4));
      assertThat(replica.published).hasSize(1);
      assertThat(replica.rotated).isEmpty();
      Instant madeAt = key.info().versions().get(1).createdAt();
      assertThat(madeAt).isAfter(VirtualTime.START.plus(QUARTER.plusDays(2)));

      time.pass(AHEAD);

      assertThat(replica.rotated).hasSize(1);
      assertThat(replica.rotated.get(0).active().activatedAt().orElseThrow())
          .isAfterOrEqualTo(madeAt.plus(AHEAD));
    }
  }

  @Test
  void disablesAndDestroysOldVersions_eachInItsTimeAndNotBefore() {
    try (Enclave enclave = endingLives().open()) {
      SigningKey key = enclave.createKey(WALLET);
      SignatureValue first = key.sign(MESSAGE);
      time.pass(QUARTER.plus(WINDOW).plus(HOUR));
      Instant replacedAt = key.info().active().orElseThrow().activatedAt().orElseThrow();
      Duration passed = Duration.between(replacedAt, time.now());

      time.pass(VERIFY_FOR.minus(passed).minus(HOUR));
      assertThat(key.verify(MESSAGE, first)).isTrue();
      time.pass(WINDOW.plus(HOUR));
      assertThat(states(key.info())).containsExactly(KeyState.DISABLED, KeyState.ACTIVE);
      assertThat(key.verify(MESSAGE, first)).isFalse();

      time.pass(DESTROY_AFTER.minus(VERIFY_FOR).minus(WINDOW).minus(HOUR));
      assertThat(states(key.info())).containsExactly(KeyState.DISABLED, KeyState.ACTIVE);
      time.pass(WINDOW.plus(HOUR).plus(HOUR));
      assertThat(states(key.info()).get(0)).isEqualTo(KeyState.DESTROYED);
      assertThat(replica.retired)
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.DISABLED, KeyState.DESTROYED);
      assertThat(key.sign(MESSAGE).version()).isEqualTo(key.activeVersion().id());
    }
  }

  @Test
  void neverEndsTheOnlyVersionThatIsLeft() {
    try (Enclave enclave = endingLives().open()) {
      ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
      time.pass(HOUR);
      key.rotate(RotationRequest.now());
      key.disable(key.activeVersion().id());
      time.pass(Duration.ofDays(400));
      assertThat(states(key.info())).containsExactly(KeyState.VERIFY_ONLY, KeyState.DISABLED);
    }
  }

  @Test
  void endsAVersionToo_thatWasReplacedAtTheInstantItWasMade() {
    try (Enclave enclave = endingLives().open()) {
      ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
      key.rotate(RotationRequest.now());
      time.pass(VERIFY_FOR.plus(WINDOW));
      assertThat(states(key.info())).containsExactly(KeyState.DISABLED, KeyState.ACTIVE);
    }
  }

  @Test
  void endsNoVersion_whenTheActiveOneIsSwitchedOffMeanwhile() {
    int readings = 0;
    while (endsNoVersion_whenTheActiveOneIsSwitchedOffBeforeReading(readings)) {
      readings++;
    }
    // The reading that says what to do, and one before it is done.
    assertThat(readings).isGreaterThanOrEqualTo(2);
  }

  /** Whether it was switched off before the old version's time was over and it ended. */
  private static boolean endsNoVersion_whenTheActiveOneIsSwitchedOffBeforeReading(int readings) {
    VirtualTime time = new VirtualTime();
    InMemoryStore store = new InMemoryStore();
    Replica replica =
        new Replica(time, store, 1)
            .set("enclave.rotation.publish-ahead", "P7D")
            .set("enclave.rotation.verify-for", "P30D");
    AtomicBoolean early = new AtomicBoolean();
    try (Enclave enclave = replica.open();
        Enclave other = new Replica(time, store, 2).open()) {
      ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
      time.pass(HOUR);
      key.rotate(RotationRequest.now());
      ManagedKey seen = other.admin().key(key.handle());
      KeyVersionId active = seen.activeVersion().id();
      Instant over = time.now().plus(VERIFY_FOR);
      AtomicInteger left = new AtomicInteger(readings);
      replica.keys.between =
          new SharedKeys.Between() {
            @Override
            public <T> T around(String operation, CallContext context, Call<T> call)
                throws BackendFailure {
              if (operation.equals("load")
                  && !time.now().isBefore(over)
                  && left.getAndDecrement() == 0) {
                early.set(states(seen.info()).get(0) == KeyState.VERIFY_ONLY);
                seen.disable(active);
              }
              return call.run(context);
            }
          };
      time.pass(VERIFY_FOR.plus(VERIFY_FOR));

      KeyState old = early.get() ? KeyState.VERIFY_ONLY : KeyState.DISABLED;
      assertThat(states(key.info())).containsExactly(old, KeyState.DISABLED);
      assertThat(replica.retired).hasSize(early.get() ? 0 : 1);
      return early.get();
    }
  }

  @Test
  void leavesOldVersionsOfAWrappingKeyAlone_andPublishesNone() {
    try (Enclave enclave = endingLives().open()) {
      enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
      byte[] secret = {1, 2, 3};
      var box = enclave.seal("kek-1", secret, new byte[0]);
      time.pass(Duration.ofDays(365));
      assertThat(replica.published).isEmpty();
      assertThat(replica.rotated).hasSize(4);
      assertThat(enclave.unseal(box, new byte[0])).isEqualTo(secret);
      assertThatThrownBy(() -> enclave.admin().key("kek-1").publishNext())
          .isInstanceOfSatisfying(
              EnclaveException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_OPERATION));
    }
  }

  @Test
  void publishesPublicKeysInOrder_theActiveOneFirstThenTheNextOne() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      ManagedKey managed = enclave.admin().key(key.handle());
      managed.rotate(RotationRequest.now());
      KeyInfo info = managed.publishNext();
      assertThat(managed.publishNext().versions()).isEqualTo(info.versions());
      PublishedKeys published = key.publishedKeys();
      assertThat(published.keys().entries())
          .extracting(PublicKeySet.Entry::keyId)
          .containsExactly("wallet-42/2", "wallet-42/3", "wallet-42/1");
      assertThat(published.maxAge()).isEqualTo(HOUR);
      assertThat(published.cacheControl()).isEqualTo("public, max-age=3600, must-revalidate");
      assertThat(PublicKeySet.fromJwks(published.json()).entries())
          .isEqualTo(published.keys().entries());
      assertThat(key.publicKeys().entries()).hasSize(2);
    }
  }

  @Test
  void letsVerifiersKeepPublicKeysUntilTenMinutesBeforeTheKeyIsDue_whereNothingIsPublishedAhead() {
    try (Enclave enclave = new Replica(time, store, 2).open()) {
      SigningKey key = enclave.createKey(WALLET);
      assertThat(key.publishedKeys().maxAge()).isEqualTo(HOUR);
      time.pass(QUARTER.minusMinutes(20));
      key.info();
      assertThat(key.publishedKeys().maxAge()).isEqualTo(Duration.ofMinutes(10));
      time.pass(Duration.ofMinutes(11));
      assertThat(key.publishedKeys().cacheControl()).isEqualTo("no-cache");
    }
  }

  @Test
  void takesThePublishedVersion_whenAnAdministratorRotatesAtOnce() {
    try (Enclave enclave = replica.open()) {
      ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
      KeyVersion next = key.publishNext().versions().get(1);
      RotationResult result = key.rotate(RotationRequest.now());
      assertThat(result.active().id()).isEqualTo(next.id());
      assertThat(states(result.key())).containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }

  @Test
  void verifiesWhatAnotherReplicaSigned_atTheMomentOfItsActivation() {
    Replica other = new Replica(time, store, 2).set("enclave.rotation.automatic", "off");
    try (Enclave enclave = replica.open();
        Enclave elsewhere = other.open()) {
      SigningKey key = enclave.createKey(WALLET);
      ManagedKey managed = enclave.admin().key(key.handle());
      SigningKey verifying = elsewhere.signingKeys().key("wallet-42");

      managed.publishNext();
      assertThat(states(verifying.info())).containsExactly(KeyState.ACTIVE, KeyState.PENDING);
      managed.rotate(RotationRequest.now());
      SignatureValue bare = key.sign(MESSAGE);
      assertThat(verifying.verify(MESSAGE, bare.bytes().toByteArray(), bare.encoding())).isTrue();

      managed.publishNext();
      assertThat(states(verifying.info())).endsWith(KeyState.PENDING);
      managed.rotate(RotationRequest.now());
      assertThat(verifying.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void skipsTheWaitingAfterACompromise_andGivesUpWhatWasPublished() {
    try (Enclave enclave = replica.open()) {
      SigningKey signing = enclave.createKey(WALLET);
      SignatureValue before = signing.sign(MESSAGE);
      ManagedKey key = enclave.admin().key(signing.handle());
      key.publishNext();
      key.rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      assertThat(states(key.info()))
          .containsExactly(KeyState.DISABLED, KeyState.DESTROYED, KeyState.ACTIVE);
      assertThat(signing.verify(MESSAGE, before)).isFalse();
      assertThat(signing.publishedKeys().keys().entries()).hasSize(1);
    }
  }

  @Test
  void takesNothingForAnOrphan_thatMayBePublishedAndWait() {
    OrphanCollector.Orphan waiting = orphan("waiting", AHEAD.plusDays(2));
    OrphanCollector.Orphan left = orphan("left", AHEAD.plusDays(4));
    replica.keys.orphans =
        Optional.of(
            new OrphanCollector() {
              @Override
              public Page orphans(Optional<String> from, CallContext call) {
                return Page.of(List.of(waiting, left), Optional.empty());
              }

              @Override
              public boolean discard(Orphan orphan, CallContext call) {
                return true;
              }
            });
    try (Enclave enclave = replica.open()) {
      time.pass(Duration.ofDays(30));
      assertThat(enclave.admin().orphans().orElseThrow().discard())
          .extracting(Orphans.Orphan::providerUri)
          .containsExactly("left");
    }
  }

  private OrphanCollector.Orphan orphan(String uri, Duration age) {
    Instant then = VirtualTime.START.plus(Duration.ofDays(30));
    return OrphanCollector.Orphan.of(uri, KeyName.of("wallet-42"), then.minus(age));
  }

  @Test
  void rotateDuePublishesFirst_andActivatesWhenTheTimeHasPassed() {
    try (Enclave enclave = replica.set("enclave.rotation.automatic", "off").open()) {
      enclave.createKey(WALLET);
      assertThat(enclave.admin().rotateDue().published()).isEmpty();
      time.pass(QUARTER);
      RotationReport first = enclave.admin().rotateDue();
      assertThat(first.published()).hasSize(1);
      assertThat(first.rotated()).isEmpty();
      RotationReport early = enclave.admin().rotateDue();
      assertThat(early.published()).isEmpty();
      assertThat(early.rotated()).isEmpty();
      assertThat(early.complete()).isTrue();
      time.pass(AHEAD);
      assertThat(enclave.admin().rotateDue().rotated()).hasSize(1);
    }
  }

  @Test
  void isDueInTime_afterAMachineWhoseClockWasAheadActivatedAVersion() {
    Replica ahead = new Replica(time, store, 2).skewed(Duration.ofDays(700));
    try (Enclave wrong = ahead.set("enclave.rotation.automatic", "off").open()) {
      wrong.admin().key(wrong.createKey(WALLET).handle()).rotate(RotationRequest.now());
    }
    try (Enclave enclave = new Replica(time, store, 3).open()) {
      KeyInfo key = enclave.signingKeys().key("wallet-42").info();
      assertThat(key.active().orElseThrow().activatedAt()).isEmpty();
      assertThat(key.lastRotatedAt()).contains(key.active().orElseThrow().createdAt());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "enclave.rotation.publish-ahead, PT1H, PT1H10M",
    "enclave.rotation.publish-ahead, P91D, every PT2160H",
    "enclave.rotation.verify-for, PT1H, PT1H20M",
    "enclave.rotation.destroy-after, P30D, enclave.rotation.verify-for",
    "enclave.rotation.cache-time, soon, ISO 8601",
    "enclave.rotation.cache-time, P8D, P7D",
  })
  void endsTheStart_whenSettingsContradictEachOther(String name, String value, String reason) {
    assertThatThrownBy(() -> replica.set(name, value).open())
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE))
        .hasMessageContaining(name)
        .hasMessageContaining(reason.equals("P7D") ? "publish-ahead" : reason);
  }
}
