package dev.enclave.testkit.rotation;

import static dev.enclave.testkit.rotation.Replica.QUARTER;
import static dev.enclave.testkit.rotation.Replica.WALLET;
import static dev.enclave.testkit.rotation.Replica.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What becomes of rotations that fail, crash or are interrupted. */
class FailingRotationTest {

  private static final int FLEET = 10;
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Replica replica = new Replica(time, store, 1);

  /** Fails every call of these names until told otherwise. */
  private static final class Failing implements SharedKeys.Between {
    private final List<String> operations;
    private final BackendFailure failure;
    boolean works;

    Failing(BackendFailure failure, String... operations) {
      this.failure = failure;
      this.operations = List.of(operations);
    }

    @Override
    public <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure {
      if (!works && operations.contains(operation)) {
        throw failure;
      }
      return call.run(context);
    }
  }

  private static BackendFailure denied() {
    return BackendFailure.permanent(FailureCode.ACCESS_DENIED, "no right to rotate");
  }

  @Test
  void goesOnSigning_andSaysSo_whileEveryRotationFailsForTwoDays() {
    try (Enclave enclave = replica.open()) {
      for (int i = 0; i < 40; i++) {
        enclave.createKey(KeySpec.named("key-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      time.pass(QUARTER.minusDays(1));
      int loads = replica.keys.calls("load");
      Failing failing = new Failing(denied(), "prepare");
      replica.keys.between = failing;

      time.pass(Duration.ofDays(4));

      SigningKey key = enclave.signingKeys().key("key-7");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(replica.rotated).isEmpty();
      // 40 keys, each due for two days and more; one attempt in 45 minutes, not 40.
      assertThat(replica.keys.calls("prepare")).isBetween(20, 130);
      assertThat(replica.keys.calls("load") - loads).isLessThan(900);
      Finding finding = enclave.health().findings().get(0);
      assertThat(finding.code()).isEqualTo(ErrorCode.ROTATION_OVERDUE);
      assertThat(finding.observed())
          .contains("keys are overdue for rotation", "since 2026-04-01T", "ACCESS_DENIED");
      assertThat(enclave.health().healthy()).isTrue();
      assertThat(replica.failed.values())
          .allMatch(failure -> failure.code() == ErrorCode.ACCESS_DENIED);

      failing.works = true;
      time.pass(Duration.ofHours(14));

      assertThat(replica.rotated).hasSize(40);
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void aFleetMakesNoStorm_whileEveryRotationFailsForTwoDays_andRotatesEachKeyOnceAfterwards() {
    Failing failing =
        new Failing(
            BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "no new keys today"),
            "prepare");
    List<Replica> fleet = new ArrayList<>();
    List<Enclave> opened = new ArrayList<>();
    for (int i = 0; i < FLEET; i++) {
      Replica one = new Replica(time, store, 100 + i);
      one.keys.between = failing;
      fleet.add(one);
      opened.add(one.open());
    }
    for (int i = 0; i < 40; i++) {
      opened
          .get(0)
          .createKey(KeySpec.named("key-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
    time.pass(QUARTER.minusHours(1));
    int reads = sum(fleet, "load");
    int hours = 0;
    int most = 0;
    for (int before = 0; hours < 72; hours++) {
      time.pass(Duration.ofHours(1));
      most = Math.max(most, sum(fleet, "prepare") - before);
      before = sum(fleet, "prepare");
    }
    // A day in which they become due, and two that each of them is.
    System.out.printf(
        "%d replicas, 40 keys due, no rotation for %d hours: %d attempts, %d in one hour at most,"
            + " %d readings%n",
        FLEET, hours, sum(fleet, "prepare"), most, sum(fleet, "load") - reads);
    assertThat(sum(fleet, "prepare")).isBetween(FLEET, FLEET * hours * 4);
    assertThat(most).as("attempts in one hour").isLessThan(FLEET * 12);
    assertThat(sum(fleet, "load") - reads).isLessThan(FLEET * hours * 20);
    for (Enclave enclave : opened) {
      SigningKey key = enclave.signingKeys().key("key-7");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(enclave.health().findings())
          .extracting(Finding::code)
          .containsExactly(ErrorCode.ROTATION_OVERDUE);
    }

    failing.works = true;
    time.pass(Duration.ofHours(14));

    assertThat(sum(fleet, "activate")).isEqualTo(40);
    assertThat(fleet.stream().mapToInt(one -> one.rotated.size()).sum()).isEqualTo(40);
    opened.forEach(enclave -> assertThat(enclave.health().findings()).isEmpty());
    opened.forEach(Enclave::close);
  }

  private static int sum(List<Replica> fleet, String operation) {
    return fleet.stream().mapToInt(one -> one.keys.calls(operation)).sum();
  }

  @Test
  void asksLittle_whileTheProviderIsAway() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
      time.pass(QUARTER.minusHours(1));
      int before = replica.keys.calls("load") + replica.keys.calls("page");
      replica.keys.between =
          new Failing(
              BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "gone"),
              "load",
              "page",
              "prepare",
              "sign",
              "activate");
      time.pass(Duration.ofDays(2));
      int asked = replica.keys.calls("load") + replica.keys.calls("page") - before;
      assertThat(asked).isLessThan(2 * 48 * 8);
      replica.keys.between = SharedKeys.NOTHING;
      time.pass(Duration.ofHours(3));
      assertThat(replica.rotated).hasSize(1);
    }
  }

  @Test
  void beginsAnew_whenWhatItPreparedWasGivenUp() {
    try (Enclave enclave = replica.open()) {
      SigningKey key = enclave.createKey(WALLET);
      replica.keys.between =
          new Failing(denied(), "activate"); // after which the prepared version is destroyed
      time.pass(QUARTER.plus(WINDOW).plusHours(12));
      assertThat(key.info().versions())
          .extracting(version -> version.state())
          .startsWith(KeyState.ACTIVE, KeyState.DESTROYED);
      replica.keys.between = SharedKeys.NOTHING;
      time.pass(Duration.ofHours(13));
      assertThat(replica.rotated).hasSize(1);
      assertThat(key.info().active()).isPresent();
    }
  }

  @Test
  void anotherReplicaFinishesWhatACrashLeft_underTheSameOperationId() {
    Replica other = new Replica(time, store, 2);
    Enclave crashing = replica.open();
    SigningKey key = crashing.createKey(WALLET);
    replica.keys.between =
        new Failing(BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "gone"), "activate");
    time.pass(QUARTER.plus(WINDOW).plusMinutes(11));
    crashing.close();
    try (Enclave enclave = other.open()) {
      time.pass(Duration.ofHours(3));
      assertThat(other.rotated).hasSize(1);
      KeyInfo info = enclave.signingKeys().key(key.handle()).info();
      assertThat(info.versions())
          .extracting(version -> version.state())
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      assertThat(other.rotations().get(0).operationId())
          .isEqualTo(replica.rotations().get(0).operationId());
    }
  }

  @Test
  void goesOn_whenWhatItFinishesWasBegunLongAgo() {
    Replica other = new Replica(time, store, 2);
    KeySpec<SigningKey> hourly = WALLET.rotation(RotationInterval.every(Duration.ofHours(1)));
    Enclave crashing = replica.open();
    crashing.createKey(hourly);
    replica.keys.between =
        new Failing(BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "gone"), "activate");
    time.pass(Duration.ofHours(2));
    crashing.close();
    time.pass(Duration.ofHours(12));
    try (Enclave enclave = other.open()) {
      time.pass(Duration.ofHours(24));
      assertThat(other.rotated).hasSizeBetween(20, 25);
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void stopsAtOnce_whenItsClockIsAhead() {
    try (Enclave enclave = replica.open()) {
      enclave.createKey(WALLET);
    }
    Replica ahead = new Replica(time, store, 3).withoutProvidersTime();
    // What the provider says of a new version is by the provider's clock.
    ahead.keys.between =
        new SharedKeys.Between() {
          @Override
          @SuppressWarnings("unchecked") // it is what it was
          public <T> T around(String operation, CallContext context, Call<T> call)
              throws BackendFailure {
            T answer = call.run(context);
            return answer instanceof dev.enclave.spi.KeySnapshot key
                ? (T)
                    key.withVersions(
                        key.versions().stream()
                            .map(v -> v.withCreatedAt(VirtualTime.START))
                            .map(v -> v.withActivatedAt(Optional.empty()))
                            .toList())
                : answer;
          }
        };
    try (Enclave enclave = ahead.skewed(Duration.ofDays(700)).open()) {
      time.pass(Duration.ofDays(20));
      assertThat(ahead.rotated).hasSize(1);
      assertThat(enclave.health().findings())
          .extracting(Finding::code)
          .containsExactly(ErrorCode.ROTATION_OVERDUE);
    }
  }

  @Test
  void closingInterruptsTheRotationUnderWay_andWaitsForItsEnd() throws InterruptedException {
    Enclave enclave = replica.open();
    enclave.createKey(WALLET);
    CountDownLatch begun = new CountDownLatch(1);
    replica.keys.between =
        new SharedKeys.Between() {
          @Override
          public <T> T around(String operation, CallContext context, Call<T> call)
              throws BackendFailure {
            if (operation.equals("prepare")) {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "interrupted");
              }
            }
            return call.run(context);
          }
        };
    Thread rotating = new Thread(() -> time.pass(QUARTER.plus(WINDOW).plusMinutes(11)));
    rotating.setDaemon(true);
    rotating.start();
    begun.await();

    enclave.close();

    assertThat(replica.rotations())
        .extracting(AuditEvent::result)
        .as("the intent has its outcome, though the log is closed")
        .hasSize(2)
        .startsWith(Result.PENDING)
        .doesNotContain(Result.SUCCESS);
    rotating.join(60_000);
    assertThat(rotating.isAlive()).isFalse();
    assertThat(time.waiting()).isZero();
  }
}
