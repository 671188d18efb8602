package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.GcpKmsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says of Google Cloud alone. */
@Tag("exhaustive")
class GcpRingTest {

  @Test
  void doctorSaysThatGoogleLogsNoSignatureByItself(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThat(Cli.in(folder).run(line(server, "doctor")).out())
          .contains("only where Data Access logs (DATA_READ) of Cloud KMS are on");
      assertThat(Cli.in(folder).run(line(server, "doctor", "--iam")).out())
          .contains("auditConfigs:", "logType: DATA_READ");
    }
  }

  private static String[] line(GcpKmsServer server, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.backend=gcp-kms");
    line.add("-Denclave.gcp-kms.key-ring=" + server.keyRingName("wallet"));
    line.add("-Denclave.gcp-kms.endpoint=http://" + server.target());
    line.add("-Denclave.gcp-kms.access-token=" + server.accessToken());
    return line.toArray(String[]::new);
  }
}
