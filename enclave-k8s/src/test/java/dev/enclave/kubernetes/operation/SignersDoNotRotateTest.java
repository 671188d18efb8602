package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.HeldTasks;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.KekOnAws;
import dev.enclave.kubernetes.campaign.RunningPod;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A process whose account may only get Secrets rotates none by itself, where keys are rotated by
 * themselves: it asks for its rights, and neither fails nor records anything.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class SignersDoNotRotateTest {

  private static final KekOnAws CLOUD = new KekOnAws();
  private static final String NAME = "due-daily";

  @Test
  void asksForItsRights_andForNoKey() throws Exception {
    HeldTasks tasks = new HeldTasks();
    RecordingAuditSink log = new RecordingAuditSink();
    try (RunningPod pod = (RunningPod) CLOUD.start(new FaultInjector(), InstantSource.system())) {
      Deployment rotating = pod.deployment().with("enclave.rotation.interval", "PT24H");
      try (Enclave administrator =
          rotating
              .builder(CLOUD)
              .with(new RecordingAuditSink())
              .scheduler(new HeldTasks())
              .open()) {
        administrator.createKey(
            KeySpec.named(NAME)
                .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                .rotation(RotationInterval.every(Duration.ofDays(1))));
      }
      Deployment signer = rotating.and(pod.site().signer());
      try (Enclave enclave = signer.builder(CLOUD).with(log).scheduler(tasks).open()) {
        new Claims()
            .released(
                enclave.signingKeys().key(NAME),
                enclave.signingKeys().key(NAME).sign(Claims.MESSAGE));
        int before = pod.journal().size();
        int recorded = log.events().size();
        tasks.pass(Duration.ofDays(2));
        Map<String, Integer> sent =
            Bench.count(pod.journal().subList(before, pod.journal().size()));
        assertThat(sent).containsOnlyKeys("create selfsubjectaccessreviews");
        assertThat(log.events()).hasSize(recorded);
        assertThat(enclave.health().findings()).isEmpty();
      }
    }
  }
}
