package dev.enclave.kubernetes.rewrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.KekOnVault;
import dev.enclave.kubernetes.campaign.KekServer;
import dev.enclave.kubernetes.campaign.RunningPod;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A key-encryption key in Vault rotates while processes sign; Secrets are sealed anew in the
 * background by the process whose account may write them.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class KekRotationTest {

  /** Set to 200 by {@code scripts/soak.sh}. */
  private static final int KEYS = Integer.getInteger("enclave.soak.rewrapped-keys", 40);

  private static final int SIGNERS = 16;
  private static final int ROTATIONS = 3;

  /** At 30 seconds a key, and until the next look at the key-encryption key. */
  private static final Duration PASS = Duration.ofSeconds(30L * KEYS).plusHours(2);

  private static final long BREATH = Duration.ofMillis(100).toNanos();

  private static final KekOnVault CLOUD = new KekOnVault();

  private static String name(int number) {
    return "wallet-" + number;
  }

  private static Enclave open(Deployment deployment, HeldTasks tasks) {
    return deployment.builder(CLOUD).with(new RecordingAuditSink()).scheduler(tasks).open();
  }

  /** Signs with one key after the other until told to stop; returns how often. */
  private static int sign(Enclave enclave, int from, AtomicBoolean stop) {
    int signed = 0;
    for (int i = from; !stop.get(); i++) {
      enclave.signingKeys().key(name(i % KEYS)).sign(Claims.MESSAGE);
      signed++;
      LockSupport.parkNanos(BREATH);
    }
    return signed;
  }

  @Test
  void noSignatureFails_andTheOldVersionsCanBeDisabled() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    HeldTasks tasks = new HeldTasks();
    ExecutorService threads = Executors.newFixedThreadPool(SIGNERS);
    try (RunningPod pod = (RunningPod) CLOUD.start(new FaultInjector(), InstantSource.system())) {
      SealedSecrets secrets = new SealedSecrets(pod.site());
      Deployment signing = pod.deployment().and(pod.site().signer());
      try (Enclave writer = open(pod.deployment(), tasks);
          Enclave signer = open(signing, tasks)) {
        for (int i = 0; i < KEYS; i++) {
          writer.createKey(KeySpec.named(name(i)).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
        }
        List<Future<Integer>> signatures = new ArrayList<>();
        for (int i = 0; i < SIGNERS; i++) {
          Enclave by = i % 2 == 0 ? writer : signer;
          int from = i * KEYS / SIGNERS;
          signatures.add(threads.submit(() -> sign(by, from, stop)));
        }
        int before = pod.journal().size();
        for (int rotation = 0; rotation < ROTATIONS; rotation++) {
          String old = secrets.versions().get("enclave-" + name(0) + "-key");
          pod.kek().rotate(CLOUD.others().get(0));
          tasks.pass(PASS);
          assertThat(secrets.versions())
              .hasSize(KEYS)
              .doesNotContainValue(old)
              .satisfies(all -> assertThat(all.values().stream().distinct()).hasSize(1));
        }
        Map<String, Integer> sent =
            Bench.count(pod.journal().subList(before, pod.journal().size()));
        stop.set(true);
        int signed = 0;
        for (Future<Integer> one : signatures) {
          signed += one.get();
        }
        System.out.println(
            signed
                + " signatures while "
                + KEYS
                + " keys were rewrapped "
                + ROTATIONS
                + " times: "
                + sent);
        assertThat(signed).isGreaterThan(SIGNERS * ROTATIONS);
        assertThat(sent.get("update secrets")).isEqualTo(KEYS * ROTATIONS);
        assertThat(writer.health().findings()).isEmpty();
        assertThat(writer.admin().rewrapping().orElseThrow().rewrap().current()).hasSize(KEYS);
      }
      assertThat(tasks.held()).isZero();
      disableOldVersions(pod.kek());
      try (Enclave restarted = open(signing, tasks)) {
        for (int i = 0; i < KEYS; i++) {
          SigningKey key = restarted.signingKeys().key(KeyName.of(name(i)));
          new Claims().released(key, key.sign(Claims.MESSAGE));
        }
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }

  private static void disableOldVersions(KekServer server) {
    try (Enclave operator = server.operator(CLOUD.others().get(0))) {
      ManagedKey kek = operator.admin().key(KekServer.NAME);
      List<KeyVersion> old =
          kek.info().versions().stream().filter(v -> v.state() != KeyState.ACTIVE).toList();
      assertThat(old).hasSize(ROTATIONS);
      old.forEach(version -> kek.disable(version.id()));
    }
  }
}
