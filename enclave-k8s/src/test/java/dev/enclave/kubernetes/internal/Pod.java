package dev.enclave.kubernetes.internal;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a pod of an API server sees: its variables and the files of its service account, which a
 * test may write over as kubelet does.
 */
public final class Pod implements EnvironmentSnapshot {

  public static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount/";
  public static final String ACCOUNT = "wallet";

  /** The machine's own clock, by which the API server issues tokens. */
  public static final TimeSource REAL_TIME =
      new TimeSource() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration duration) {
          throw new AssertionError("nothing here waits");
        }
      };

  private final ApiServer server;
  private final String namespace;
  private final String account;
  private final Map<String, String> variables = new ConcurrentHashMap<>();
  private final Map<String, String> files = new ConcurrentHashMap<>();

  private Pod(ApiServer server, String namespace, String account) {
    this.server = server;
    this.namespace = namespace;
    this.account = account;
  }

  /** One whose service account may do with Secrets what the backend needs. */
  public static Pod in(ApiServer server) {
    Pod pod = withoutRights(server);
    pod.allow("get, list, create, update", "");
    return pod;
  }

  /** One whose service account has no rights. */
  public static Pod withoutRights(ApiServer server) {
    byte[] unique = new byte[6];
    new SecureRandom().nextBytes(unique);
    String namespace = "wallets-" + HexFormat.of().formatHex(unique);
    server.createNamespace(namespace);
    server.createServiceAccount(namespace, ACCOUNT);
    return as(server, namespace, ACCOUNT);
  }

  /** One of a namespace and a service account that are there. */
  public static Pod as(ApiServer server, String namespace, String account) {
    Pod pod = new Pod(server, namespace, account);
    pod.variables.put("KUBERNETES_SERVICE_HOST", server.uri().getHost());
    pod.variables.put("KUBERNETES_SERVICE_PORT", Integer.toString(server.uri().getPort()));
    pod.files.put(FOLDER + "ca.crt", server.caPem());
    pod.files.put(FOLDER + "namespace", pod.namespace);
    pod.files.put(FOLDER + "token", pod.freshToken());
    return pod;
  }

  /**
   * Gives the service account a Role, and waits until the server goes by it.
   *
   * @param verbs separated by commas
   * @param names for resourceNames, separated by commas; all if it is empty
   */
  public void allow(String verbs, String names) {
    String role = "r" + Integer.toHexString(System.identityHashCode(verbs)) + names.hashCode();
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"namespace": "%s", "name": "%s"},
         "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": [%s]%s}]}
        """
            .formatted(
                namespace,
                role,
                quoted(verbs),
                names.isEmpty() ? "" : ", \"resourceNames\": [" + quoted(names) + "]"));
    server.create(
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"namespace": "%1$s", "name": "%2$s"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%2$s"},
         "subjects": [{"kind": "ServiceAccount", "name": "%3$s", "namespace": "%1$s"}]}
        """
            .formatted(namespace, role, account));
    server.awaitAllowed(
        namespace, account, verbs.split(",", 2)[0], names.isEmpty() ? "any" : names);
  }

  private static String quoted(String list) {
    return "\"" + list.replace(", ", "\", \"") + "\"";
  }

  /** A token as kubelet gets one for a projected volume. */
  public String freshToken() {
    return server.token(namespace, account, Duration.ofMinutes(10));
  }

  public String namespace() {
    return namespace;
  }

  /** Writes a file over. */
  public Pod file(String path, String text) {
    files.put(path, text);
    return this;
  }

  /** Removes a file. */
  public Pod without(String path) {
    files.remove(path);
    return this;
  }

  /** Sets a variable; removes it if the value is empty. */
  public Pod variable(String name, String value) {
    if (value.isEmpty()) {
      variables.remove(name);
    } else {
      variables.put(name, value);
    }
    return this;
  }

  /** What a backend is opened with here. */
  public BackendContext context(EnvironmentType environment, Map<String, String> settings) {
    return BackendContext.of(
            new BackendSettings(BackendId.KUBERNETES, settings),
            environment,
            this,
            REAL_TIME,
            new SecureRandom())
        .acknowledging(true);
  }

  /** A call with a minute. */
  public static CallContext call() {
    return CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(1), REAL_TIME), REAL_TIME);
  }

  @Override
  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(path)
        || files.keySet().stream().anyMatch(file -> file.startsWith(path + "/"));
  }

  @Override
  public Optional<String> read(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
