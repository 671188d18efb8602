package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Scratch;
import dev.enclave.jca.CertificateSubject;
import dev.enclave.jca.Certificates;
import dev.enclave.jca.EnclaveKeyManager;
import dev.enclave.jca.EnclaveProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A server of TLS 1.3 and its clients, in this process: signing is a handshake of a new client,
 * which resumes nothing.
 */
public final class TlsRival implements Rival {

  private static final String PROTOCOL = "TLSv1.3";
  private static final int BACKLOG = 256;
  private static final char[] PASSWORD = "benchmark".toCharArray();

  private final SSLServerSocket listening;
  private final ExecutorService serving = Executors.newCachedThreadPool();
  private final SecureRandom random = new SecureRandom();
  private final Runnable closing;

  private TlsRival(KeyManager keys, Runnable closing) throws GeneralSecurityException, IOException {
    this.closing = closing;
    SSLContext context = SSLContext.getInstance(PROTOCOL);
    context.init(new KeyManager[] {keys}, null, random);
    listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    serving.execute(this::accept);
  }

  /** With a key on P-256 in a file of the JDK. */
  public static TlsRival ofJdk(Path directory) throws Exception {
    try (Scratch scratch = Scratch.in(directory)) {
      Path file = scratch.directory().resolve("server.p12");
      keytool(file);
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD);
      }
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, PASSWORD);
      return new TlsRival(managers.getKeyManagers()[0], () -> {});
    }
  }

  private static void keytool(Path file) throws IOException, InterruptedException {
    Process made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-alias",
                "server",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                String.valueOf(PASSWORD))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (made.waitFor() != 0) {
      throw new IllegalStateException("keytool made no key; it says why above.");
    }
  }

  /** With a key at a cloud, by Enclave with an audit log in files. */
  public static TlsRival remote(
      Path directory, Scheme scheme, RemoteCloud cloud, RemoteCloud.Address address)
      throws Exception {
    Security.addProvider(new EnclaveProvider());
    EnclaveRival enclave = EnclaveRival.remote(directory, scheme, cloud, address, "tls");
    EnclaveKeyManager keys =
        EnclaveKeyManager.of(
            enclave.key(),
            version ->
                Optional.of(
                    List.of(
                        Certificates.selfSigned(
                            version,
                            CertificateSubject.named("CN=localhost"),
                            Instant.now(),
                            Duration.ofDays(1)))),
            InstantSource.system());
    return new TlsRival(keys, enclave::close);
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket accepted = (SSLSocket) listening.accept();
        accepted.setTcpNoDelay(true);
        serving.execute(() -> answer(accepted));
      }
    } catch (IOException e) {
      if (!listening.isClosed()) {
        throw new IllegalStateException("The server of TLS has ended: " + e.getMessage(), e);
      }
    }
  }

  private static void answer(SSLSocket accepted) {
    try (accepted) {
      accepted.getOutputStream().write(1);
    } catch (IOException e) {
      // Its client says so too, and whoever measures ends.
      System.err.println("A handshake failed: " + e.getMessage());
    }
  }

  @Override
  public Work signing() {
    return this::handshake;
  }

  /** A context of its own knows no session. */
  private Object handshake() throws GeneralSecurityException, IOException {
    SSLContext client = SSLContext.getInstance(PROTOCOL);
    client.init(null, new TrustManager[] {new Anybody()}, random);
    try (SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
      socket.setTcpNoDelay(true);
      if (socket.getInputStream().read() != 1) {
        throw new IllegalStateException("A handshake failed; the server says why above.");
      }
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Override
  public Work verification() {
    throw new UnsupportedOperationException("A server of TLS verifies nothing here.");
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      System.err.println("The server of TLS did not close: " + e.getMessage());
    }
    serving.shutdown();
    closing.run();
  }

  /** Trusts every chain; the JDK still verifies the handshake's signature. */
  private static final class Anybody extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
