package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed when the API server, or the server of the key-encryption key, has carried out
 * one of its requests: each request of a rotation and of a creation, one after the other.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class KillsTest {

  /** More requests than a rotation has. */
  private static final int MOST = 40;

  private static final KekOnAws CLOUD = new KekOnAws();

  private final Killer killer = new Killer(CLOUD);

  private static Enclave open(Deployment deployment, SkippingTime time) {
    return deployment.builder(CLOUD).with(time).with(new RecordingAuditSink()).open();
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void aRotationThatWasKilled_losesNothing_andTheNextOneClearsUp(@TempDir Path folder)
      throws Exception {
    try (RunningPod pod = killer.start()) {
      int requests = 0;
      boolean killed = true;
      while (killed) {
        requests++;
        assertThat(requests).isLessThan(MOST);
        String name = "rotated-" + requests;
        KeyVersion first;
        try (Enclave enclave = open(pod.deployment(), new SkippingTime())) {
          first = enclave.createKey(spec(name)).activeVersion();
        }
        killed = killer.kill(folder, pod.deployment(), "rotate", name, requests);
        requireWhole(pod.deployment(), name, first);
      }
      System.out.println("a rotation killed after each of " + (requests - 1) + " requests");
      assertThat(requests).isGreaterThan(4);
    }
  }

  private static void requireWhole(Deployment deployment, String name, KeyVersion first) {
    SkippingTime later = new SkippingTime();
    try (Enclave enclave = open(deployment, later);
        CloudAccount account = CLOUD.account(deployment)) {
      SigningKey key = enclave.signingKeys().key(name);
      List<KeyVersion> versions = key.info().versions();
      assertThat(versions).as(name).filteredOn(v -> v.state() == KeyState.ACTIVE).hasSize(1);
      assertThat(versions)
          .as(name)
          .hasSizeLessThanOrEqualTo(2)
          .extracting(KeyVersion::publicKey)
          .contains(first.publicKey());
      new Claims().released(key, key.sign(Claims.MESSAGE));
      requireHalves(account, name, versions);
      // The one that was given up has to be an hour old, and then goes.
      later.skip(Duration.ofHours(2));
      enclave.admin().key(name).rotate(RotationRequest.now());
      List<KeyVersion> after = enclave.signingKeys().key(name).info().versions();
      assertThat(after)
          .as(name)
          .extracting(KeyVersion::state)
          .doesNotContain(KeyState.PENDING)
          .containsOnlyOnce(KeyState.ACTIVE);
      requireHalves(account, name, after);
    }
  }

  /** As many private halves as there are versions with one: no more are left anywhere. */
  private static void requireHalves(CloudAccount account, String name, List<KeyVersion> versions) {
    assertThat(account.claimed().get(name))
        .as(name)
        .containsExactlyInAnyOrderElementsOf(
            versions.stream()
                .filter(version -> version.state() != KeyState.DESTROYED)
                .map(KeyVersion::providerUri)
                .toList());
  }

  @Test
  void aCreationThatWasKilled_leavesAWholeKeyOrNone(@TempDir Path folder) throws Exception {
    try (RunningPod pod = killer.start();
        CloudAccount account = CLOUD.account(pod.deployment())) {
      int requests = 0;
      boolean killed = true;
      while (killed) {
        requests++;
        assertThat(requests).isLessThan(MOST);
        String name = "created-" + requests;
        killed = killer.kill(folder, pod.deployment(), "create", name, requests);
        Set<String> left = account.claimed().getOrDefault(name, Set.of());
        assertThat(left).as(name).hasSizeLessThanOrEqualTo(1);
        try (Enclave enclave = open(pod.deployment(), new SkippingTime())) {
          SigningKey key = enclave.ensureKey(spec(name));
          new Claims().released(key, key.sign(Claims.MESSAGE));
          requireHalves(account, name, key.info().versions());
        }
        if (!left.isEmpty()) {
          assertThat(account.claimed().get(name)).isEqualTo(left);
        }
      }
      System.out.println("a creation killed after each of " + (requests - 1) + " requests");
      assertThat(requests).isGreaterThan(2);
    }
  }
}
