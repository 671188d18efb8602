package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Secrets of a namespace of the real API server, by a relay that injects faults. Without state;
 * whoever has a key-encryption key extends it.
 */
public abstract class KubernetesUnderTest implements CloudUnderTest {

  /** What Enclave may send to the API server. */
  static final Requests REQUESTS =
      Requests.ofStoredKeys(
          Set.of(
              "get secrets", "create selfsubjectrulesreviews", "create selfsubjectaccessreviews"),
          Set.of("list secrets"),
          List.of("create secrets"),
          Set.of("update secrets"));

  /** The server of the key-encryption key; none where nothing wraps. */
  abstract Optional<KekServer> kek(FaultInjector faults, InstantSource clock);

  /** The environment type. */
  String environment() {
    return "development";
  }

  @Override
  public BackendProvider provider() {
    return new KubernetesBackendProvider();
  }

  /** By the machine's clock, which the API server has. */
  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    ApiServer server = SharedApiServer.get();
    // The relay after it: the wrong answers are its own.
    Optional<KekServer> kek = kek(faults, clock);
    return new RunningPod(PodSite.start(server, faults), environment(), kek);
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new KubernetesAccount(this, deployment);
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    // What comes of a change is read once more, and so a wrong answer to it does no harm.
    return operation.equals("get secrets")
        ? Faults.ofAnyRequestAndWrong("another-secret", "another-data", "flipped-bit")
        : Faults.OF_ANY_REQUEST;
  }

  /** A Secret is read once more after a change. */
  @Override
  public boolean noticesEachWrongAnswer() {
    return false;
  }

  /** Java's HTTP client sends a GET again whose connection broke. */
  @Override
  public int requestsOfARead() {
    return 2;
  }

  /** A key is one Secret, which is made whole. */
  @Override
  public boolean leavesOrphans() {
    return false;
  }

  /** A key-encryption key is borrowed from an engine. */
  @Override
  public CloudUnderTest alone() {
    return new WithoutKek();
  }
}
