package dev.enclave.cli;

import dev.enclave.emulators.GcpKmsServer;
import java.util.ArrayList;
import java.util.List;

/** What a command line says of a server of Google Cloud KMS. */
public final class GcpOptions {

  private GcpOptions() {}

  /** The command, and the settings for a key ring of the server. */
  public static String[] line(GcpKmsServer server, String ring, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.backend=gcp-kms");
    line.add("-Denclave.gcp-kms.key-ring=" + server.keyRingName(ring));
    line.add("-Denclave.gcp-kms.endpoint=http://" + server.target());
    line.add("-Denclave.gcp-kms.access-token=" + server.accessToken());
    return line.toArray(String[]::new);
  }
}
