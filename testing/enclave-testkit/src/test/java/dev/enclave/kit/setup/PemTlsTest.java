package dev.enclave.kit.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys as OpenSSL writes them, in handshakes on loopback. */
@Tag("needs-openssl")
@Tag("full")
class PemTlsTest {

  private final Path folder;

  PemTlsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private PemTls.Identity identity(String name, String... newKey) throws Exception {
    openssl(
        List.of("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=" + name),
        List.of(newKey),
        List.of("-keyout", name + ".key", "-out", name + ".pem"));
    return new PemTls.Identity(
        Files.readString(folder.resolve(name + ".pem")),
        Files.readString(folder.resolve(name + ".key")));
  }

  @SafeVarargs
  private void openssl(List<String>... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
  }

  /** The name in the client's certificate, as a server that asks for one saw it. */
  private static String shakeHands(SSLContext server, SSLContext client) throws Exception {
    try (SSLServerSocket listening =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setNeedClientAuth(true);
      CompletableFuture<String> seen =
          CompletableFuture.supplyAsync(
              () -> {
                try (SSLSocket peer = (SSLSocket) listening.accept()) {
                  String name = peer.getSession().getPeerPrincipal().getName();
                  peer.getOutputStream().write(1);
                  return name;
                } catch (IOException e) {
                  return e.getClass().getSimpleName();
                }
              });
      try (SSLSocket socket =
          (SSLSocket)
              client
                  .getSocketFactory()
                  .createSocket(listening.getInetAddress(), listening.getLocalPort())) {
        socket.getInputStream().read();
      } catch (SSLException e) {
        return "client: " + e.getClass().getSimpleName();
      }
      return seen.join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PKCS #8 RSA, -newkey rsa:2048, PRIVATE KEY",
    "PKCS #1, -newkey rsa:2048, RSA PRIVATE KEY",
    "PKCS #8 P-256, -newkey ec -pkeyopt ec_paramgen_curve:prime256v1, PRIVATE KEY",
    "SEC 1, -newkey ec -pkeyopt ec_paramgen_curve:prime256v1, EC PRIVATE KEY"
  })
  void isWhomTheCertificateNames(String form, String newKey, String label) throws Exception {
    PemTls.Identity server = identity("server", "-newkey", "rsa:2048");
    PemTls.Identity made = identity("client", newKey.split(" "));
    String key = made.key();
    if (label.startsWith("RSA") || label.startsWith("EC")) {
      openssl(
          List.of(label.startsWith("RSA") ? "rsa" : "ec"),
          label.startsWith("RSA") ? List.of("-traditional") : List.of(),
          List.of("-in", "client.key", "-out", "old.key"));
      key = Files.readString(folder.resolve("old.key"));
    }
    assertThat(key).contains("-----BEGIN " + label + "-----");
    PemTls.Identity client = new PemTls.Identity(made.certificates(), key);
    assertThat(
            shakeHands(
                PemTls.of(client.certificates(), Optional.of(server)).orElseThrow(),
                PemTls.of(server.certificates(), Optional.of(client)).orElseThrow()))
        .isEqualTo("CN=client");
  }

  @Test
  void trustsNobodyElse() throws Exception {
    PemTls.Identity server = identity("server", "-newkey", "rsa:2048");
    PemTls.Identity other = identity("other", "-newkey", "rsa:2048");
    assertThat(
            shakeHands(
                PemTls.of(other.certificates(), Optional.of(server)).orElseThrow(),
                PemTls.of(other.certificates(), Optional.of(other)).orElseThrow()))
        .startsWith("client: ");
  }

  @Test
  void isNothing_ofWhatIsNoCertificateOrNoKey() throws Exception {
    PemTls.Identity good = identity("good", "-newkey", "rsa:2048");
    assertThat(PemTls.of("", Optional.empty())).isEmpty();
    assertThat(
            PemTls.of(
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Optional.empty()))
        .isEmpty();
    assertThat(
            PemTls.of(
                good.certificates(),
                Optional.of(new PemTls.Identity(good.certificates(), "no key"))))
        .isEmpty();
    assertThat(good).hasToString("Identity[***]");
  }
}
