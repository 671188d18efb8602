package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.processes.Ended;
import dev.enclave.testkit.InMemoryEnclave;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenSSL's client and server as peers of the JDK's TLS with keys of Enclave. */
@Tag("needs-openssl")
@Tag("full")
class OpenSslTlsTest {

  private static final Enclave ENCLAVE = InMemoryEnclave.open();

  private static Path folder;

  @BeforeAll
  static void register(@TempDir Path made) throws Exception {
    folder = made;
    Security.addProvider(new EnclaveProvider());
    Ended.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=peer",
            "-keyout",
            folder.resolve("peer.key").toString(),
            "-out",
            folder.resolve("peer.pem").toString())
        .succeeded();
  }

  @AfterAll
  static void remove() {
    Security.removeProvider(EnclaveProvider.NAME);
    ENCLAVE.close();
  }

  private static SSLContext context(SigningAlgorithm algorithm) throws Exception {
    SigningKey key =
        ENCLAVE.ensureKey(
            KeySpec.named(algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .algorithm(algorithm));
    EnclavePrivateKey version = EnclavePrivateKey.of(key);
    List<X509Certificate> chain = TlsPeers.selfSigned().chain(version).orElseThrow();
    Files.writeString(
        folder.resolve(algorithm + ".pem"), Pem.block(Pem.CERTIFICATE, chain.get(0).getEncoded()));
    CertificateChains chains = CertificateChains.none().with(version.keyName(), chain);
    return EnclaveKeyManager.of(key, CertificateSource.of(chains), InstantSource.system())
        .sslContext(TlsPeers.ANYBODY);
  }

  /** The signature that OpenSSL saw is of the key's own hash, whatever it would prefer. */
  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256, tls1_3, ecdsa_secp256r1_sha256",
    "ECDSA_P256_SHA256, tls1_2, ecdsa_secp256r1_sha256|ECDSA",
    "ECDSA_P384_SHA384, tls1_3, ecdsa_secp384r1_sha384",
    "ECDSA_P384_SHA384, tls1_2, ecdsa_secp384r1_sha384|ECDSA",
    "ECDSA_P521_SHA512, tls1_3, ecdsa_secp521r1_sha512",
    "ED25519, tls1_3, ed25519",
    "ED25519, tls1_2, ed25519",
    "RSA_PSS_2048_SHA256, tls1_3, rsa_pss_rsae_sha256|RSA-PSS",
    "RSA_PSS_2048_SHA256, tls1_2, rsa_pss_rsae_sha256|RSA-PSS",
    "RSA_PKCS1_2048_SHA256, tls1_2, rsa_pkcs1_sha256|RSA"
  })
  void asServer(SigningAlgorithm algorithm, String protocol, String signature) throws Exception {
    try (SSLServerSocket server =
        (SSLServerSocket)
            context(algorithm)
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> served = CompletableFuture.supplyAsync(() -> acceptOne(server));
      String seen =
          Ended.run(
                  "openssl",
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + server.getLocalPort(),
                  "-" + protocol,
                  "-sigalgs",
                  "ecdsa_secp521r1_sha512:ecdsa_secp384r1_sha384:ecdsa_secp256r1_sha256:ed25519"
                      + ":rsa_pss_rsae_sha512:rsa_pss_rsae_sha384:rsa_pss_rsae_sha256"
                      + ":rsa_pkcs1_sha512:rsa_pkcs1_sha256",
                  "-CAfile",
                  folder.resolve(algorithm + ".pem").toString(),
                  "-verify_return_error",
                  "-brief")
              .succeeded();

      assertThat(seen)
          .contains("Verification: OK")
          .containsIgnoringCase("Protocol version: " + name(protocol))
          .containsPattern("(?i)Signature type: (" + signature + ")");
      assertThat(served.get(1, TimeUnit.MINUTES)).isEqualTo(name(protocol));
    }
  }

  private static String acceptOne(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
      return socket.getSession().getProtocol();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(String protocol) {
    return protocol.equals("tls1_3") ? "TLSv1.3" : "TLSv1.2";
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256, tls1_3",
    "ECDSA_P256_SHA256, tls1_2",
    "ECDSA_P384_SHA384, tls1_3",
    "ECDSA_P521_SHA512, tls1_2",
    "ED25519, tls1_3",
    "ED25519, tls1_2",
    "RSA_PSS_2048_SHA256, tls1_3",
    "RSA_PSS_2048_SHA256, tls1_2",
    "RSA_PKCS1_2048_SHA256, tls1_2"
  })
  void asClient(SigningAlgorithm algorithm, String protocol) throws Exception {
    SSLContext ours = context(algorithm);
    Process server =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-" + protocol,
                "-cert",
                folder.resolve("peer.pem").toString(),
                "-key",
                folder.resolve("peer.key").toString(),
                "-Verify",
                "1",
                "-verify_return_error",
                "-CAfile",
                folder.resolve(algorithm + ".pem").toString(),
                "-rev",
                "-naccept",
                "1")
            .redirectErrorStream(true)
            .start();
    try {
      int port = port(server.inputReader(StandardCharsets.UTF_8));
      try (SSLSocket socket =
          (SSLSocket)
              ours.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("evalcne\n".getBytes(StandardCharsets.UTF_8));
        BufferedReader answers =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        assertThat(answers.readLine()).isEqualTo("enclave");
        assertThat(socket.getSession().getProtocol()).isEqualTo(name(protocol));
        assertThat(socket.getSession().getLocalCertificates()).hasSize(1);
      }
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static int port(BufferedReader said) throws Exception {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("ACCEPT ")) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      }
    }
    throw new IllegalStateException("openssl s_server did not start");
  }
}
