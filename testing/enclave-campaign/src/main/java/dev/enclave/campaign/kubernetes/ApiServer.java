package dev.enclave.campaign.kubernetes;

import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.emulators.internal.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A Kubernetes API server on loopback: TLS, RBAC and tokens of service accounts. A caller without a
 * token gets 401. {@link KubeApiServer} is the real one, {@link OwnApiServer} is ours. Safe for use
 * by several threads; who interrupts the server interrupts it for all.
 */
public abstract class ApiServer implements AutoCloseable {

  static final String HOST = "127.0.0.1";

  /** The issuer of the tokens of service accounts, and the audience of those that name none. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  ApiServer() {}

  /** The administrator, whose token may do everything. */
  public abstract ApiClient admin();

  /** What clients trust, as PEM: the server's certificate, which is its own authority. */
  public abstract String caPem();

  /** The bearer token of a caller who may do everything. */
  public abstract String adminToken();

  /**
   * Ends it, as a node that is lost does. Its port refuses connections; its data stay. Nothing
   * happens if it is interrupted already.
   */
  public abstract void interrupt();

  /**
   * Starts it again, on the same port and with the same data, and waits until it is ready. Nothing
   * happens if it runs.
   *
   * @throws AssertionError if it does not become ready, with what it said
   */
  public abstract void resume();

  /** Ends it and removes its data. */
  @Override
  public abstract void close();

  /**
   * Comes back when that is so, which the server may take a little time for.
   *
   * @param observed says, when it has not become so, what was seen instead
   * @throws AssertionError with {@code observed}
   */
  public abstract void until(BooleanSupplier condition, Supplier<String> observed);

  /** Where it listens: https, by address, without a path. */
  public final URI uri() {
    return admin().server();
  }

  /** The administrator's kubeconfig, whose namespace is {@code default}. */
  public final String kubeconfig() {
    return kubeconfig(adminToken(), "default");
  }

  /** A kubeconfig of the caller with that token. */
  public final String kubeconfig(String token, String namespace) {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: test
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: test
      user:
        token: %s
    contexts:
    - name: test
      context: {cluster: test, user: test, namespace: %s}
    current-context: test
    """
        .formatted(
            uri(),
            Base64.getEncoder().encodeToString(caPem().getBytes(StandardCharsets.US_ASCII)),
            token,
            namespace);
  }

  public final void createNamespace(String name) {
    create(
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}
        """
            .formatted(name));
  }

  public final void createServiceAccount(String namespace, String name) {
    create(
        """
        {"apiVersion": "v1", "kind": "ServiceAccount",
         "metadata": {"namespace": "%s", "name": "%s"}}
        """
            .formatted(namespace, name));
  }

  /**
   * Waits until a service account may do that with a Secret: the real server goes by a new Role or
   * RoleBinding a little after it has confirmed it.
   */
  public final void awaitAllowed(
      String namespace, String serviceAccount, String verb, String secret) {
    String review =
        """
        {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
         "spec": {"user": "system:serviceaccount:%1$s:%2$s",
                  "resourceAttributes": {"namespace": "%1$s", "verb": "%3$s",
                                         "resource": "secrets", "name": "%4$s"}}}
        """
            .formatted(namespace, serviceAccount, verb, secret);
    String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    until(
        () -> admin().post(path, review).required("status", "allowed").equals("true"),
        () -> serviceAccount + " may not " + verb + " Secret " + namespace + "/" + secret + ".");
  }

  /**
   * A token by TokenRequest, as a pod gets one in a projected volume, but bound to no pod.
   *
   * @param lifetime at least 10 minutes, which the server insists on
   * @param audiences for whom it is; the API server itself if there are none
   */
  public final String token(
      String namespace, String serviceAccount, Duration lifetime, String... audiences) {
    byte[] request =
        Json.write(
            Map.of(
                "apiVersion",
                "authentication.k8s.io/v1",
                "kind",
                "TokenRequest",
                "spec",
                Map.of(
                    "expirationSeconds", lifetime.toSeconds(), "audiences", List.of(audiences))));
    Answer answer =
        admin()
            .post(
                "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + serviceAccount + "/token",
                new String(request, StandardCharsets.UTF_8));
    return answer.required("status", "token");
  }

  /**
   * Creates an object of any kind, such as a Role, as the administrator does with {@link
   * ApiClient#create}.
   */
  public final Answer create(String json) {
    return admin().create(json);
  }
}
