package dev.enclave.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The machine's Maven, with the settings and the repositories of whoever runs the tests. */
final class Maven {

  private static final int PATIENCE_MINUTES = 5;

  record Outcome(int status, String output) {}

  private Maven() {}

  /** Asks the network only for what was never downloaded. */
  static void succeed(Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B", "-o"));
    command.addAll(List.of(arguments));
    Outcome outcome = run(folder, command);
    if (outcome.status() != 0 && System.getenv("MVN_OFFLINE") == null) {
      command.remove("-o");
      outcome = run(folder, command);
    }
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }

  static Outcome run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("MVN_OFFLINE", "1");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
          .as(() -> "it ended: " + command)
          .isTrue();
      return new Outcome(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
