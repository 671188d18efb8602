package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.bench.PatientTime;
import dev.enclave.campaign.bench.Standstills;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What signatures and starts cost the API server and the provider of the key-encryption key. */
@Tag("needs-kube-apiserver")
@Tag("full")
class RestartsTest {

  private static final int PODS = 50;
  private static final int KEYS = 100;
  private static final int SIGNATURES = 10_000;

  /** A reading of a key serves for two minutes. So often it has grown older. */
  private static final int TIMES_OLD = 4;

  private static final Duration OLD = Duration.ofSeconds(121);

  /** As a signature may take in all attempts. */
  private static final int ATTEMPTS = 8;

  /** A busy machine starts a pod more than once; each start may ask what a start asks. */
  private final AtomicInteger starts = new AtomicInteger();

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  private static Enclave open(KekOnAws cloud, RunningPod pod) {
    return open(cloud, pod, new PatientTime());
  }

  private static Enclave open(KekOnAws cloud, RunningPod pod, PatientTime time) {
    return pod.deployment()
        .builder(cloud)
        .with(new RecordingAuditSink())
        .with(time)
        .scheduler(new HeldTasks())
        .open();
  }

  private Enclave started(KekOnAws cloud, RunningPod pod) {
    starts.incrementAndGet();
    return open(cloud, pod);
  }

  @Test
  void tenThousandSignaturesOfHundredKeys_costHundredCallsToTheKek() throws Exception {
    KekOnAws cloud = new KekOnAws();
    try (RunningPod pod = (RunningPod) cloud.start(new FaultInjector(), InstantSource.system());
        Standstills standstills = new Standstills()) {
      try (Enclave enclave = open(cloud, pod)) {
        for (int i = 0; i < KEYS; i++) {
          enclave.createKey(spec("counted-" + i));
        }
      }
      int before = pod.journal().size();
      PatientTime time = new PatientTime();
      try (Enclave enclave = open(cloud, pod, time)) {
        List<SigningKey> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
          keys.add(enclave.signingKeys().key("counted-" + i));
        }
        for (int i = 0; i < SIGNATURES; i++) {
          if (i % (SIGNATURES / TIMES_OLD) == 0) {
            time.pause(OLD);
          }
          keys.get(i % KEYS).sign(Claims.MESSAGE);
        }
      }
      Map<String, Integer> sent = Bench.count(pod.journal().subList(before, pod.journal().size()));
      System.out.println(
          SIGNATURES + " signatures of " + KEYS + " keys after a start cost " + sent);
      // An attempt that the machine stood still in is repeated.
      assertThat(sent.get("Decrypt")).isBetween(KEYS, KEYS + standstills.count());
      assertThat(sent.keySet()).doesNotContain("Encrypt");
      assertThat(sent.get("get secrets")).isBetween((1 + TIMES_OLD) * KEYS, (2 + TIMES_OLD) * KEYS);
      assertThat(sent.keySet()).doesNotContain("list secrets");
    }
  }

  @Test
  void fiftyPodsThatStartAtOnce_unwrapOnceEach() throws Exception {
    Map<String, Integer> sent = startAll(FaultPlan.NONE);
    assertThat(sent.get("Decrypt")).isBetween(PODS, starts.get());
    assertThat(sent.values()).allMatch(count -> count <= 4 * starts.get());
  }

  @Test
  void fiftyPodsThatStartAtOnce_doNotOverrunAKekThatThrottles() throws Exception {
    Map<String, Integer> sent =
        startAll(FaultPlan.seeded(20261128).share("Decrypt", 30, Fault.refused(Reason.THROTTLED)));
    // A third more at the most, and what is repeated of that.
    assertThat(sent.get("Decrypt")).isBetween(PODS + 1, 2 * starts.get());
  }

  /** What was sent until each had signed with the same key. */
  private Map<String, Integer> startAll(FaultPlan plan) throws Exception {
    KekOnAws cloud = new KekOnAws();
    FaultInjector faults = new FaultInjector();
    ExecutorService threads = Executors.newFixedThreadPool(PODS);
    try (RunningPod pod = (RunningPod) cloud.start(faults, InstantSource.system())) {
      try (Enclave enclave = open(cloud, pod)) {
        enclave.createKey(spec("shared"));
      }
      faults.follow(plan);
      int before = pod.journal().size();
      CyclicBarrier start = new CyclicBarrier(PODS);
      List<Future<?>> pods = new ArrayList<>();
      for (int i = 0; i < PODS; i++) {
        pods.add(
            threads.submit(
                () -> {
                  start.await();
                  PatientStart.signing(() -> started(cloud, pod), "shared").close();
                  return null;
                }));
      }
      for (Future<?> one : pods) {
        one.get();
      }
      Map<String, Integer> sent = Bench.count(pod.journal().subList(before, pod.journal().size()));
      System.out.println(PODS + " pods started at once, plan " + plan + ": " + sent);
      assertThat(sent.get("Decrypt")).isLessThanOrEqualTo(starts.get() * ATTEMPTS);
      return sent;
    } finally {
      threads.shutdownNow();
    }
  }
}
