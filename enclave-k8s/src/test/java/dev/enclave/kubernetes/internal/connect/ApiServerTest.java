package dev.enclave.kubernetes.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.calls.ApiRequest;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** In a pod the projected token counts, and outside a kubeconfig, where that is allowed. */
@ExtendWith(SharedApiServer.class)
class ApiServerTest {

  private static final String TOKEN = Pod.FOLDER + "token";

  /** Of a legacy service account: it has no end. */
  private static final String LEGACY = jwt("{\"sub\":\"system:serviceaccount:a:b\"}");

  private final dev.enclave.campaign.kubernetes.ApiServer cluster;
  private final Pod pod;

  ApiServerTest(dev.enclave.campaign.kubernetes.ApiServer cluster) {
    this.cluster = cluster;
    this.pod = Pod.in(cluster);
  }

  private static String jwt(String claims) {
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  private ApiServer server(EnvironmentType environment, Map<String, String> settings)
      throws BackendFailure {
    BackendContext context = pod.context(environment, settings);
    return ApiServer.of(KubernetesSettings.of(context.settings()), context);
  }

  private void asks(ApiServer server) throws BackendFailure {
    ApiCalls calls = new ApiCalls(server, Pod.REAL_TIME);
    try {
      assertThat(calls.send(ApiRequest.list(server.namespace(), Map.of()), Pod.call()))
          .containsEntry("kind", "PartialObjectMetadataList");
    } finally {
      calls.gate().close();
    }
  }

  private BackendFailure refused(EnvironmentType environment, Map<String, String> settings) {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> {
              ApiServer server = server(environment, settings);
              server.credential().token();
              asks(server);
            });
    assertThat(failure).isNotNull();
    return failure;
  }

  private Pod desk(String kubeconfig) {
    return pod.variable("KUBERNETES_SERVICE_HOST", "")
        .without(TOKEN)
        .variable("KUBECONFIG", "/home/dev/config")
        .file("/home/dev/config", kubeconfig);
  }

  @Test
  void takesAProjectedToken() throws BackendFailure {
    ApiServer server = server(EnvironmentType.PRODUCTION, Map.of());
    assertThat(server.namespace()).isEqualTo(pod.namespace());
    assertThat(server.credential().findings()).isEmpty();
    assertThat(server.toString()).doesNotContain(pod.read(TOKEN).orElseThrow());
    asks(server);
  }

  @Test
  void readsTheTokenAnew_whenKubeletHasReplacedIt() throws BackendFailure {
    ApiServer server = server(EnvironmentType.PRODUCTION, Map.of());
    pod.file(TOKEN, jwt("{\"exp\":4102444800}"));
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> asks(server));
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("to the token in " + TOKEN);
    pod.file(TOKEN, pod.freshToken());
    asks(server);
  }

  @Test
  void saysThatATokenHasEnded() {
    pod.file(TOKEN, jwt("{\"exp\":1700000000}"));
    assertThat(refused(EnvironmentType.PRODUCTION, Map.of()))
        .hasMessageContaining("which ended at 2023-11-14T22:13:20Z")
        .hasMessageContaining("where kubelet replaces it");
  }

  @ParameterizedTest
  @EnumSource(names = {"PRODUCTION", "STAGING"})
  void refusesATokenWithoutAnEnd_whereSecretsAreReal(EnvironmentType environment) {
    pod.file(TOKEN, LEGACY);
    BackendFailure failure = refused(environment, Map.of());
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure)
        .hasMessageContaining("no exp claim")
        .hasMessageContaining("serviceAccountToken: {expirationSeconds: 3600, path: token}")
        .message()
        .doesNotContain(LEGACY);
  }

  @Test
  void warnsOfATokenWithoutAnEnd_elsewhere() throws BackendFailure {
    pod.file(TOKEN, LEGACY);
    assertThat(server(EnvironmentType.DEVELOPMENT, Map.of()).credential().findings())
        .extracting(Finding::observed)
        .singleElement()
        .asString()
        .contains("no exp claim");
  }

  @Test
  void saysWhatToMount_whenThereIsNoToken() {
    pod.without(TOKEN);
    assertThat(refused(EnvironmentType.PRODUCTION, Map.of()))
        .hasMessageContaining("no service-account token to be read in " + TOKEN)
        .hasMessageContaining("serviceAccountToken");
  }

  @Test
  void takesATokenFromAnotherFile() throws BackendFailure {
    pod.file("/var/run/secrets/enclave/token", pod.freshToken()).without(TOKEN);
    asks(
        server(EnvironmentType.PRODUCTION, Map.of("token-file", "/var/run/secrets/enclave/token")));
  }

  @Test
  void writesAnAddressOfSixteenOctetsInBrackets() throws BackendFailure {
    pod.variable("KUBERNETES_SERVICE_HOST", "fd00::1");
    assertThat(server(EnvironmentType.PRODUCTION, Map.of()).url()).startsWith("https://[fd00::1]:");
  }

  @Test
  void trustsTheClustersAuthorityAlone() {
    pod.without(Pod.FOLDER + "ca.crt");
    assertThat(refused(EnvironmentType.PRODUCTION, Map.of()))
        .hasMessageContaining("kube-root-ca.crt");
  }

  @Test
  void takesAKubeconfig_inDevelopment() throws BackendFailure {
    desk(cluster.kubeconfig(pod.freshToken(), pod.namespace()));
    ApiServer server = server(EnvironmentType.DEVELOPMENT, Map.of());
    assertThat(server.namespace()).isEqualTo(pod.namespace());
    asks(server);
  }

  @Test
  void prefersTheNamespaceAndTheFileThatAreSet() throws BackendFailure {
    desk(": no kubeconfig").file("/etc/other", cluster.kubeconfig());
    ApiServer server =
        server(
            EnvironmentType.LOCAL,
            Map.of("kubeconfig", "/etc/other", "namespace", pod.namespace()));
    assertThat(server.namespace()).isEqualTo(pod.namespace());
    asks(server);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"DEVELOPMENT", "LOCAL"})
  void refusesAKubeconfig_whereSecretsAreReal(EnvironmentType environment) {
    desk(cluster.kubeconfig());
    BackendFailure failure = refused(environment, Map.of());
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("Variable KUBECONFIG").hasMessageContaining("pod");
  }

  @Test
  void readsTheTokenFileOfAKubeconfig_besideIt() throws BackendFailure {
    desk(cluster.kubeconfig("TOKEN", pod.namespace()).replace("token: TOKEN", "tokenFile: a-token"))
        .file("/home/dev/a-token", pod.freshToken());
    asks(server(EnvironmentType.DEVELOPMENT, Map.of()));
  }

  @Test
  void runsNoProgramThatAKubeconfigNames() {
    desk(
        cluster
            .kubeconfig("TOKEN", "default")
            .replace("token: TOKEN", "exec: {command: aws, args: [eks, get-token]}"));
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("it has exec, which is not supported")
        .hasMessageContaining("kubectl create token");
  }

  @Test
  void refusesAKubeconfigThatTrustsAnybody() {
    desk(
        cluster
            .kubeconfig()
            .replace("    server:", "    insecure-skip-tls-verify: true\n    server:"));
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("insecure-skip-tls-verify");
  }

  @Test
  void refusesWhatIsNoKubeconfig_withoutQuotingIt() {
    desk("secret-words: [");
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("it is no YAML")
        .message()
        .doesNotContain("secret-words");
    desk("apiVersion: v1");
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("its current context has no context");
    desk("").without("/home/dev/config");
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("kubectl config view --raw --minify --flatten");
  }

  @Test
  void saysWhatToDo_outsideAPodWithoutAKubeconfig() {
    pod.variable("KUBERNETES_SERVICE_HOST", "");
    assertThat(refused(EnvironmentType.DEVELOPMENT, Map.of()))
        .hasMessageContaining("This is no pod")
        .hasMessageContaining("enclave.kubernetes.kubeconfig");
  }
}
