package dev.enclave.campaign.kubernetes;

import dev.enclave.campaign.kubernetes.ApiClient.Answer;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.processes.Scanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver with an etcd of its own, both on loopback: TLS, RBAC, tokens of service
 * accounts, an audit log, and Secrets encrypted at rest with AES-CBC. A caller without a token gets
 * 401. Whatever happens to this virtual machine, both programs end with it.
 *
 * <p>The program is the one that the system property {@code tests.kube-apiserver} names, which
 * {@code scripts/kube-apiserver.sh} builds. Safe for use by several threads; who interrupts the
 * server interrupts it for all.
 */
public final class ApiServer implements AutoCloseable {

  static final String HOST = "127.0.0.1";

  /** The issuer of the tokens of service accounts, and the audience of those that name none. */
  public static final String ISSUER = "https://kubernetes.default.svc";

  private static final String PROGRAM = "tests.kube-apiserver";

  private final Path program;
  private final ServerFiles files;
  private final Ports ports;
  private final GuardedProcess etcd;
  private final ApiClient admin;
  private final Thread atExit = new Thread(this::stop);
  private @Nullable GuardedProcess running;
  private boolean closed;

  private ApiServer(Path program, ServerFiles files, Ports ports, GuardedProcess etcd)
      throws IOException {
    this.program = program;
    this.files = files;
    this.ports = ports;
    this.etcd = etcd;
    this.admin =
        ApiClient.trusting(
            files.certificate().certificate(),
            URI.create("https://" + HOST + ":" + ports.server().number()),
            files.adminToken());
  }

  /**
   * Starts one with empty data, and waits until it is ready, some four seconds.
   *
   * @throws AssertionError if it cannot start, with what it said, or if it is not built
   */
  public static ApiServer start() {
    Path program = Path.of(System.getProperty(PROGRAM, ""));
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw new AssertionError(
          "The system property "
              + PROGRAM
              + " names no program ("
              + program
              + "). Build kube-apiserver: scripts/kube-apiserver.sh");
    }
    try {
      ApiServer server = launch(program);
      Runtime.getRuntime().addShutdownHook(server.atExit);
      try {
        server.resume();
      } catch (AssertionError e) {
        server.close();
        throw e;
      }
      return server;
    } catch (IOException e) {
      throw new AssertionError(
          "The API server did not start: "
              + e.getMessage()
              + ". If etcd is missing, install it: apt-get install etcd-server",
          e);
    }
  }

  private static ApiServer launch(Path program) throws IOException {
    ServerFiles files = ServerFiles.create();
    Ports ports = Ports.free();
    try {
      GuardedProcess etcd =
          GuardedProcess.start(
              files.log("etcd"), files.etcd(ports.etcd().number(), ports.peers().number()));
      return new ApiServer(program, files, ports, etcd);
    } catch (IOException e) {
      ports.close();
      files.delete();
      throw e;
    }
  }

  /**
   * Kills the API server, as a node that is lost does. Its port refuses connections; its data stay.
   * Nothing happens if it is interrupted already.
   */
  public synchronized void interrupt() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /**
   * Starts it again, on the same port and with the same data, and waits until it is ready. Nothing
   * happens if it runs.
   *
   * @throws AssertionError if it does not become ready, with what it said
   */
  public synchronized void resume() {
    if (closed) {
      throw new IllegalStateException("This API server is closed. Start another.");
    }
    if (running == null) {
      running = startReady();
    }
  }

  private GuardedProcess startReady() {
    GuardedProcess started;
    try {
      started =
          GuardedProcess.start(
              files.log("kube-apiserver"),
              files.apiServer(program, ports.server().number(), ports.etcd().number()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Polling.until(() -> isReady(started), () -> describe(started));
      return started;
    } catch (AssertionError e) {
      started.close();
      throw e;
    }
  }

  private boolean isReady(GuardedProcess server) {
    if (!server.isAlive() || !etcd.isAlive()) {
      throw new AssertionError(describe(server));
    }
    try {
      return admin.get("/readyz").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private String describe(GuardedProcess server) {
    return "kube-apiserver "
        + (server.isAlive() ? "is not ready" : "has ended")
        + ", etcd "
        + (etcd.isAlive() ? "runs" : "has ended")
        + ". kube-apiserver said:\n"
        + server.lastLines()
        + "\netcd said:\n"
        + etcd.lastLines();
  }

  /** Where it listens: https, by address, without a path. */
  public URI uri() {
    return admin.server();
  }

  /** What clients trust, as PEM: the server's certificate, which is its own authority. */
  public String caPem() {
    return files.certificate().pem();
  }

  /** The bearer token of a caller who may do everything. */
  public String adminToken() {
    return files.adminToken();
  }

  /** The administrator. */
  public ApiClient admin() {
    return admin;
  }

  /** The administrator's kubeconfig, whose namespace is {@code default}. */
  public String kubeconfig() {
    return kubeconfig(adminToken(), "default");
  }

  /** A kubeconfig of the caller with that token. */
  public String kubeconfig(String token, String namespace) {
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

  public void createNamespace(String name) {
    create(
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}
        """
            .formatted(name));
  }

  public void createServiceAccount(String namespace, String name) {
    create(
        """
        {"apiVersion": "v1", "kind": "ServiceAccount",
         "metadata": {"namespace": "%s", "name": "%s"}}
        """
            .formatted(namespace, name));
  }

  /**
   * Waits until a service account may do that with a Secret: the server goes by a new Role or
   * RoleBinding a little after it has confirmed it.
   */
  public void awaitAllowed(String namespace, String serviceAccount, String verb, String secret) {
    String review =
        """
        {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
         "spec": {"user": "system:serviceaccount:%1$s:%2$s",
                  "resourceAttributes": {"namespace": "%1$s", "verb": "%3$s",
                                         "resource": "secrets", "name": "%4$s"}}}
        """
            .formatted(namespace, serviceAccount, verb, secret);
    String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    Polling.until(
        () -> admin.post(path, review).required("status", "allowed").equals("true"),
        () -> serviceAccount + " may not " + verb + " Secret " + namespace + "/" + secret + ".");
  }

  /**
   * A token by TokenRequest, as a pod gets one in a projected volume, but bound to no pod.
   *
   * @param lifetime at least 10 minutes, which the server insists on
   * @param audiences for whom it is; the API server itself if there are none
   */
  public String token(
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
        admin.post(
            "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + serviceAccount + "/token",
            new String(request, StandardCharsets.UTF_8));
    return answer.required("status", "token");
  }

  /**
   * Creates an object of any kind, such as a Role, as the administrator does with {@link
   * ApiClient#create}.
   */
  public Answer create(String json) {
    return admin.create(json);
  }

  /** The audit log: one line of JSON for each request, without the bodies of Secrets and tokens. */
  public Path auditLog() {
    return files.auditLog();
  }

  /** What the audit log has so far; the line of a request can come a little after its answer. */
  public String auditText() {
    try {
      return Files.readString(auditLog());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder with etcd's data: its database, and its log of what is not in that yet. */
  public Path etcdFiles() {
    return files.etcdData();
  }

  /**
   * Whether any of etcd's files has those bytes, at least 4. Whatever the API server has confirmed
   * is in one of them, in etcd's log if nowhere else.
   */
  public boolean etcdHolds(byte[] bytes) {
    Scanner scanner = new Scanner(Map.of("wanted", bytes));
    try (Stream<Path> all = Files.walk(etcdFiles())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!scanner.scan(file).isEmpty()) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends both programs and removes their data. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The virtual machine ends: the hook does the same.
      return;
    }
    stop();
  }

  private synchronized void stop() {
    if (closed) {
      return;
    }
    closed = true;
    interrupt();
    etcd.close();
    try {
      ports.close();
      files.delete();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
