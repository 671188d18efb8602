package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.KubernetesRelay;
import dev.enclave.emulators.fault.FaultInjector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;

/**
 * Where pods run: a namespace of its own with a service account that may do with Secrets what the
 * backend needs, and a relay before the API server.
 *
 * @param namespace of the Secrets
 */
record PodSite(ApiServer server, KubernetesRelay relay, String namespace) implements AutoCloseable {

  static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount/";

  /** How the administrator reaches the API server; no client looks there. */
  static final String ADMINISTRATOR = "/campaign/administrator";

  private static final String ACCOUNT = "wallet";

  /** More time is skipped than a pod's token lasts. */
  private static final Duration TOKEN = Duration.ofDays(36_500);

  /** With faults on command. */
  static PodSite start(ApiServer server, FaultInjector faults) {
    return start(server, at -> KubernetesRelay.start(at, faults));
  }

  /** By a relay of any kind. */
  static PodSite start(ApiServer server, Function<ApiServer, KubernetesRelay> relay) {
    byte[] unique = new byte[6];
    new SecureRandom().nextBytes(unique);
    String namespace = "campaign-" + HexFormat.of().formatHex(unique);
    server.createNamespace(namespace);
    server.createServiceAccount(namespace, ACCOUNT);
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "enclave"},
         "rules": [{"apiGroups": [""], "resources": ["secrets"],
                    "verbs": ["get", "list", "create", "update"]}]}
        """
            .formatted(namespace));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%s", "name": "enclave"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "enclave"},
         "subjects": [{"kind": "ServiceAccount", "namespace": "%s", "name": "%s"}]}
        """
            .formatted(namespace, namespace, ACCOUNT));
    server.awaitAllowed(namespace, ACCOUNT, "get", "any");
    return new PodSite(server, relay.apply(server), namespace);
  }

  /** What a pod there sees. */
  Deployment pod(String environment) {
    String administrator =
        String.join("\n", server.uri().toString(), server.adminToken(), server.caPem());
    return new Deployment(
        Map.of("enclave.environment", environment, "enclave.backend", "kubernetes"),
        Map.of(
            "KUBERNETES_SERVICE_HOST", relay.uri().getHost(),
            "KUBERNETES_SERVICE_PORT", Integer.toString(relay.uri().getPort())),
        Map.of(
            FOLDER + "ca.crt",
            relay.caPem(),
            FOLDER + "namespace",
            namespace,
            FOLDER + "token",
            server.token(namespace, ACCOUNT, TOKEN),
            ADMINISTRATOR,
            administrator));
  }

  /** What leads a pod past the relay. */
  Deployment direct() {
    return new Deployment(
        Map.of(),
        Map.of("KUBERNETES_SERVICE_PORT", Integer.toString(server.uri().getPort())),
        Map.of(FOLDER + "ca.crt", server.caPem()));
  }

  @Override
  public void close() {
    relay.close();
  }
}
