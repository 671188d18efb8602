package dev.enclave.cli.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.EnclaveCommand;
import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.PasswordPrompt;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatorCommandTest {

  private static final int PATIENCE_SECONDS = 60;

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
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try (PipedInputStream read = new PipedInputStream();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
      PrintStream out = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
      EnclaveCommand command = new EnclaveCommand(context(out, err));
      Thread server = new Thread(() -> code.complete(command.execute("emulator", cloud)));
      server.start();
      List<String> options = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        options.add(lines.readLine());
      }
      String endpoint = use.of(options);

      server.interrupt();
      assertThat(code.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
      assertThat(err.toString(StandardCharsets.UTF_8))
          .endsWith(" at " + endpoint + " until interrupted (Ctrl-C)." + System.lineSeparator());
      return err.toString(StandardCharsets.UTF_8);
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
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try (PipedInputStream read = new PipedInputStream();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
      PrintStream out = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
      EnclaveCommand command = new EnclaveCommand(context(out, new ByteArrayOutputStream()));
      Thread server =
          new Thread(
              () -> code.complete(command.execute("emulator", "aws", "--faults", plan.toString())));
      server.start();
      List<String> options = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        options.add(lines.readLine());
      }
      String endpoint = valueOf(options, "enclave.aws-kms.endpoint");

      assertThat(statusOf(endpoint)).isEqualTo(503);
      assertThat(statusOf(endpoint)).isEqualTo(400);

      server.interrupt();
      assertThat(code.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
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

  private CommandContext context(PrintStream out, ByteArrayOutputStream err) {
    return new CommandContext(
        out,
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new ByteArrayInputStream(new byte[0]),
        PasswordPrompt.atTerminal(),
        folder,
        folder,
        false,
        "test",
        EnclaveEngine.Parts.none());
  }
}
