package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What both ends of TLS have in tests. */
final class TlsPeers {

  /**
   * Trusts every chain. Each handshake still has a signature by the certificate's key, which the
   * JDK verifies.
   */
  static final TrustManager ANYBODY =
      new X509ExtendedTrustManager() {

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
      };

  private TlsPeers() {}

  /**
   * One handshake over a loopback connection and an octet in each direction, as both ends saw it.
   *
   * @param server the certificate that the client saw
   * @param client the certificate that the server saw
   * @param failure of the server, else of the client
   */
  record Handshake(
      Optional<X509Certificate> server,
      Optional<X509Certificate> client,
      Optional<Exception> failure) {

    static Handshake of(SSLContext server, SSLContext client, String protocol, boolean mutual)
        throws Exception {
      try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return at(listening, server, client, protocol, mutual);
      }
    }

    /** The same at a port that stays, as a client looks for sessions by name and port. */
    static Handshake at(
        ServerSocket listening,
        SSLContext server,
        SSLContext client,
        String protocol,
        boolean mutual)
        throws Exception {
      CompletableFuture<Handshake> answered = new CompletableFuture<>();
      Thread serving =
          new Thread(
              () -> {
                try (SSLSocket socket = accepted(listening, server)) {
                  socket.setNeedClientAuth(mutual);
                  Optional<X509Certificate> seen = talk(socket, protocol, mutual);
                  answered.complete(new Handshake(Optional.empty(), seen, Optional.empty()));
                } catch (IOException | RuntimeException e) {
                  answered.complete(
                      new Handshake(Optional.empty(), Optional.empty(), Optional.of(e)));
                }
              });
      serving.start();
      Optional<X509Certificate> seen = Optional.empty();
      Optional<Exception> failure = Optional.empty();
      Socket plain = new Socket(listening.getInetAddress(), listening.getLocalPort());
      try (SSLSocket socket =
          (SSLSocket)
              client
                  .getSocketFactory()
                  .createSocket(plain, "localhost", listening.getLocalPort(), true)) {
        seen = talk(socket, protocol, true);
      } catch (IOException e) {
        failure = Optional.of(e);
      }
      Handshake served = answered.get(1, TimeUnit.MINUTES);
      Optional<Exception> ofClient = failure;
      return new Handshake(seen, served.client(), served.failure().or(() -> ofClient));
    }

    private static SSLSocket accepted(ServerSocket listening, SSLContext context)
        throws IOException {
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(listening.accept(), "localhost", 443, true);
      socket.setUseClientMode(false);
      return socket;
    }

    private static Optional<X509Certificate> talk(
        SSLSocket socket, String protocol, boolean authenticated) throws IOException {
      socket.setSoTimeout(60_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      return authenticated
          ? Optional.of((X509Certificate) socket.getSession().getPeerCertificates()[0])
          : Optional.empty();
    }
  }

  /** A context that trusts everybody and has no key. */
  static SSLContext anonymous() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {ANYBODY}, null);
    return context;
  }

  /** Certificates that each version signs itself as soon as it is active. */
  static CertificateSource selfSigned() {
    return version ->
        Optional.of(
            List.of(
                Certificates.selfSigned(
                    version,
                    CertificateSubject.named("CN=localhost").dns("localhost").ip("127.0.0.1"),
                    CertificatesTest.FROM,
                    CertificatesTest.VALIDITY)));
  }
}
