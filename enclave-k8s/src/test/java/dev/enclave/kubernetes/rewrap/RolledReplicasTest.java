package dev.enclave.kubernetes.rewrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.KekOnAws;
import dev.enclave.kubernetes.campaign.PatientStart;
import dev.enclave.kubernetes.campaign.RunningPod;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Fifty replicas of a deployment start at once and sign; then each is replaced by a new one, while
 * the key-encryption key rotates and an administrator's process rewraps the key. Their account may
 * only get Secrets.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class RolledReplicasTest {

  private static final int REPLICAS = 50;
  private static final String NAME = "shared";
  private static final Duration DAY = Duration.ofDays(1);
  private static final KekOnAws CLOUD = new KekOnAws();

  private final HeldTasks theirs = new HeldTasks();

  /** A busy machine starts a replica more than once; each start may ask what a start asks. */
  private final AtomicInteger starts = new AtomicInteger();

  private Enclave startAndSign(Deployment deployment) {
    return PatientStart.signing(
        () -> {
          starts.incrementAndGet();
          return deployment.builder(CLOUD).with(new RecordingAuditSink()).scheduler(theirs).open();
        },
        NAME);
  }

  private static void sign(Enclave replica) {
    SigningKey key = replica.signingKeys().key(NAME);
    new Claims().released(key, key.sign(Claims.MESSAGE));
  }

  private static Map<String, Integer> sent(RunningPod pod, int before) {
    return Bench.count(pod.journal().subList(before, pod.journal().size()));
  }

  private static <T> List<T> atOnce(ExecutorService threads, List<Callable<T>> tasks)
      throws Exception {
    List<T> done = new ArrayList<>();
    for (Future<T> one : threads.invokeAll(tasks)) {
      done.add(one.get());
    }
    return done;
  }

  @Test
  void startAtOnce_sign_andAreRolledWhileTheKekRotates() throws Exception {
    HeldTasks administrators = new HeldTasks();
    ExecutorService threads = Executors.newFixedThreadPool(REPLICAS);
    List<Enclave> replicas = new ArrayList<>();
    try (RunningPod pod = (RunningPod) CLOUD.start(new FaultInjector(), InstantSource.system());
        Enclave administrator =
            pod.deployment()
                .builder(CLOUD)
                .with(new RecordingAuditSink())
                .scheduler(administrators)
                .open()) {
      administrator.createKey(KeySpec.named(NAME).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      Deployment signer = pod.deployment().and(pod.site().signer());
      SealedSecrets secrets = new SealedSecrets(pod.site());
      String first = secrets.versions().get("enclave-" + NAME + "-key");

      int before = pod.journal().size();
      replicas.addAll(atOnce(threads, Collections.nCopies(REPLICAS, () -> startAndSign(signer))));
      Map<String, Integer> started = sent(pod, before);
      System.out.println(REPLICAS + " replicas started at once and signed: " + started);
      int begun = starts.getAndSet(0);
      assertThat(started.get("Decrypt")).isBetween(REPLICAS, begun);
      assertThat(started.get("get secrets")).isBetween(REPLICAS, 2 * begun);
      assertThat(started.values()).allMatch(count -> count <= 4 * begun);

      pod.kek().rotate(CLOUD.others().get(0));
      int rotated = pod.journal().size();
      List<Callable<Boolean>> rolling = new ArrayList<>();
      rolling.add(
          () -> {
            administrators.pass(Duration.ofHours(2));
            return true;
          });
      for (int i = 0; i < REPLICAS; i++) {
        int one = i;
        rolling.add(
            () -> {
              Enclave next = startAndSign(signer);
              replicas.get(one).close();
              synchronized (replicas) {
                replicas.set(one, next);
              }
              return true;
            });
      }
      atOnce(threads, rolling);
      Map<String, Integer> rolled = sent(pod, rotated);
      System.out.println("rolled while the KEK rotated and the key was rewrapped: " + rolled);
      assertThat(secrets.versions()).hasSize(1).doesNotContainValue(first);
      assertThat(rolled).containsEntry("update secrets", 1).containsEntry("list secrets", 1);
      int again = starts.get();
      // One more for whoever read the Secret just before it was written, and two to write it.
      assertThat(rolled.get("Decrypt")).isBetween(REPLICAS, 2 * again);
      assertThat(rolled).containsEntry("Encrypt", 1);
      // Two of each that starts, and four of the administrator, who looks and rewraps.
      assertThat(rolled.get("get secrets")).isBetween(REPLICAS, 2 * again + 4);
      assertThat(rolled.values()).allMatch(count -> count <= 8 * again);

      before = pod.journal().size();
      theirs.pass(DAY);
      Map<String, Integer> day = sent(pod, before);
      System.out.println("what " + REPLICAS + " replicas that may only get do in a day: " + day);
      assertThat(day).containsOnlyKeys("create selfsubjectaccessreviews");
      assertThat(day.values()).allMatch(asked -> asked >= 2 * REPLICAS && asked <= 5 * REPLICAS);
      for (Enclave replica : replicas) {
        sign(replica);
        assertThat(replica.health().findings()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
      replicas.forEach(Enclave::close);
    }
  }
}
