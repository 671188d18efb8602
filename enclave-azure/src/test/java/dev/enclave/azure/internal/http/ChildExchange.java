package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A process of its own, with system properties of its own: asks once, and says what came. */
final class ChildExchange {

  private ChildExchange() {}

  /** The certificate that is trusted, and whom to ask. */
  public static void main(String[] arguments) throws GeneralSecurityException, IOException {
    try (Wire wire = new Wire(trusting(Path.of(arguments[0])))) {
      URI target = URI.create(arguments[1]);
      Answer answer =
          wire.exchange(
              new HttpRequest(HttpMethod.GET, target.toString()), target, Duration.ofSeconds(20));
      System.out.println("ANSWERED " + answer.status());
    } catch (WireException e) {
      System.out.println("REFUSED " + e.observed());
    }
  }

  private static SSLContext trusting(Path pem) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream stream = Files.newInputStream(pem)) {
      trusted.setCertificateEntry(
          "vault", CertificateFactory.getInstance("X.509").generateCertificate(stream));
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
