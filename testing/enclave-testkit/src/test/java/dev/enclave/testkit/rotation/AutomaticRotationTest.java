package dev.enclave.testkit.rotation;

import static dev.enclave.testkit.rotation.Replica.QUARTER;
import static dev.enclave.testkit.rotation.Replica.WALLET;
import static dev.enclave.testkit.rotation.Replica.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One replica, and what it rotates when. */
class AutomaticRotationTest {

  /** So many keys that nothing hangs on when each of them comes. */
  private static final int MANY = 60;

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Replica replica = new Replica(time, store, 1);

  @Test
  void rotatesAKeyWithinTheWindowAfterItIsDue_andNotBefore() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      SignatureValue before = key.sign(MESSAGE);
      time.pass(QUARTER.minusMinutes(1));
      assertThat(replica.rotated).isEmpty();

      time.pass(WINDOW.plusMinutes(11));

      assertThat(replica.rotated).hasSize(1);
      RotationResult result = replica.rotated.get(0);
      assertThat(result.reason()).isEqualTo(RotationReason.SCHEDULED);
      assertThat(result.statement()).isPresent();
      assertThat(result.previous().state()).isEqualTo(KeyState.VERIFY_ONLY);
      assertThat(key.sign(MESSAGE).version()).isEqualTo(result.active().id());
      assertThat(key.verify(MESSAGE, before)).isTrue();
      assertThat(key.info().nextRotationAt()).contains(result.active().createdAt().plus(QUARTER));
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void rotatesAgain_asOftenAsAYearHasQuarters() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      time.pass(Duration.ofDays(365));
      assertThat(replica.rotated).hasSize(4);
    }
  }

  @Test
  void recordsEachRotation_onBehalfOfRotation() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      time.pass(QUARTER.plus(WINDOW).plusHours(1));
      assertThat(replica.rotations())
          .extracting(AuditEvent::caller, AuditEvent::result)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("rotation", Result.PENDING),
              org.assertj.core.groups.Tuple.tuple("rotation", Result.SUCCESS));
      assertThat(replica.rotations()).allMatch(e -> e.operationId().matches("due-[0-9a-f]{32}"));
    }
  }

  @Test
  void rotatesAnAddressOnlyIfItsSpecificationAsks() {
    try (Enclave enclave = replica.open()) {
      for (SigningAlgorithm algorithm :
          List.of(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_SECP256K1_SHA256)) {
        String name = algorithm.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        enclave.createKey(KeySpec.named(name).algorithm(algorithm));
        enclave.createKey(
            KeySpec.named(name + "-asked")
                .algorithm(algorithm)
                .rotation(RotationInterval.every(Duration.ofDays(30))));
      }
      time.pass(Duration.ofDays(31));
      assertThat(replica.rotated)
          .extracting(result -> result.key().name().value())
          .containsExactlyInAnyOrder("ed25519-asked", "ecdsa-secp256k1-sha256-asked");
      time.pass(Duration.ofDays(400));
      assertThat(replica.rotated)
          .allMatch(result -> result.key().name().value().endsWith("-asked"));
    }
  }

  @Test
  void neverRotatesAnAdoptedKey() {
    InMemoryProvider foreign = new InMemoryProvider(store);
    String uri =
        foreign.placeForeignKey(
            SigningAlgorithm.ECDSA_P256_SHA256, VirtualTime.START, Replica.seeded(2));
    try (Enclave enclave = replica.set("enclave.keys.treasury", uri).open()) {
      enclave.signingKeys().key("treasury").sign(MESSAGE);
      time.pass(Duration.ofDays(400));
      assertThat(replica.keys.calls("prepare")).isZero();
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void isOffWhereTheEnvironmentTypeHasNoInterval_unlessSwitchedOn() {
    KeySpec<SigningKey> monthly = WALLET.rotation(RotationInterval.every(Duration.ofDays(30)));
    replica.set("enclave.environment", "local");
    try (Enclave enclave = replica.open()) {
      enclave.createKey(monthly);
      assertThat(time.waiting()).isZero();
    }
    try (Enclave enclave = replica.set("enclave.rotation.automatic", "on").reopen()) {
      time.pass(Duration.ofDays(31));
      assertThat(replica.rotated).hasSize(1);
      assertThat(enclave.health().findings()).noneMatch(AutomaticRotationTest::overdue);
    }
  }

  private static boolean overdue(Finding finding) {
    return finding.code() == ErrorCode.ROTATION_OVERDUE;
  }

  @Test
  void isOnWhereAnIntervalIsConfigured() {
    replica.set("enclave.environment", "local").set("enclave.rotation.interval", "P10D");
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      time.pass(Duration.ofDays(11));
      assertThat(replica.rotated).hasSize(1);
    }
  }

  @Test
  void canBeSwitchedOff() {
    try (Enclave enclave = replica.set("enclave.rotation.automatic", "off").open()) {
      enclave.createKey(WALLET);
      assertThat(time.waiting()).isZero();
    }
  }

  @Test
  void isNotDone_whereTheBackendCannotRotate_andRefusedWhereItIsSwitchedOn() {
    replica.keys.lacking = Set.of(KeyRotator.class);
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      assertThat(time.waiting()).isZero();
    }
    replica.set("enclave.rotation.automatic", "on");
    assertThatThrownBy(replica::open)
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE))
        .hasMessageContaining("memory cannot list and rotate keys");
  }

  @Test
  void refusesAValueThatIsNeitherOnNorOff() {
    assertThatThrownBy(() -> replica.set("enclave.rotation.automatic", "yes").open())
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID_VALUE))
        .hasMessageContaining("enclave.rotation.automatic")
        .hasMessageContaining("off, on");
  }

  @Test
  void countsFromTheRotation_whenAnAdministratorWasFaster() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      time.pass(QUARTER.minusDays(10));
      enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      time.pass(Duration.ofDays(89));
      assertThat(replica.rotated).isEmpty();
      time.pass(Duration.ofDays(3));
      assertThat(replica.rotated).hasSize(1);
    }
  }

  @Test
  void tellsThatItWasOvertaken_whenAnotherReplicaRotatedDueKeysFirst() {
    Replica administrator = new Replica(time, store, 2).set("enclave.rotation.automatic", "off");
    try (Enclave enclave = replica.open();
        Enclave other = administrator.open()) {
      List<KeyHandle> keys = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        keys.add(
            enclave
                .createKey(
                    KeySpec.named("wallet-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256))
                .handle());
      }
      time.pass(QUARTER);
      for (KeyHandle key : keys) {
        other.admin().key(key).rotate(RotationRequest.now());
      }
      time.pass(WINDOW);

      // Those that it had not read again before their turn came.
      assertThat(replica.overtaken).isNotEmpty().doesNotHaveDuplicates();
      assertThat(replica.rotated).isEmpty();
      assertThat(keys)
          .allMatch(key -> enclave.signingKeys().key(key).info().versions().size() == 2);
    }
  }

  @Test
  void aListenerThatThrows_changesNothing() {
    try (Enclave enclave =
        replica
            .builder()
            .scheduler(time)
            .onRotation(
                result -> {
                  throw new IllegalStateException("mine");
                })
            .open()) {
      enclave.createKey(WALLET);
      time.pass(Duration.ofDays(365));
      assertThat(replica.rotated).hasSize(4);
    }
  }

  @Test
  void aListenerMayCloseTheEnclave() {
    Enclave[] opened = new Enclave[1];
    opened[0] = replica.builder().scheduler(time).onRotation(result -> opened[0].close()).open();
    opened[0].createKey(WALLET);
    time.pass(Duration.ofDays(200));
    assertThat(replica.rotated).hasSize(1);
    assertThat(time.waiting()).isZero();
  }

  @Test
  void itsThreadEndsWithTheEnclave() throws InterruptedException {
    // Another class of this virtual machine may have left one of that name.
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    Enclave enclave = replica.builder().open();
    Thread own =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !others.contains(thread))
            .filter(thread -> thread.getName().equals("enclave-rotation"))
            .findFirst()
            .orElseThrow();
    assertThat(own.isDaemon()).isTrue();
    enclave.close();
    own.join(60_000);
    assertThat(own.isAlive()).isFalse();
  }

  @Test
  void leavesNothingScheduled_onceClosed() {
    Enclave enclave = replica.open();
    assertThat(time.waiting()).isEqualTo(1);
    enclave.close();
    assertThat(time.waiting()).isZero();
  }

  @Test
  void asksForNothing_inItsFirstMinute() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET.rotation(RotationInterval.every(Duration.ofHours(1))));
      int before = replica.keys.calls.values().stream().mapToInt(i -> i).sum();
      time.pass(Duration.ofSeconds(59));
      assertThat(replica.keys.calls.values().stream().mapToInt(i -> i).sum()).isEqualTo(before);
    }
  }

  @Test
  void tellsTheNextRotation_asItWillHappen() {
    Instant due;
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      due = key.info().nextRotationAt().orElseThrow();
      time.pass(QUARTER.plus(WINDOW).plusHours(1));
      Optional<Instant> rotated = key.info().lastRotatedAt();
      assertThat(rotated.orElseThrow()).isBetween(due, due.plus(WINDOW));
    }
  }
}
