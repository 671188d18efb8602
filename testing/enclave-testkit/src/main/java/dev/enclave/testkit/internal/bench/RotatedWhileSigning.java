package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.SteppedTasks;
import dev.enclave.testkit.internal.Racers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keys that are rotated by one Enclave while threads sign with them: half of them through that
 * Enclave, half through another one, as another replica does, where the store outlives the first.
 * Where versions are published ahead, nobody makes one by hand beside.
 */
public final class RotatedWhileSigning {

  private static final int THREADS = 16;
  private static final int KEYS = 2;
  private static final int ROUNDS = 2;
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration CACHE_TIME = Duration.ofMinutes(5);

  /** Longer than what is made may belong to one operation: before, a version may be Enclave's. */
  private static final Duration ONE_OPERATION = Duration.ofMinutes(20);

  /** A step reads or rotates one key; failures come from elsewhere. */
  private static final int MOST_STEPS = 60;

  /** A thread that signs nothing for so long hangs. */
  private static final int STUCK_SECONDS = 60;

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private record Signed(int key, SignatureValue signature) {}

  private final Workbench bench;
  private final Duration publishAhead;

  /** How often each thread signs while a step is made; two acts have twice the steps. */
  private final int signaturesPerStep;

  private final JumpingTime time;
  private final BackendHarness harness;
  private final SteppedTasks tasks = new SteppedTasks();

  /** The keys of this test: those of others are not on the list, and nothing is done to them. */
  private final Set<KeyName> names = new HashSet<>();

  private final List<RotationResult> rotated = new ArrayList<>();
  private final List<KeyVersionId> published = new ArrayList<>();
  private final Queue<EnclaveException> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Signed> here = new ConcurrentLinkedQueue<>();
  private final Queue<Signed> elsewhere = new ConcurrentLinkedQueue<>();
  private final List<Semaphore> wanted =
      Stream.generate(() -> new Semaphore(0)).limit(THREADS).toList();
  private final Semaphore signed = new Semaphore(0);
  private volatile boolean done;

  public RotatedWhileSigning(Workbench bench, Duration publishAhead) {
    this.bench = bench;
    this.publishAhead = publishAhead;
    this.signaturesPerStep = publishAhead.isZero() ? 2 : 1;
    this.time = new JumpingTime(bench.harness().time());
    this.harness = bench.harness().on(time, bench.harness().settling());
  }

  public void play() throws Exception {
    boolean shared = harness.expects(BackendTrait.PERSISTENT);
    try (Enclave rotating =
            EngineBackend.builder(harness, settings(), new RecordingAuditSink(), names::contains)
                .scheduler(tasks)
                .onRotation(listener())
                .open();
        Enclave other = shared ? open() : rotating) {
      List<SigningKey> keys = create(rotating);
      bench.settle();
      Optional<String> byHand = rotateByHand(keys.get(0));
      List<SigningKey> others =
          keys.stream().map(key -> other.signingKeys().key(key.handle())).toList();
      List<Callable<Boolean>> racers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        boolean first = thread < THREADS / 2;
        racers.add(() -> sign(thread, first ? keys : others, first ? here : elsewhere));
      }
      racers.add(this::rotate);
      Racers.race(racers);
      assertThat(failures).isEmpty();
      requireRotated(keys, byHand);
      byHand.ifPresent(version -> requireTold(rotating, version));
      bench.settle();
      // One that has seen nothing of it.
      try (Enclave fresh = shared ? open() : rotating) {
        requireVerified(fresh, keys);
      }
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(Map.of("enclave.rotation.automatic", "on"));
    if (!publishAhead.isZero()) {
      settings.put("enclave.rotation.publish-ahead", publishAhead.toString());
      settings.put("enclave.rotation.cache-time", CACHE_TIME.toString());
    }
    return settings;
  }

  private RotationListener listener() {
    return new RotationListener() {
      @Override
      public void rotated(RotationResult result) {
        rotated.add(result);
      }

      @Override
      public void published(KeyInfo key, KeyVersion next) {
        assertThat(next.state()).isEqualTo(KeyState.PENDING);
        published.add(next.id());
      }
    };
  }

  private Enclave open() {
    return EngineBackend.builder(harness, Map.of("enclave.rotation.automatic", "off")).open();
  }

  private List<SigningKey> create(Enclave enclave) {
    List<SigningKey> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      KeyName name = bench.freshName();
      names.add(name);
      keys.add(
          enclave.createKey(
              KeySpec.named(name.value())
                  .algorithm(bench.signingAlgorithm())
                  .rotation(RotationInterval.every(INTERVAL))));
    }
    return keys;
  }

  /** Somebody rotates in the provider's console, where there is one: nobody of Enclave's. */
  private Optional<String> rotateByHand(SigningKey key) throws Exception {
    time.jump(ONE_OPERATION);
    return harness.foreignKeys().isPresent() && publishAhead.isZero()
        ? harness.foreignKeys().get().rotate(key.handle().name())
        : Optional.empty();
  }

  private static void requireTold(Enclave enclave, String byHand) {
    assertThat(enclave.health().findings())
        .as("a finding that names " + byHand)
        .anyMatch(finding -> finding.observed().contains(byHand));
  }

  private boolean sign(int thread, List<SigningKey> keys, Queue<Signed> into)
      throws InterruptedException {
    int key = thread % KEYS;
    while (true) {
      wanted.get(thread).acquire();
      if (done) {
        return true;
      }
      try {
        into.add(new Signed(key, keys.get(key).sign(MESSAGE)));
      } catch (EnclaveException e) {
        failures.add(e);
      }
      signed.release();
    }
  }

  private boolean rotate() throws InterruptedException {
    try {
      for (int round = 1; round <= ROUNDS; round++) {
        time.jump(INTERVAL);
        for (int step = 0; rotated.size() < round * KEYS; step++) {
          assertThat(step)
              .as("steps, with " + rotated.size() + " rotations")
              .isLessThan(MOST_STEPS);
          whileAllSign(() -> tasks.runNext(time::jump));
        }
        whileAllSign(() -> {});
      }
      return true;
    } finally {
      done = true;
      wanted.forEach(Semaphore::release);
    }
  }

  /** Each thread begins to sign, the step is made, and each ends its signatures. */
  private void whileAllSign(Runnable step) throws InterruptedException {
    wanted.forEach(thread -> thread.release(signaturesPerStep));
    step.run();
    assertThat(signed.tryAcquire(THREADS * signaturesPerStep, STUCK_SECONDS, TimeUnit.SECONDS))
        .as("all signatures within " + STUCK_SECONDS + " seconds")
        .isTrue();
  }

  /** Once in each round, whatever somebody made by hand, which signs nothing. */
  private void requireRotated(List<SigningKey> keys, Optional<String> byHand) {
    assertThat(rotated).hasSize(KEYS * ROUNDS);
    // Each was known before it signed, and nothing else was.
    assertThat(published)
        .containsExactlyInAnyOrderElementsOf(
            publishAhead.isZero()
                ? List.of()
                : rotated.stream()
                    .map(result -> result.key().active().orElseThrow().id())
                    .toList());
    for (int i = 0; i < KEYS; i++) {
      int number = i;
      List<KeyVersion> versions =
          keys.get(i).info().versions().stream()
              .filter(version -> !byHand.equals(Optional.of(version.providerUri())))
              .toList();
      assertThat(versions)
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      assertThat(
              here.stream()
                  .filter(made -> made.key() == number)
                  .map(made -> made.signature().version())
                  .collect(Collectors.toSet()))
          .as("the versions that signed in the Enclave that rotates")
          .containsExactlyInAnyOrderElementsOf(versions.stream().map(KeyVersion::id).toList());
    }
  }

  private void requireVerified(Enclave enclave, List<SigningKey> keys) {
    List<Signed> all = new ArrayList<>(here);
    all.addAll(elsewhere);
    assertThat(all).hasSizeGreaterThan(THREADS * KEYS * ROUNDS);
    for (int i = 0; i < KEYS; i++) {
      int number = i;
      SigningKey key = enclave.signingKeys().key(keys.get(i).handle());
      assertThat(all)
          .filteredOn(made -> made.key() == number)
          .allMatch(made -> key.verify(MESSAGE, made.signature()));
    }
  }
}
