package dev.enclave.kubernetes.rewrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.kubernetes.campaign.KekOnAws;
import dev.enclave.kubernetes.campaign.Killer;
import dev.enclave.kubernetes.campaign.RunningPod;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed after each request of a rewrapping; whoever comes next finishes it. */
@Tag("needs-kube-apiserver")
@Tag("full")
class RewrapKillsTest {

  /** More requests than a rewrapping has. */
  private static final int MOST = 40;

  private static final KekOnAws CLOUD = new KekOnAws();
  private static final String NAME = "rewrapped";
  private static final String SECRET = "enclave-rewrapped-key";

  private final Killer killer = new Killer(CLOUD);

  private static Enclave open(Deployment deployment) {
    return deployment.builder(CLOUD).with(new RecordingAuditSink()).open();
  }

  @Test
  void whoeverComesNextFinishesIt(@TempDir Path folder) throws Exception {
    try (RunningPod pod = killer.start()) {
      Deployment deployment = pod.deployment();
      SealedSecrets secrets = new SealedSecrets(pod.site());
      String old;
      try (Enclave enclave = open(deployment)) {
        enclave.createKey(KeySpec.named(NAME).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
        old = secrets.record(SECRET);
        pod.kek().rotate(CLOUD.others().get(0));
      }
      String oldVersion = secrets.versions().get(SECRET);
      int requests = 0;
      boolean killed = true;
      while (killed) {
        requests++;
        assertThat(requests).isLessThan(MOST);
        secrets.put(SECRET, old);
        killed = killer.kill(folder, deployment, "rewrap", NAME, requests);
        try (Enclave enclave = open(deployment)) {
          // Whatever was under way, the key is whole before anybody goes on with it.
          SigningKey key = enclave.signingKeys().key(NAME);
          new Claims().released(key, key.sign(Claims.MESSAGE));
          assertThat(enclave.admin().rewrapping().orElseThrow().rewrap().complete()).isTrue();
          new Claims().released(key, key.sign(Claims.MESSAGE));
        }
        assertThat(secrets.versions()).hasSize(1).doesNotContainValue(oldVersion);
        assertThat(requests == 1 && !killed).isFalse();
      }
      System.out.println("a rewrapping killed after each of " + (requests - 1) + " requests");
      // List, look, wrap, unwrap twice, read, write.
      assertThat(requests).isGreaterThan(6);
    }
  }
}
