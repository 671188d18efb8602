package dev.enclave.kubernetes.internal.store;

import dev.enclave.EnvironmentType;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.connect.KubernetesSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.Map;

/** Connections as the backend makes them. */
final class Stores {

  private Stores() {}

  static ApiCalls calls(Pod pod, EnvironmentType environment, Map<String, String> settings)
      throws BackendFailure {
    BackendContext context = pod.context(environment, settings);
    return new ApiCalls(
        ApiServer.of(KubernetesSettings.of(context.settings()), context), context.time());
  }
}
