package dev.enclave.jca;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
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
