package dev.enclave.testkit.rotation;

import static dev.enclave.testkit.rotation.Replica.QUARTER;
import static dev.enclave.testkit.rotation.Replica.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyState;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What cannot be undone believes no single clock. */
class DoubtedClockTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration AHEAD = Duration.ofDays(65);
  private static final Duration VERIFY_FOR = Duration.ofDays(30);
  private static final Duration DESTROY_AFTER = Duration.ofDays(60);

  /** A tenth of {@code destroy-after}. */
  private static final Duration STEP = Duration.ofDays(6);

  /** The window, an attempt within it, and a retry half a day later. */
  private static final Duration LATE = Duration.ofDays(2);

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Replica replica = replica(1);

  private Replica replica(long seed) {
    return new Replica(time, store, seed)
        .set("enclave.rotation.verify-for", "P30D")
        .set("enclave.rotation.destroy-after", "P60D");
  }

  /** A key whose first version was just replaced. */
  private ManagedKey rotatedKey(Enclave enclave) {
    ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
    time.pass(DAY);
    key.rotate(RotationRequest.now());
    return key;
  }

  private KeyState first() {
    try (Enclave looking = replica(99).set("enclave.rotation.automatic", "off").open()) {
      return looking.admin().key(WALLET.name()).info().versions().get(0).state();
    }
  }

  private static Finding finding(Enclave enclave) {
    assertThat(enclave.health().findings()).hasSize(1);
    Finding finding = enclave.health().findings().get(0);
    assertThat(finding.code()).isEqualTo(ErrorCode.CLOCK_DOUBTED);
    assertThat(enclave.health().healthy()).isTrue();
    return finding;
  }

  @Test
  void endsNoVersionEarly_byAClockThatIs65DaysAheadOfTheProviders_andSaysSo() {
    try (Enclave enclave = replica.open();
        Enclave ahead = replica(2).skewed(AHEAD).open()) {
      ManagedKey key = rotatedKey(enclave);
      Instant replacedAt = time.now();

      time.pass(Duration.ofDays(10));

      assertThat(key.info().versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
      assertThat(finding(ahead).observed())
          .contains("2026-03-18T", "2026-01-12T", "memory", "earlier");
      assertThat(enclave.health().findings()).isEmpty();

      time.pass(VERIFY_FOR.minus(Duration.ofDays(10)).plus(DAY));
      assertThat(key.info().versions().get(0).state()).isEqualTo(KeyState.DISABLED);
      time.pass(Duration.between(time.now(), replacedAt.plus(DESTROY_AFTER)));
      assertThat(key.info().versions().get(0).state()).isEqualTo(KeyState.DISABLED);
      time.pass(LATE);
      assertThat(key.info().versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    }
  }

  @Test
  void rotatesNoKeyEarly_byAClockThatIsAheadOfTheProviders() {
    Replica ahead = replica(2).skewed(AHEAD);
    try (Enclave enclave = replica.set("enclave.rotation.automatic", "off").open();
        Enclave rotating = ahead.open()) {
      enclave.createKey(WALLET);

      time.pass(QUARTER.minus(DAY));
      assertThat(ahead.rotated).isEmpty();
      assertThat(finding(rotating).observed()).contains("earlier");
      time.pass(LATE);
      assertThat(ahead.rotated).hasSize(1);
    }
  }

  @Test
  void destroysNothingEarly_whereTheClockWasAheadFromTheStart_andNoAnswerTellsTheTime() {
    replica.withoutProvidersTime();
    Instant replacedAt;
    try (Enclave enclave = replica.open()) {
      rotatedKey(enclave);
      replacedAt = time.now();
      time.pass(DAY);
    }
    replica.skewed(AHEAD);
    try (Enclave enclave = replica.reopen()) {
      time.pass(Duration.ofDays(5));
      // That is undone by enabling it.
      assertThat(first()).isEqualTo(KeyState.DISABLED);
      assertThat(finding(enclave).observed())
          .contains("2026-03-03T", "tells no time", "Nothing was destroyed");
    }
    // Another start believes it no more.
    try (Enclave enclave = replica.reopen()) {
      time.pass(Duration.between(time.now(), replacedAt.plus(DESTROY_AFTER).minus(STEP)));
      assertThat(first()).isEqualTo(KeyState.DISABLED);
      time.pass(LATE);
      assertThat(first()).isEqualTo(KeyState.DESTROYED);
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void destroysNothingEarly_whereTheClockJumpsWhileTheProcessRuns() {
    replica.withoutProvidersTime();
    try (Enclave enclave = replica.open()) {
      rotatedKey(enclave);
      Instant replacedAt = time.now();
      replica.skewed(AHEAD);

      time.pass(Duration.between(time.now(), replacedAt.plus(DESTROY_AFTER)));
      assertThat(first()).isEqualTo(KeyState.DISABLED);
      assertThat(finding(enclave).observed()).contains("tells no time");
      time.pass(LATE);
      assertThat(first()).isEqualTo(KeyState.DESTROYED);
    }
  }

  @Test
  void destroysInTime_whereAProcessStartsEachDay_andNoAnswerTellsTheTime() {
    replica.withoutProvidersTime();
    Instant replacedAt;
    try (Enclave enclave = replica.open()) {
      rotatedKey(enclave);
      replacedAt = time.now();
    }
    while (time.now().isBefore(replacedAt.plus(DESTROY_AFTER).plus(LATE))) {
      if (time.now().isBefore(replacedAt.plus(DESTROY_AFTER))) {
        assertThat(first()).isNotEqualTo(KeyState.DESTROYED);
      }
      try (Enclave enclave = replica.reopen()) {
        time.pass(DAY);
        assertThat(enclave.health().findings()).isEmpty();
      }
    }
    assertThat(first()).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void countsFromWhenTheNextVersionWasMade_whoseActivatorHadASlowClock() {
    Replica slow = replica(2).skewed(AHEAD.negated()).set("enclave.rotation.automatic", "off");
    try (Enclave enclave = replica.open();
        Enclave behind = slow.open()) {
      ManagedKey key = enclave.admin().key(enclave.createKey(WALLET).handle());
      time.pass(QUARTER.minus(DAY));
      key.publishNext();
      behind.admin().key(key.handle()).rotate(RotationRequest.now());

      time.pass(Duration.ofDays(10));

      assertThat(key.info().versions().get(0).state()).isEqualTo(KeyState.VERIFY_ONLY);
    }
  }
}
