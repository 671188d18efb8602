package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Kills a process when the API server, or the server of the key-encryption key, has carried out one
 * of its requests, and before the answer.
 */
public final class Killer implements Interceptor {

  private final KekOnAws cloud;
  private int left;
  private @Nullable ChildProcess victim;

  /**
   * @param cloud what the processes are clients of
   */
  public Killer(KekOnAws cloud) {
    this.cloud = cloud;
  }

  /** Servers that this kills the clients of. */
  public RunningPod start() {
    AwsKmsServer aws = AwsKmsServer.builder().interceptor(this).start();
    return new RunningPod(
        PodSite.start(SharedApiServer.get(), at -> KubernetesRelay.start(at, this)),
        cloud.environment(),
        Optional.of(Keks.onAws(aws)));
  }

  /**
   * Has a process do something, and kills it after so many requests of that.
   *
   * @param what as {@link RacingProcess} has it
   * @return whether it was killed, and not done before
   */
  public boolean kill(Path folder, Deployment deployment, String what, String name, int requests)
      throws Exception {
    Path file = folder.resolve("deployment");
    deployment.write(file);
    try (ChildProcess process =
        ChildProcess.start(
            folder, RacingProcess.class, cloud.getClass().getName(), file.toString())) {
      process.tell(what + " " + name + " 1");
      process.awaitLine("ready");
      after(requests, process);
      process.goOn();
      Optional<String> said = process.lineOrEnd();
      never();
      said.ifPresent(line -> assertThat(line).startsWith("won "));
      return said.isEmpty();
    }
  }

  private synchronized void after(int requests, ChildProcess process) {
    left = requests;
    victim = process;
  }

  private synchronized void never() {
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
