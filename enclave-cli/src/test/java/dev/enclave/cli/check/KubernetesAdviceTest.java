package dev.enclave.cli.check;

import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.cli.check.Cause.Server;
import dev.enclave.cli.check.Cause.Vain;
import dev.enclave.cli.check.Cause.World;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.testkit.FakeEnvironment;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@link DoctorAdviceTest} on a real API server, in a pod and with a kubeconfig. */
@Tag("full")
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
class KubernetesAdviceTest {

  private static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount/";
  private static final String KUBECONFIG = "/home/dev/.kube/config";
  private static final Pattern VERBS =
      Pattern.compile("\\{apiGroups: \\[\"\"\\], resources: \\[secrets\\], verbs: \\[(\\w+)\\]\\}");
  private static final Vain VAIN = new Vain("os.unlock-timeout", "PT5S");

  private final ApiServer server;
  private final String namespace = "advice-" + UUID.randomUUID();
  private final String strange;

  KubernetesAdviceTest(ApiServer server) {
    this.server = server;
    server.createNamespace(namespace);
    try (AwsKmsServer another = AwsKmsServer.builder().tls().start()) {
      strange = another.certificatePem();
    }
  }

  /** What a pod of a service account with those rights sees, apart from files. */
  private World pod(String account, String... verbs) {
    server.createServiceAccount(namespace, account);
    if (verbs.length > 0) {
      allow(account, List.of(verbs));
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("environment", "local");
    settings.put("backend", "kubernetes");
    settings.put("acknowledge-reduced-security", "true");
    return World.of(settings, machine(Map.of("token", token(account))));
  }

  private String token(String account, String... audiences) {
    return server.token(namespace, account, Duration.ofMinutes(10), audiences);
  }

  private FakeEnvironment machine(Map<String, String> files) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("ca.crt", server.caPem());
    all.put("namespace", namespace);
    all.putAll(files);
    FakeEnvironment machine = at(FakeEnvironment.empty(), server.uri());
    for (Map.Entry<String, String> file : all.entrySet()) {
      machine = machine.withFile(FOLDER + file.getKey(), file.getValue());
    }
    return machine;
  }

  private static FakeEnvironment at(FakeEnvironment machine, URI uri) {
    return machine
        .withVariable("KUBERNETES_SERVICE_HOST", uri.getHost())
        .withVariable("KUBERNETES_SERVICE_PORT", "" + uri.getPort());
  }

  private void allow(String account, List<String> verbs) {
    String role = "r-" + UUID.randomUUID();
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "%s"},
         "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["%s"]}]}
        """
            .formatted(namespace, role, String.join("\", \"", verbs)));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%1$s", "name": "%2$s"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%2$s"},
         "subjects": [{"kind": "ServiceAccount", "name": "%3$s", "namespace": "%1$s"}]}
        """
            .formatted(namespace, role, account));
    verbs.forEach(verb -> server.awaitAllowed(namespace, account, verb, "any"));
  }

  /** Adds to a Role just the rules that the advice prints. */
  private Server obeying(String account) {
    return new Server() {
      @Override
      public void set(boolean wrong) {
        // It is as it was made.
      }

      @Override
      public void follow(String advice) {
        List<String> verbs =
            VERBS.matcher(advice).results().map((MatchResult rule) -> rule.group(1)).toList();
        allow(account, verbs);
      }
    };
  }

  private static String ended(String token) {
    String[] parts = token.split("\\.", -1);
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replaceFirst("\"exp\":[0-9]+", "\"exp\":1700000000");
    parts[1] =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    return String.join(".", parts);
  }

  @TestFactory
  Stream<DynamicTest> inAPod(@TempDir Path folder) {
    String all = "wallet";
    World sound = pod(all, "get", "list", "create", "update");
    String token = token(all);
    World stranger = pod("stranger");
    World half = pod("half", "get", "create", "update");
    World blind = pod("blind", "create", "update", "list");
    String variables = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT";
    FakeEnvironment withToken = machine(Map.of("token", token));
    return Stream.of(
            pod("a wrong token", sound, Map.of("token", "wrong"), "token of this cluster"),
            pod(
                "a token that has ended",
                sound,
                Map.of("token", ended(token)),
                "projected volume, where kubelet replaces it"),
            pod(
                "a token for another audience",
                sound,
                Map.of("token", token(all, "https://vault.example")),
                "audience"),
            new Cause(
                "no token",
                sound.on(machine(Map.of())),
                sound,
                VAIN,
                "serviceAccountToken",
                "token-file"),
            pod(
                "an authority of another cluster",
                sound,
                Map.of("token", token, "ca.crt", strange),
                FOLDER + "ca.crt"),
            pod(
                "no authority",
                sound,
                Map.of("token", token, "ca.crt", ""),
                "kube-root-ca.crt",
                FOLDER + "ca.crt"),
            new Cause(
                "a closed port",
                sound.on(at(withToken, URI.create("https://127.0.0.1:1"))),
                sound,
                VAIN,
                variables),
            new Cause(
                "an unknown host",
                sound.on(at(withToken, URI.create("https://no-such-host.invalid:443"))),
                sound,
                VAIN,
                variables),
            new Cause(
                "another namespace",
                sound.with("kubernetes.namespace", namespace + "-x"),
                sound.with("kubernetes.namespace", namespace),
                VAIN,
                "enclave.kubernetes.namespace"),
            new Cause("no role", stranger, obeying("stranger"), stranger, VAIN, VERBS.pattern()),
            new Cause(
                "no right to list",
                half.probing(),
                obeying("half"),
                half.probing(),
                VAIN,
                "verbs: \\[list\\]"),
            new Cause(
                "no right to get",
                blind.probing(),
                obeying("blind"),
                blind.probing(),
                VAIN,
                "verbs: \\[get\\]"))
        .map(cause -> cause.test(folder));
  }

  private Cause pod(String name, World sound, Map<String, String> files, String... advised) {
    return new Cause(name, sound.on(machine(files)), sound, VAIN, advised);
  }

  @TestFactory
  Stream<DynamicTest> withAKubeconfig(@TempDir Path folder) {
    String config = server.kubeconfig(server.adminToken(), namespace);
    String url = server.uri().toString();
    server.createServiceAccount(namespace, "dev");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("environment", "local");
    settings.put("backend", "kubernetes");
    settings.put("acknowledge-reduced-security", "true");
    settings.put("kubernetes.kubeconfig", KUBECONFIG);
    World sound = World.of(settings, desk(config));
    String address = "server of kubeconfig " + KUBECONFIG;
    return Stream.of(
            new Cause("no file", sound.on(FakeEnvironment.empty()), sound, VAIN, "kubectl config"),
            config("a wrong token", sound, server.kubeconfig("wrong", namespace), "create token"),
            config(
                "a token that has ended",
                sound,
                server.kubeconfig(ended(token("dev")), namespace),
                "create token"),
            config("a closed port", sound, config.replace(url, "https://127.0.0.1:1"), address),
            config(
                "an unknown host",
                sound,
                config.replace(url, "https://no-such-host.invalid"),
                address),
            config(
                "http in place of https",
                sound,
                config.replace(url, url.replace("https", "http")),
                "server"),
            config(
                "an authority of another cluster",
                sound,
                config.replace(base64(server.caPem()), base64(strange)),
                "certificate-authority"),
            config(
                "an authority whose file is not there",
                sound,
                config.replaceFirst(
                    "certificate-authority-data: .*", "certificate-authority: /nowhere/ca.crt"),
                "PEM"),
            config(
                "a namespace that is not there",
                sound,
                server.kubeconfig(server.adminToken(), namespace + "-x"),
                "create the namespace",
                "enclave.kubernetes.namespace"))
        .map(cause -> cause.test(folder));
  }

  private static Cause config(String name, World sound, String config, String... advised) {
    return new Cause(name, sound.on(desk(config)), sound, VAIN, advised);
  }

  private static FakeEnvironment desk(String config) {
    return FakeEnvironment.empty().withFile(KUBECONFIG, config);
  }

  private static String base64(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
