package dev.enclave.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are refused, each in a handshake on loopback. */
@Tag("full")
class CertificateTrustTest {

  /** For a busy machine. */
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final String NAMED =
      "no TLS connection was agreed on: the certificate of \"127.0.0.1\", of subject"
          + " \"CN=endpoint\", issued by \"CN=endpoint\", ";

  @Test
  void namesOneThatTheJvmDoesNotTrust(@TempDir Path folder) throws Exception {
    Path file = LoopbackTls.made(folder.resolve("k"), "ip:127.0.0.1");
    assertRefused(file, BoundedHttp::platformTrust, "is not trusted: if its issuer is your own");
  }

  @Test
  void namesOneOfAnotherHost(@TempDir Path folder) throws Exception {
    Path file = LoopbackTls.made(folder.resolve("k"), "dns:other.example");
    assertRefused(file, trusting(file), "is not one for this host");
  }

  /** As the JDK throws it where the issuer is trusted; one that is trusted itself may be old. */
  @Test
  void saysThatOneHasExpired() {
    for (CertificateException time :
        List.of(new CertificateExpiredException(), new CertificateNotYetValidException())) {
      CertPathValidatorException path = new CertPathValidatorException("validity check", time);
      assertThat(CertificateTrust.reason(new CertificateException(path)))
          .isEqualTo("has expired or is not valid yet by this machine's clock");
    }
  }

  @Test
  void takesOneThatIsTrusted(@TempDir Path folder) throws Exception {
    Path file = LoopbackTls.made(folder.resolve("k"), "ip:127.0.0.1");
    assertThat(asked(file, trusting(file))).isInstanceOf(Answered.class);
  }

  private static void assertRefused(Path file, Supplier<SSLContext> trust, String why)
      throws Exception {
    assertThat(asked(file, trust))
        .isInstanceOfSatisfying(
            Silent.class,
            silent -> {
              assertThat(silent.kind()).isEqualTo(Kind.NOT_SENT);
              assertThat(silent.observed()).startsWith(NAMED + why);
            });
  }

  private static HttpAnswer asked(Path file, Supplier<SSLContext> trust) throws Exception {
    LoopbackTls tls = LoopbackTls.of(file);
    try (LoopbackEndpoint server =
            new LoopbackEndpoint(
                tls.server().getServerSocketFactory(),
                "https",
                LoopbackEndpoint.saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"));
        BoundedHttp http = new BoundedHttp(trust, BoundedHttp.LONGEST_DOCUMENT, LONG)) {
      return http.send(HttpRequest.newBuilder(server.uri()).build(), LONG);
    }
  }

  private static Supplier<SSLContext> trusting(Path file) throws Exception {
    KeyStore store = LoopbackTls.store(file);
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("endpoint", store.getCertificate("endpoint"));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, CertificateTrust.managers(authorities), null);
    return () -> context;
  }
}
