package dev.enclave.campaign.kubernetes;

import dev.enclave.processes.Scanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/**
 * A real kube-apiserver with an etcd of its own, both on loopback: TLS, RBAC, tokens of service
 * accounts, an audit log, and Secrets encrypted at rest with AES-CBC. A caller without a token gets
 * 401. Whatever happens to this virtual machine, both programs end with it.
 *
 * <p>Tagged as what the first tier does not start, since it names no program there.
 *
 * <p>The program is the one that the system property {@code tests.kube-apiserver} names, which
 * {@code scripts/kube-apiserver.sh} builds. Safe for use by several threads; who interrupts the
 * server interrupts it for all.
 */
@Tag("full")
public final class KubeApiServer extends ApiServer {

  private static final String PROGRAM = "tests.kube-apiserver";

  private final Path program;
  private final ServerFiles files;
  private final Ports ports;
  private final GuardedProcess etcd;
  private final ApiClient admin;
  private final Thread atExit = new Thread(this::stop);
  private @Nullable GuardedProcess running;
  private boolean closed;

  private KubeApiServer(Path program, ServerFiles files, Ports ports, GuardedProcess etcd)
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

  /** Whether a program is named, so that tests run against it. */
  static boolean isNamed() {
    return !System.getProperty(PROGRAM, "").isEmpty();
  }

  /**
   * Starts one with empty data, and waits until it is ready, some four seconds.
   *
   * @throws AssertionError if it cannot start, with what it said, or if it is not built
   */
  public static KubeApiServer start() {
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
      KubeApiServer server = launch(program);
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

  private static KubeApiServer launch(Path program) throws IOException {
    ServerFiles files = ServerFiles.create();
    Ports ports = Ports.free();
    try {
      GuardedProcess etcd =
          GuardedProcess.start(
              files.log("etcd"), files.etcd(ports.etcd().number(), ports.peers().number()));
      return new KubeApiServer(program, files, ports, etcd);
    } catch (IOException e) {
      ports.close();
      files.delete();
      throw e;
    }
  }

  @Override
  public synchronized void interrupt() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  @Override
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

  /** The server does something a little after it has confirmed it, such as go by a new Role. */
  @Override
  public void until(BooleanSupplier condition, Supplier<String> observed) {
    Polling.until(condition, observed);
  }

  @Override
  public String caPem() {
    return files.certificate().pem();
  }

  @Override
  public String adminToken() {
    return files.adminToken();
  }

  @Override
  public ApiClient admin() {
    return admin;
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
