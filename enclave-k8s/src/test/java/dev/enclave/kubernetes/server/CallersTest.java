package dev.enclave.kubernetes.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiClient;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.processes.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what. */
@ExtendWith(SharedApiServer.class)
class CallersTest {

  private static final String NAMESPACE = "callers-test";
  private static final String SECRETS = "/api/v1/namespaces/" + NAMESPACE + "/secrets";
  private static final Duration SHORTEST = Duration.ofMinutes(10);

  @BeforeAll
  static void createNamespace(ApiServer server) {
    server.createNamespace(NAMESPACE);
  }

  @Test
  void refusesACallerWithoutAToken(ApiServer server) {
    assertThat(server.admin().withoutToken().get(SECRETS).status()).isEqualTo(401);
    assertThat(server.admin().withToken("guessed").get(SECRETS).status()).isEqualTo(401);
  }

  @Test
  void allowsAServiceAccount_whatItIsBoundTo(ApiServer server) {
    server.createServiceAccount(NAMESPACE, "reader");
    ApiClient reader = server.admin().withToken(server.token(NAMESPACE, "reader", SHORTEST));
    assertThat(reader.get(SECRETS).status()).isEqualTo(403);

    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "reads"},
         "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]}
        """
            .formatted(NAMESPACE));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%s", "name": "reader-reads"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reads"},
         "subjects": [{"kind": "ServiceAccount", "name": "reader"}]}
        """
            .formatted(NAMESPACE));

    server.until(
        () -> reader.get(SECRETS).status() == 200, () -> "The bound account may still not list.");
    assertThat(reader.get(SECRETS + "/any").status()).isEqualTo(403);
    assertThat(reader.get("/api/v1/namespaces/default/secrets").status()).isEqualTo(403);
  }

  @Test
  void refusesATokenForSomebodyElse(ApiServer server) {
    server.createServiceAccount(NAMESPACE, "elsewhere");
    String token = server.token(NAMESPACE, "elsewhere", SHORTEST, "https://vault.example");

    assertThat(server.admin().withToken(token).get(SECRETS).status()).isEqualTo(401);
  }

  @Tag("needs-kube-apiserver")
  @Tag("full")
  @Test
  void letsKubectlIn_withTheKubeconfig(KubeApiServer server, @TempDir Path folder)
      throws Exception {
    Path config = Files.writeString(folder.resolve("config"), server.kubeconfig());

    Ended said =
        Ended.run(
            "kubectl",
            "--kubeconfig=" + config,
            "--cache-dir=" + folder.resolve("cache"),
            "auth",
            "can-i",
            "*",
            "*");

    assertThat(said.succeeded().strip()).endsWith("yes");
  }
}
