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
 * backend needs, one that may only get them, and a relay before the API server.
 *
 * @param namespace of the Secrets
 */
public record PodSite(ApiServer server, KubernetesRelay relay, String namespace) implements AutoCloseable {

  public static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount/";

  /** How the administrator reaches the API server; no client looks there. */
  static final String ADMINISTRATOR = "/campaign/administrator";

  private static final String ACCOUNT = "wallet";
  private static final String SIGNER = "signer";

  /** More time is skipped than a pod's token lasts. */
  private static final Duration TOKEN = Duration.ofDays(36_500);

  /** With faults on command. */
  public static PodSite start(ApiServer server, FaultInjector faults) {
    return start(server, at -> KubernetesRelay.start(at, faults));
  }

  /** By a relay of any kind. */
  public static PodSite start(ApiServer server, Function<ApiServer, KubernetesRelay> relay) {
    byte[] unique = new byte[6];
    new SecureRandom().nextBytes(unique);
    String namespace = "campaign-" + HexFormat.of().formatHex(unique);
    server.createNamespace(namespace);
    allow(server, namespace, ACCOUNT, "\"get\", \"list\", \"create\", \"update\"");
    allow(server, namespace, SIGNER, "\"get\"");
    return new PodSite(server, relay.apply(server), namespace);
  }

  private static void allow(ApiServer server, String namespace, String account, String verbs) {
    server.createServiceAccount(namespace, account);
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "%s"},
         "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": [%s]}]}
        """
            .formatted(namespace, account, verbs));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%1$s", "name": "%2$s"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%2$s"},
         "subjects": [{"kind": "ServiceAccount", "namespace": "%1$s", "name": "%2$s"}]}
        """
            .formatted(namespace, account));
    server.awaitAllowed(namespace, account, "get", "any");
  }

  /** What a pod whose account may only get Secrets sees besides. */
  public Deployment signer() {
    return new Deployment(
        Map.of(), Map.of(), Map.of(FOLDER + "token", server.token(namespace, SIGNER, TOKEN)));
  }

  /** What a pod there sees. */
  public Deployment pod(String environment) {
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
