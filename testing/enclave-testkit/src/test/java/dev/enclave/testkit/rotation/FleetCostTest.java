package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.RotationResult;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a fleet asks of a cloud: fifty replicas over a thousand keys, and over ten thousand in
 * {@code scripts/soak.sh}.
 */
@Tag("full")
class FleetCostTest {

  private static final int REPLICAS = 50;
  private static final int KEYS = Integer.getInteger("enclave.soak.fleet-keys", 1_000);
  private static final int DUE_AT_ONCE = 500;
  private static final Duration INTERVAL = Duration.ofDays(10);
  private static final Duration WINDOW = INTERVAL.dividedBy(90);

  /** Of AWS KMS, the dearest: a key of one version, and names of a hundred keys. */
  private static final int REQUESTS_PER_LOAD = 4;

  private static final int NAMES_PER_PAGE = 100;

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final List<Replica> fleet = new ArrayList<>();
  private final List<Enclave> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Enclave::close);
  }

  @Test
  void aFleetAtRest_asksForLittle_andRotatesEachOfManyDueKeysOnce() {
    Instant made = make();
    for (int i = 0; i < REPLICAS; i++) {
      Replica replica = new Replica(time, store, i);
      fleet.add(replica);
      opened.add(replica.open());
    }
    // One key in 20 seconds on average.
    time.pass(Duration.ofHours(2).plusSeconds(KEYS * 22L));
    double startUp = requests() / (double) REPLICAS;
    assertThat(fleet).allMatch(replica -> replica.keys.calls("load") >= KEYS);

    double before = requests();
    time.pass(Duration.ofHours(24));
    double atRest = (requests() - before) / REPLICAS / (24 * 60);
    System.out.printf(
        "%d replicas, %d keys: %.0f requests a replica to start, %.2f a minute at rest%n",
        REPLICAS, KEYS, startUp, atRest);
    assertThat(atRest).isPositive().isLessThan(2);
    assertThat(rotated()).isEmpty();

    time.pass(Duration.between(time.now(), made.plus(INTERVAL)).minusMinutes(1));
    assertThat(rotated()).isEmpty();
    before = requests();
    time.pass(WINDOW.plusMinutes(12));

    List<RotationResult> rotated = rotated();
    assertThat(rotated.stream().map(result -> result.key().name()).distinct())
        .hasSize(DUE_AT_ONCE)
        .allMatch(FleetCostTest::isDueOften);
    assertThat(rotated).as("each once, and told once").hasSize(DUE_AT_ONCE);
    assertThat(fleet.stream().mapToInt(replica -> replica.keys.calls("activate")).sum())
        .isEqualTo(DUE_AT_ONCE);
    assertThat(fleet).allMatch(replica -> replica.failures == 0);
    TreeMap<Long, Integer> perMinute = new TreeMap<>();
    rotated.forEach(
        result ->
            perMinute.merge(
                Duration.between(made, result.active().createdAt()).toMinutes(), 1, Integer::sum));
    int most = perMinute.values().stream().mapToInt(i -> i).max().orElseThrow();
    System.out.printf(
        "%d keys due at once: rotated within %d minutes, %d in one at most; %.0f requests a"
            + " replica%n",
        DUE_AT_ONCE,
        perMinute.lastKey() - perMinute.firstKey(),
        most,
        (requests() - before) / REPLICAS);
    // Google Cloud KMS takes 60 writes a minute and project, and a rotation has three.
    assertThat(most).isLessThanOrEqualTo(20);
    assertThat(perMinute.lastKey() - perMinute.firstKey())
        .isGreaterThan(WINDOW.toMinutes() * 3 / 5);
  }

  private Instant make() {
    Replica maker = new Replica(time, store, -1).set("enclave.rotation.automatic", "off");
    try (Enclave enclave = maker.open()) {
      for (int i = 0; i < KEYS; i++) {
        KeySpec<dev.enclave.WrappingKey> spec =
            KeySpec.named((i < DUE_AT_ONCE ? "often-" : "seldom-") + i)
                .algorithm(WrappingAlgorithm.AES_256_GCM);
        enclave.createKey(i < DUE_AT_ONCE ? spec.rotation(RotationInterval.every(INTERVAL)) : spec);
      }
    }
    return time.now();
  }

  private static boolean isDueOften(KeyName name) {
    return name.value().startsWith("often-");
  }

  private List<RotationResult> rotated() {
    return fleet.stream().flatMap(replica -> replica.rotated.stream()).toList();
  }

  private double requests() {
    int loads = fleet.stream().mapToInt(replica -> replica.keys.calls("load")).sum();
    int pages = fleet.stream().mapToInt(replica -> replica.keys.calls("page")).sum();
    return loads * (double) REQUESTS_PER_LOAD + pages * Math.ceil(KEYS / (double) NAMES_PER_PAGE);
  }
}
