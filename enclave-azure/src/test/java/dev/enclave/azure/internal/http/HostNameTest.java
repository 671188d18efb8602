package dev.enclave.azure.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AzureKeyVaultServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate of another host is refused, also where a system property says otherwise. */
class HostNameTest {

  @Test
  void refusesTheCertificateOfAnotherHost_whateverAPropertySays(@TempDir Path folder)
      throws Exception {
    try (AzureKeyVaultServer server = AzureKeyVaultServer.builder().start()) {
      int port = server.vaultUrl().getPort();
      Path certificate =
          Files.writeString(folder.resolve("certificate.pem"), server.certificatePem());
      Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost vault.example\n");
      assertThat(ask(folder, certificate, "https://localhost:" + port + "/keys"))
          .contains("ANSWERED 401");
      assertThat(ask(folder, certificate, "https://vault.example:" + port + "/keys"))
          .contains("REFUSED")
          .doesNotContain("ANSWERED");
    }
  }

  private static String ask(Path folder, Path certificate, String url)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Djdk.internal.httpclient.disableHostnameVerification=true",
                    "-Djdk.net.hosts.file=" + folder.resolve("hosts"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ChildExchange.class.getName(),
                    certificate.toString(),
                    url))
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
