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
import dev.enclave.campaign.kubernetes.KubernetesRelay;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.RacingProcess;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed when the API server, or the server of the key-encryption key, has carried out
 * one of its requests: each request of a rotation and of a creation, one after the other.
 */
@Tag("needs-kube-apiserver")
@Tag("exhaustive")
class KillsTest {

  /** More requests than a rotation has. */
  private static final int MOST = 40;

  private static final KekOnAws CLOUD = new KekOnAws();

  private final Killing killing = new Killing();

  /** Lets a request through and kills its sender before the answer. */
  private static final class Killing implements Interceptor {

    private int left;
    private @Nullable ChildProcess victim;

    synchronized void after(int requests, ChildProcess process) {
      left = requests;
      victim = process;
    }

    synchronized void never() {
      victim = null;
    }

    private synchronized Optional<ChildProcess> dying() {
      return victim == null || --left > 0 ? Optional.empty() : Optional.of(victim);
    }

    @Override
    public Delivery intercept(ServiceRequest request, Service service) {
      Optional<ChildProcess> dying = dying();
      Delivery answer = Delivery.answer(service.handle(request));
      dying.ifPresent(ChildProcess::close);
      return dying.isPresent() ? Delivery.reset() : answer;
    }
  }

  private RunningPod start() {
    AwsKmsServer aws = AwsKmsServer.builder().interceptor(killing).start();
    return new RunningPod(
        PodSite.start(SharedApiServer.get(), at -> KubernetesRelay.start(at, killing)),
        CLOUD.environment(),
        Optional.of(Keks.onAws(aws)));
  }

  /** Whether it was killed, and not done before. */
  private boolean kill(Path folder, Deployment deployment, String what, String name, int requests)
      throws Exception {
    Path file = folder.resolve("deployment");
    deployment.write(file);
    try (ChildProcess process =
        ChildProcess.start(
            folder,
            RacingProcess.class,
            CLOUD.getClass().getName(),
            file.toString(),
            what,
            name,
            "1")) {
      process.awaitLine("ready");
      killing.after(requests, process);
      process.goOn();
      Optional<String> said = process.lineOrEnd();
      killing.never();
      said.ifPresent(line -> assertThat(line).startsWith("won "));
      return said.isEmpty();
    }
  }

  private static Enclave open(Deployment deployment, SkippingTime time) {
    return deployment.builder(CLOUD).with(time).with(new RecordingAuditSink()).open();
  }

  private static KeySpec<SigningKey> spec(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  }

  @Test
  void aRotationThatWasKilled_losesNothing_andTheNextOneClearsUp(@TempDir Path folder)
      throws Exception {
    try (RunningPod pod = start()) {
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
        killed = kill(folder, pod.deployment(), "rotate", name, requests);
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
      SigningKey key = enclave.key(name);
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
      List<KeyVersion> after = enclave.key(name).info().versions();
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
    try (RunningPod pod = start();
        CloudAccount account = CLOUD.account(pod.deployment())) {
      int requests = 0;
      boolean killed = true;
      while (killed) {
        requests++;
        assertThat(requests).isLessThan(MOST);
        String name = "created-" + requests;
        killed = kill(folder, pod.deployment(), "create", name, requests);
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
