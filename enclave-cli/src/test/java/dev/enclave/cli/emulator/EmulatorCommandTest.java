package dev.enclave.cli.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.RunningCommand;
import dev.enclave.emulators.AwsKmsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatorCommandTest {

  private static final int LINES = 7;

  private final Path folder;

  EmulatorCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void servesUntilInterrupted_andSaysHowToReachIt() throws Exception {
    String err =
        whileServing(
            "aws",
            options -> {
              assertThat(options)
                  .contains("-D enclave.backend=aws-kms", "-D enclave.environment=development")
                  .allMatch(line -> line.matches("-D enclave\\.[a-z.-]+=\\S+"));
              assertThat(valueOf(options, "enclave.aws-kms.region")).isEqualTo("eu-west-1");
              assertThat(valueOf(options, "enclave.aws-kms.access-key-id")).startsWith("AKIA");
              assertThat(valueOf(options, "enclave.aws-kms.secret-access-key")).isNotEmpty();
              String endpoint = valueOf(options, "enclave.aws-kms.endpoint");
              assertThat(valueOf(options, "enclave.aws-kms.sts-endpoint")).isEqualTo(endpoint);
              assertThat(statusOf(endpoint)).isEqualTo(400);
              return endpoint;
            });

    assertThat(err).startsWith("Serving AWS KMS at http://127.0.0.1:");
  }

  @Test
  void servesAKeyVault_andLeavesNoCertificateBehind() throws Exception {
    List<Path> certificates = new ArrayList<>();
    String err =
        whileServing(
            "azure",
            options -> {
              String vault = valueOf(options, "enclave.azure-keyvault.vault-url");
              assertThat(options)
                  .contains(
                      "-D enclave.backend=azure-keyvault", "-D enclave.environment=development");
              assertThat(valueOf(options, "enclave.azure-keyvault.allowed-endpoints"))
                  .isEqualTo(vault);
              assertThat(options.get(5)).startsWith("IDENTITY_ENDPOINT=http://127.0.0.1:");
              assertThat(options.get(6)).startsWith("IDENTITY_HEADER=");
              Path certificate =
                  Path.of(valueOf(options, "enclave.azure-keyvault.trusted-certificate"));
              certificates.add(certificate);
              assertThat(challengedBy(vault, certificate)).isEqualTo(401);
              return vault;
            });

    assertThat(err).startsWith("Serving Azure Key Vault at https://127.0.0.1:");
    assertThat(certificates.get(0)).doesNotExist();
    assertThat(certificates.get(0).getParent()).doesNotExist();
  }

  /** What is done with the lines that the command prints; answers where it said it is. */
  private interface Use {
    String of(List<String> lines) throws Exception;
  }

  /** Runs the command, and interrupts it after its use; what it said to the operator. */
  private String whileServing(String cloud, Use use) throws Exception {
    try (RunningCommand server = Cli.in(folder).start("emulator", cloud)) {
      String endpoint = use.of(server.lines(LINES));

      assertThat(server.interrupt()).isZero();
      assertThat(server.err())
          .endsWith(" at " + endpoint + " until interrupted (Ctrl-C)." + System.lineSeparator());
      return server.err();
    }
  }

  /** The status of a request without a token, over TLS that trusts that certificate alone. */
  private static int challengedBy(String vault, Path certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "vault", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    HttpsURLConnection connection =
        (HttpsURLConnection) URI.create(vault + "/keys").toURL().openConnection();
    connection.setSSLSocketFactory(context.getSocketFactory());
    return connection.getResponseCode();
  }

  @Test
  void failsAsThePlanSays() throws Exception {
    Path plan = Files.writeString(folder.resolve("plan"), "* 1: unavailable # and then none\n");
    try (RunningCommand server =
        Cli.in(folder).start("emulator", "aws", "--faults", plan.toString())) {
      String endpoint = valueOf(server.lines(LINES), "enclave.aws-kms.endpoint");

      assertThat(statusOf(endpoint)).isEqualTo(503);
      assertThat(statusOf(endpoint)).isEqualTo(400);

      assertThat(server.interrupt()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sign 1: explode", "Sign 1: wrong colour", "Sign"})
  void refusesAPlanThatItCannotFollow(String line) throws IOException {
    Path plan = Files.writeString(folder.resolve("plan"), line);

    Cli.Run run = Cli.in(folder).run("emulator", "aws", "--faults", plan.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("cannot be followed").contains(plan.toString());
  }

  @Test
  void refusesAPort_thatIsTaken() {
    try (AwsKmsServer other = AwsKmsServer.builder().start()) {
      int taken = other.endpoint().getPort();

      Cli.Run run = Cli.in(folder).run("emulator", "aws", "--port", Integer.toString(taken));

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("Nothing can listen on port " + taken).contains("--port");
    }
  }

  @Test
  void refusesAPort_thatIsNone() {
    assertThat(Cli.in(folder).run("emulator", "aws", "--port", "65536").code()).isEqualTo(2);
    assertThat(Cli.in(folder).run("emulator", "aws", "--port", "x").code()).isEqualTo(2);
  }

  /** An unsigned request: refused, by somebody who is there. */
  private static int statusOf(String endpoint) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(endpoint + "/").toURL().openConnection();
    connection.setRequestMethod("POST");
    return connection.getResponseCode();
  }

  private static String valueOf(List<String> options, String name) {
    String start = "-D " + name + "=";
    return options.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst()
        .orElseThrow();
  }
}
