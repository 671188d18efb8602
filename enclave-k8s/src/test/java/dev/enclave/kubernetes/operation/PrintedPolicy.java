package dev.enclave.kubernetes.operation;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code enclave doctor --iam} prints, for namespaces of a test. */
final class PrintedPolicy {

  private PrintedPolicy() {}

  /** The whole text, for keys in {@code NAME-keys} and pods in {@code NAME}. */
  static String text(ApiServer server, String name) throws BackendFailure {
    return new KubernetesBackendProvider()
        .accessPolicy(
            Pod.in(server).context(EnvironmentType.PRODUCTION, Map.of("namespace", name + "-keys")))
        .text();
  }

  /** Applies all of it but what the API server of the tests is too old for. */
  static Kubectl apply(ApiServer server, String name, Path folder)
      throws BackendFailure, IOException, InterruptedException {
    Kubectl kubectl = new Kubectl(server, folder);
    kubectl.apply(
        Arrays.stream(text(server, name).split("\n---\n", -1))
            .filter(object -> !object.contains("kind: ValidatingAdmissionPolicy"))
            .collect(Collectors.joining("\n---\n")));
    return kubectl;
  }
}
