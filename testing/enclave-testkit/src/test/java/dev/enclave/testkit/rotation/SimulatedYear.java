package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A hundred keys, and ten replicas that crash, stall, lose answers and have clocks up to five
 * minutes off, for a year. Everything is decided by the seed.
 */
final class SimulatedYear {

  private static final int REPLICAS = 10;
  private static final int KEYS = 100;
  private static final int DAYS = 365;
  private static final List<Duration> INTERVALS =
      List.of(Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(90));
  private static final Set<String> CHANGES = Set.of("prepare", "activate", "changeState");
  private static final long MOST_SKEW_SECONDS = 300;

  /** A failed attempt is repeated by the same replica or another within this. */
  private static final Duration SLACK = Duration.ofHours(3);

  private static final Duration AHEAD = Duration.ofDays(1);
  private static final Duration VERIFY_FOR = Duration.ofDays(3);
  private static final Duration DESTROY_AFTER = Duration.ofDays(10);

  int rotations;
  int signatures;
  int crashes;
  int lost;
  int ended;
  int asAnnounced;
  private int verifiedInTime;
  private final long seed;
  private final boolean wholeLives;
  private final Random random;
  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final List<Running> fleet = new ArrayList<>();
  private final List<Signed> signed = new ArrayList<>();
  private final Map<KeyName, KeyInfo> lastSeen = new HashMap<>();
  private long opened;
  private boolean calm;

  /** What was signed when. */
  private record Signed(KeyName key, Message message, SignatureValue signature, Instant at) {}

  SimulatedYear(long seed) {
    this.seed = seed;
    // Of three years one is as it is where nothing is configured.
    this.wholeLives = seed % 3 != 0;
    this.random = new Random(seed);
  }

  private Replica process(long number) {
    Replica replica = new Replica(time, store, seed * 1_000_000 + number);
    return wholeLives
        ? replica
            .set("enclave.rotation.publish-ahead", AHEAD.toString())
            .set("enclave.rotation.verify-for", VERIFY_FOR.toString())
            .set("enclave.rotation.destroy-after", DESTROY_AFTER.toString())
        : replica;
  }

  /** A replica, which may be dead already and not know it. */
  private final class Running implements SharedKeys.Between {

    private final Enclave enclave;
    private boolean dead;

    Running() {
      Replica replica =
          process(opened++)
              .skewed(
                  Duration.ofSeconds(random.nextLong(-MOST_SKEW_SECONDS, MOST_SKEW_SECONDS + 1)));
      enclave = replica.open();
      replica.keys.between = this;
    }

    @Override
    public <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure {
      if (dead) {
        throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "this process is dead");
      }
      if (calm) {
        return call.run(context);
      }
      dies(CHANGES.contains(operation) ? 0.01 : 0.0002);
      if (random.nextDouble() < (CHANGES.contains(operation) ? 0.05 : 0.0005)) {
        // The others go on meanwhile.
        time.pass(Duration.ofMillis(random.nextLong(1, 120_000)));
      }
      T answer = call.run(context);
      dies(CHANGES.contains(operation) ? 0.01 : 0.0002);
      if (random.nextDouble() < (CHANGES.contains(operation) ? 0.05 : 0.005)) {
        lost++;
        throw CHANGES.contains(operation)
            ? BackendFailure.ambiguous(FailureCode.TIMEOUT, "the answer was lost")
            : BackendFailure.transientFailure(FailureCode.TIMEOUT, "the answer was lost");
      }
      return answer;
    }

    /** From this moment on the process does nothing more, and another one starts later. */
    private void dies(double probability) throws BackendFailure {
      if (random.nextDouble() >= probability) {
        return;
      }
      dead = true;
      crashes++;
      time.schedule(Duration.ofMinutes(random.nextLong(1, 60)), this::replace);
      throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "this process has died");
    }

    private void replace() {
      fleet.remove(this);
      enclave.close();
      fleet.add(new Running());
    }
  }

  void run() {
    System.out.println("a year of rotations, seed " + seed);
    Replica watcher = process(-1).set("enclave.rotation.automatic", "off");
    try (Enclave watching = watcher.open()) {
      for (int i = 0; i < REPLICAS; i++) {
        fleet.add(new Running());
      }
      for (int i = 0; i < KEYS; i++) {
        watching.createKey(
            KeySpec.named("key-" + i)
                .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                .rotation(RotationInterval.every(INTERVALS.get(i % INTERVALS.size()))));
        time.pass(Duration.ofMinutes(random.nextLong(600)));
      }
      for (int day = 0; day < DAYS; day++) {
        time.pass(Duration.ofDays(1));
        sign();
        watching.admin().listKeys().keys().forEach(this::look);
        verifyRecent(watching);
      }
      calm = true;
      time.pass(Duration.ofDays(2));
      watching.admin().listKeys().keys().forEach(this::requireOnTime);
      verify(watching);
    } finally {
      fleet.forEach(each -> each.enclave.close());
    }
  }

  private void sign() {
    for (int i = 0; i < REPLICAS; i++) {
      KeyName key = KeyName.of("key-" + random.nextInt(KEYS));
      Message message = Message.ofUtf8("payment " + signed.size());
      try {
        Enclave any = fleet.get(random.nextInt(fleet.size())).enclave;
        signed.add(new Signed(key, message, any.signingKeys().key(key).sign(message), time.now()));
      } catch (EnclaveException e) {
        // A dead process signs nothing.
        assertThat(e.retryable() || e.category().name().equals("CONNECTIVITY"))
            .as("seed %d: %s", seed, e.getMessage())
            .isTrue();
      }
    }
  }

  private void look(KeyInfo key) {
    requireOneActive(key);
    KeyInfo before = lastSeen.put(key.name(), key);
    if (before != null
        && !before.active().map(KeyVersion::id).equals(key.active().map(KeyVersion::id))) {
      requireAsAnnounced(before, key);
    }
  }

  /** What the key told the day before is what happened, and what it tells of it afterwards. */
  private void requireAsAnnounced(KeyInfo before, KeyInfo key) {
    Instant announced = before.nextRotationAt().orElseThrow();
    Instant happened = activated(key.active().orElseThrow());
    Duration skew = Duration.ofSeconds(2 * MOST_SKEW_SECONDS);
    Duration window = key.rotation().period().orElseThrow().dividedBy(90);
    assertThat(happened)
        .as("seed %d: the rotation of key %s", seed, key.name())
        .isBetween(
            announced.minus(skew),
            announced.plus(window).plus(skew).plus(SLACK.multipliedBy(wholeLives ? 2 : 1)));
    assertThat(key.lastRotatedAt()).contains(happened);
    asAnnounced++;
  }

  private void requireOneActive(KeyInfo key) {
    assertThat(key.versions().stream().filter(v -> v.state() == KeyState.ACTIVE))
        .as("seed %d, key %s", seed, key.name())
        .hasSize(1);
  }

  private void requireOnTime(KeyInfo key) {
    requireNothingAbandoned(key);
    List<KeyVersion> used =
        key.versions().stream().filter(v -> v.activatedAt().isPresent()).toList();
    Duration interval = key.rotation().period().orElseThrow();
    Duration skew = Duration.ofSeconds(2 * MOST_SKEW_SECONDS);
    Duration late = interval.dividedBy(90).plus(skew).plus(SLACK.multipliedBy(wholeLives ? 2 : 1));
    for (int i = 1; i < used.size(); i++) {
      assertThat(Duration.between(activated(used.get(i - 1)), activated(used.get(i))))
          .as("seed %d: version %s of key %s", seed, used.get(i).id(), key.name())
          .isBetween(interval.minus(skew), interval.plus(late));
      requireEndOfLife(key, used.get(i - 1), activated(used.get(i)));
      rotations++;
    }
    assertThat(Duration.between(activated(used.get(used.size() - 1)), time.now()))
        .as("seed %d: the active version of key %s", seed, key.name())
        .isLessThan(interval.plus(late));
  }

  private static Instant activated(KeyVersion version) {
    return version.activatedAt().orElseThrow();
  }

  /** What is pending is published and waits; where nothing is published, nothing is pending. */
  private void requireNothingAbandoned(KeyInfo key) {
    List<KeyVersion> pending =
        key.versions().stream().filter(v -> v.state() == KeyState.PENDING).toList();
    assertThat(pending)
        .as("seed %d: versions of key %s that nobody finished", seed, key.name())
        .hasSizeLessThanOrEqualTo(wholeLives ? 1 : 0)
        .allMatch(v -> v.createdAt().plus(AHEAD).plus(SLACK).isAfter(time.now()));
  }

  private void requireEndOfLife(KeyInfo key, KeyVersion version, Instant replacedAt) {
    Duration since = Duration.between(replacedAt, time.now());
    Duration skew = Duration.ofSeconds(2 * MOST_SKEW_SECONDS);
    Duration late = Duration.ofDays(1).plus(SLACK);
    KeyState latest =
        !wholeLives || since.compareTo(VERIFY_FOR.minus(skew)) < 0
            ? KeyState.VERIFY_ONLY
            : since.compareTo(DESTROY_AFTER.minus(skew)) < 0
                ? KeyState.DISABLED
                : KeyState.DESTROYED;
    KeyState earliest =
        !wholeLives || since.compareTo(VERIFY_FOR.plus(late)) < 0
            ? KeyState.VERIFY_ONLY
            : since.compareTo(DESTROY_AFTER.plus(late)) < 0
                ? KeyState.DISABLED
                : KeyState.DESTROYED;
    assertThat(version.state())
        .as("seed %d: version %s of key %s, replaced %s ago", seed, version.id(), key.name(), since)
        .isBetween(earliest, latest);
    if (version.state() == KeyState.DESTROYED) {
      ended++;
    }
  }

  /** What was signed two days ago: its version verifies a day more, whatever became of it. */
  private void verifyRecent(Enclave watching) {
    Instant from = time.now().minus(VERIFY_FOR).plus(Duration.ofHours(1));
    Instant to = from.plus(Duration.ofDays(1));
    for (int i = signed.size() - 1; i >= 0 && signed.get(i).at().isAfter(from); i--) {
      if (signed.get(i).at().isBefore(to)) {
        verify(watching, signed.get(i));
        verifiedInTime++;
      }
    }
  }

  private void verify(Enclave watching, Signed each) {
    assertThat(watching.signingKeys().key(each.key()).verify(each.message(), each.signature()))
        .as("seed %d: what key %s signed", seed, each.key())
        .isTrue();
  }

  /** All that was ever signed, as long as its version verifies. */
  private void verify(Enclave watching) {
    Map<KeyName, KeyInfo> keys =
        watching.admin().listKeys().keys().stream()
            .collect(Collectors.toMap(KeyInfo::name, key -> key));
    for (Signed each : signed) {
      KeyState state =
          Objects.requireNonNull(keys.get(each.key()))
              .version(each.signature().version())
              .orElseThrow()
              .state();
      if (state.mayConsume()) {
        verify(watching, each);
      } else {
        assertThat(wholeLives).isTrue();
      }
      signatures++;
    }
    assertThat(signatures).isGreaterThan(DAYS * REPLICAS * 9 / 10);
    // Each rotation but those of the last two days and of the days in which the keys were made.
    assertThat(asAnnounced).isGreaterThan(rotations * 9 / 10);
    assertThat(verifiedInTime).isGreaterThan(DAYS * REPLICAS * 8 / 10);
  }
}
