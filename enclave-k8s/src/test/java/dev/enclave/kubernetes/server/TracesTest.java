package dev.enclave.kubernetes.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.Polling;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the server leaves on disk of a Secret. */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class TracesTest {

  private static final String NAMESPACE = "traces-test";

  @BeforeAll
  static void createNamespace(KubeApiServer server) {
    server.createNamespace(NAMESPACE);
  }

  @Test
  void keepsSecretsEncrypted_inEtcd(KubeApiServer server) {
    byte[] value = "plaintext-of-a-secret".getBytes(US_ASCII);
    byte[] control = "plaintext-of-a-config-map".getBytes(US_ASCII);
    server.create(object("Secret", "encrypted", Base64.getEncoder().encodeToString(value)));
    server.create(object("ConfigMap", "in-clear", new String(control, US_ASCII)));

    assertThat(server.etcdHolds(control)).isTrue();
    assertThat(server.etcdHolds(value)).isFalse();
    assertThat(server.etcdHolds("k8s:enc:aescbc:v1:first:".getBytes(US_ASCII))).isTrue();
  }

  @Test
  void logsWhoReadWhichSecret_andNotItsValue(KubeApiServer server) {
    String value = Base64.getEncoder().encodeToString("value-in-no-log".getBytes(US_ASCII));
    String control = "value-of-a-config-map-in-the-log";
    server.create(object("Secret", "logged", value));
    server.create(object("ConfigMap", "logged", control));
    String read = "/api/v1/namespaces/" + NAMESPACE + "/secrets/logged?marked=here";
    assertThat(server.admin().get(read).required("data", "value")).isEqualTo(value);

    Polling.until(
        () -> server.auditText().contains("marked=here"), () -> "The audit log lacks a read.");

    String audit = server.auditText();
    String line = audit.lines().filter(text -> text.contains("marked=here")).findFirst().orElse("");
    assertThat(line)
        .contains(
            "\"verb\":\"get\"", "\"username\":\"admin\"", "\"name\":\"logged\"", "\"code\":200");
    assertThat(audit).contains(control).doesNotContain(value).doesNotContain("value-in-no-log");
  }

  @Test
  void logsNoToken(KubeApiServer server) {
    server.createServiceAccount(NAMESPACE, "logged");
    String token = server.token(NAMESPACE, "logged", Duration.ofMinutes(10));

    Polling.until(
        () -> server.auditText().contains("serviceaccounts/logged/token"),
        () -> "The audit log lacks a TokenRequest.");

    assertThat(server.auditText()).doesNotContain(token).doesNotContain(server.adminToken());
  }

  private static String object(String kind, String name, String value) {
    return """
    {"apiVersion": "v1", "kind": "%s",
     "metadata": {"namespace": "%s", "name": "%s"},
     "data": {"value": "%s"}}
    """
        .formatted(kind, NAMESPACE, name, value);
  }
}
