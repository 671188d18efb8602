package dev.enclave.kubernetes.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.processes.Ended;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RBAC, as doctor prints it, lets neither a pod's account nor a developer reach into a pod. */
@ExtendWith(SharedApiServer.class)
class PodsShutTest {

  private static final String PODS = "shut";
  private static final String POD = "/api/v1/namespaces/" + PODS + "/pods/wallet-0";
  private static final String SPECIFICATION_OF_PODS = "jsonpath={.spec.template.spec}";
  private static final List<String> AS_DEVELOPER =
      List.of("--as=alice", "--as-group=" + PODS + "-developers");

  @Tag("needs-kube-apiserver")
  @Tag("full")
  @Test
  void execAttachAndEphemeralContainersAreForbidden(ApiServer server, @TempDir Path folder)
      throws Exception {
    Kubectl kubectl = PrintedPolicy.apply(server, PODS, folder);
    server.create(
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "%s", "name": "wallet-0"},
         "spec": %s}
        """
            .formatted(
                PODS,
                kubectl.succeed(
                    "-n", PODS, "get", "deployment", "wallet", "-o", SPECIFICATION_OF_PODS)));
    // No token but the projected one, also after admission.
    assertThat(
            kubectl.succeed(
                "-n", PODS, "get", "pod", "wallet-0", "-o", "jsonpath={.spec.volumes[*].name}"))
        .isEqualTo("enclave-token tmp");
    for (String account : List.of("wallet", "enclave-administrator")) {
      assertThat(reaches(server.admin().withToken(token(server, PODS, account)), 403)).isTrue();
    }
    // Whom RBAC allows is turned away by something else: the pod runs nowhere.
    assertThat(reaches(server.admin(), 403)).isFalse();

    assertThat(developer(kubectl, "get", "pod", "wallet-0").code()).isZero();
    assertThat(developer(kubectl, "exec", "wallet-0", "--", "sh").output())
        .contains("cannot create resource \"pods/exec\"");
    assertThat(developer(kubectl, "attach", "wallet-0").output())
        .contains("cannot create resource \"pods/attach\"");
    assertThat(developer(kubectl, "debug", "wallet-0", "--image=sh").output())
        .containsPattern("cannot (patch|update) resource \"pods/ephemeralcontainers\"");
    assertThat(developer(kubectl, "get", "secrets").output()).contains("cannot list");
    assertThat(developer(kubectl, "create", "token", "wallet").output()).contains("cannot create");
    assertThat(developer(kubectl, "run", "other", "--image=sh").output()).contains("cannot create");
  }

  /** A WebSocket begins with GET: before Kubernetes 1.35 no right to create is asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"exec", "attach", "portforward"})
  void aRightToGetIsARightToEnter(String subresource, ApiServer server) {
    String pods = "peeped-" + subresource;
    server.createNamespace(pods);
    server.createServiceAccount(pods, "peeper");
    ApiClient peeper = server.admin().withToken(token(server, pods, "peeper"));
    String way = "/api/v1/namespaces/" + pods + "/pods/wallet-0/" + subresource + "?command=sh";
    assertThat(peeper.get(way).status()).isEqualTo(403);

    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "peep"},
         "rules": [{"apiGroups": [""], "resources": ["pods/%s"], "verbs": ["get"]}]}
        """
            .formatted(pods, subresource));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%1$s", "name": "peep"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "peep"},
         "subjects": [{"kind": "ServiceAccount", "name": "peeper", "namespace": "%1$s"}]}
        """
            .formatted(pods));

    // Past RBAC it is turned away by something else: there is no such pod.
    server.until(() -> peeper.get(way).status() != 403, () -> "GET is still forbidden.");
    assertThat(peeper.post(way, "{}").status()).isEqualTo(403);
  }

  private static Ended developer(Kubectl kubectl, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("-n", PODS));
    all.addAll(AS_DEVELOPER);
    all.addAll(List.of(args));
    return kubectl.run(all.toArray(String[]::new));
  }

  private static String token(ApiServer server, String namespace, String account) {
    return server.token(namespace, account, Duration.ofMinutes(10));
  }

  /** Whether each way into the pod is answered so. */
  private static boolean reaches(ApiClient caller, int status) {
    return List.of(
            caller.post(POD + "/exec?command=sh&container=wallet&stdout=true", "{}"),
            caller.get(POD + "/exec?command=sh&container=wallet&stdout=true"),
            caller.post(POD + "/attach?container=wallet&stdout=true", "{}"),
            caller.get(POD + "/attach?container=wallet&stdout=true"),
            caller.post(POD + "/portforward?ports=8080", "{}"),
            caller.get(POD + "/portforward?ports=8080"),
            caller.put(POD + "/ephemeralcontainers", "{}"),
            caller.send(
                "PATCH", POD + "/ephemeralcontainers", "application/merge-patch+json", "{}"),
            caller.get("/api/v1/nodes/any/proxy/exec/" + PODS + "/wallet-0/wallet"))
        .stream()
        .allMatch(answer -> answer.status() == status);
  }
}
