package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.GcpKmsServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says of Google Cloud alone. */
class GcpRingTest {

  private static final String RING = "wallet";

  @Test
  void doctorSaysThatGoogleLogsNoSignatureByItself(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing(RING).start()) {
      assertThat(Cli.in(folder).run(GcpOptions.line(server, RING, "doctor", "--verbose")).out())
          .contains("only where Data Access logs of Cloud KMS are on")
          .contains("DATA_READ for signatures", "ADMIN_READ for readings of keys");
      assertThat(Cli.in(folder).run(GcpOptions.line(server, RING, "doctor", "--iam")).out())
          .contains("auditConfigs:", "logType: DATA_READ", "logType: ADMIN_READ");
    }
  }
}
