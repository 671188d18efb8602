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
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendDecorator.Call;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

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

  int rotations;
  int signatures;
  int crashes;
  int lost;
  private final long seed;
  private final Random random;
  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final List<Running> fleet = new ArrayList<>();
  private final List<Signed> signed = new ArrayList<>();
  private long opened;
  private boolean calm;

  /** What was signed when. */
  private record Signed(KeyName key, Message message, SignatureValue signature) {}

  SimulatedYear(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** A replica, which may be dead already and not know it. */
  private final class Running implements SharedKeys.Between {

    private final Enclave enclave;
    private boolean dead;

    Running() {
      Replica replica =
          new Replica(time, store, seed * 1_000_000 + opened++)
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
    Replica watcher =
        new Replica(time, store, seed * 1_000_000 - 1).set("enclave.rotation.automatic", "off");
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
        watching.admin().keys().forEach(this::requireOneActive);
      }
      calm = true;
      time.pass(Duration.ofDays(2));
      watching.admin().keys().forEach(this::requireOnTime);
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
        signed.add(new Signed(key, message, any.key(key).sign(message)));
      } catch (EnclaveException e) {
        // A dead process signs nothing.
        assertThat(e.retryable() || e.category().name().equals("CONNECTIVITY"))
            .as("seed %d: %s", seed, e.getMessage())
            .isTrue();
      }
    }
  }

  private void requireOneActive(KeyInfo key) {
    assertThat(key.versions().stream().filter(v -> v.state() == KeyState.ACTIVE))
        .as("seed %d, key %s", seed, key.name())
        .hasSize(1);
  }

  private void requireOnTime(KeyInfo key) {
    assertThat(key.versions())
        .as("seed %d: versions of key %s that nobody finished", seed, key.name())
        .noneMatch(version -> version.state() == KeyState.PENDING);
    List<KeyVersion> used =
        key.versions().stream().filter(v -> v.state() != KeyState.DESTROYED).toList();
    Duration interval = key.rotation().period().orElseThrow();
    Duration skew = Duration.ofSeconds(2 * MOST_SKEW_SECONDS);
    for (int i = 1; i < used.size(); i++) {
      Duration age = Duration.between(used.get(i - 1).createdAt(), used.get(i).createdAt());
      assertThat(age)
          .as("seed %d: version %s of key %s", seed, used.get(i).id(), key.name())
          .isBetween(
              interval.minus(skew), interval.plus(interval.dividedBy(90)).plus(skew).plus(SLACK));
      rotations++;
    }
    assertThat(Duration.between(used.get(used.size() - 1).createdAt(), time.now()))
        .as("seed %d: the active version of key %s", seed, key.name())
        .isLessThan(interval.plus(interval.dividedBy(90)).plus(skew).plus(SLACK));
  }

  private void verify(Enclave watching) {
    for (Signed each : signed) {
      assertThat(watching.key(each.key()).verify(each.message(), each.signature()))
          .as("seed %d: what key %s signed", seed, each.key())
          .isTrue();
      signatures++;
    }
    assertThat(signatures).isGreaterThan(DAYS * REPLICAS * 9 / 10);
  }
}
