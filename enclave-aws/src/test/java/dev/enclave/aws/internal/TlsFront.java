package dev.enclave.aws.internal;

import dev.enclave.processes.Ended;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** TLS in front of a plain server, with a certificate that a child process is told to trust. */
final class TlsFront implements AutoCloseable {

  private static final String PASSWORD = "changeit";

  private final Path keyStore;
  private final SSLServerSocket listening;
  private final URI behind;
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();

  TlsFront(Path directory, String behind) throws Exception {
    this.keyStore = directory.resolve("tls.p12");
    this.behind = URI.create(behind);
    generate();
    this.listening =
        (SSLServerSocket)
            context()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String url() {
    return "https://127.0.0.1:" + listening.getLocalPort();
  }

  /** Has the child trust this server, and no other. */
  ChildJvm trusting() {
    return new ChildJvm()
        .property("javax.net.ssl.trustStore", keyStore.toString())
        .property("javax.net.ssl.trustStorePassword", PASSWORD);
  }

  private void generate() throws IOException, InterruptedException {
    Ended.run(
            Ended.jdk("keytool"),
            "-genkeypair",
            "-keystore",
            keyStore.toString(),
            "-storepass",
            PASSWORD,
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=loopback",
            "-ext",
            "san=ip:127.0.0.1")
        .succeeded();
  }

  private SSLContext context() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream stored = Files.newInputStream(keyStore)) {
      keys.load(stored, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private void accept() {
    try {
      while (true) {
        Socket outside = listening.accept();
        Socket inside = new Socket(behind.getHost(), behind.getPort());
        connections.add(outside);
        connections.add(inside);
        start(() -> copy(outside, inside));
        start(() -> copy(inside, outside));
      }
    } catch (IOException e) {
      // Closed.
      return;
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // One side went.
      return;
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
