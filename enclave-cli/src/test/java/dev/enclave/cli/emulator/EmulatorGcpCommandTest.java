package dev.enclave.cli.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.RunningCommand;
import dev.enclave.emulators.GcpKmsServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmulatorGcpCommandTest {

  private static final int LINES = 5;

  private final Path folder;

  EmulatorGcpCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void servesUntilInterrupted_andSaysHowToReachIt() throws Exception {
    try (RunningCommand server = Cli.in(folder).start("emulator", "gcp")) {
      List<String> options = server.lines(LINES);

      assertThat(options)
          .contains("-D enclave.backend=gcp-kms", "-D enclave.environment=development")
          .contains(
              "-D enclave.gcp-kms.key-ring="
                  + "projects/emulated/locations/europe-west1/keyRings/enclave")
          .allMatch(line -> line.matches("-D enclave\\.[a-z.-]+=\\S+"));
      assertThat(options.get(LINES - 1)).startsWith("-D enclave.gcp-kms.access-token=ya29.");
      URI endpoint = URI.create(options.get(3).substring("-D enclave.gcp-kms.endpoint=".length()));
      assertThat(greetedByHttp2(endpoint)).isTrue();

      assertThat(server.interrupt()).isZero();
      assertThat(server.err())
          .isEqualTo(
              "Serving Google Cloud KMS at "
                  + endpoint
                  + " until interrupted (Ctrl-C)."
                  + System.lineSeparator());
    }
  }

  @Test
  void refusesAPort_thatIsTaken() {
    try (GcpKmsServer other = GcpKmsServer.builder().start()) {
      Cli.Run run = Cli.in(folder).run("emulator", "gcp", "--port", Integer.toString(other.port()));

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("Nothing can listen on port " + other.port());
    }
  }

  /** RFC 9113 §3.4: a server's first frame is a SETTINGS frame, of type 4. */
  private static boolean greetedByHttp2(URI endpoint) throws IOException {
    try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      return socket.getInputStream().readNBytes(9)[3] == 4;
    }
  }
}
