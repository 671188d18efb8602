package dev.enclave.cli.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Main;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What README.md says of trying a cloud without an account, to the letter, in two processes. */
@Tag("full")
class EmulatorDemoTest {

  private static final String OPTION = "-D ";

  private final Path home;

  EmulatorDemoTest(@TempDir Path home) {
    this.home = home;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "aws   | aws-kms        | ./enclave demo {0} {1} -D …",
        "azure | azure-keyvault | {5}… {6}… ./enclave demo {0} -D …",
        "gcp   | gcp-kms        | `enclave emulator gcp` does the same"
      })
  void runsTheDemo_withWhatTheEmulatorPrints(String cloud, String backend, String inReadme)
      throws Exception {
    Process emulator = enclave(List.of(), "emulator", cloud);
    try (BufferedReader printed = emulator.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = new ArrayList<>();
      for (String line = printed.readLine();
          line != null && !line.startsWith("Serving ");
          line = printed.readLine()) {
        // JDK 24 and later, and libraries there, warn in between.
        if (line.startsWith(OPTION) || line.matches("[A-Z_]+=.*")) {
          lines.add(line);
        }
      }
      assertThat(readme()).contains("./enclave emulator aws").contains(said(inReadme, lines));

      String demo = Ended.of(demo(lines)).succeeded();

      assertThat(demo)
          .contains("backend:     " + backend, "handle:      enclave:", backend)
          .contains("8. Audit", "Done. Every step gave what it must.");
    } finally {
      emulator.destroyForcibly().onExit().join();
    }
  }

  /** As a shell splits them: variables before the command, options behind it. */
  private Process demo(List<String> lines) throws IOException {
    List<String> command = new ArrayList<>(List.of("demo"));
    lines.stream()
        .filter(line -> line.startsWith(OPTION))
        .forEach(line -> command.addAll(Arrays.asList(line.split(" ", 2))));
    return enclave(
        lines.stream().filter(line -> !line.startsWith(OPTION)).toList(),
        command.toArray(String[]::new));
  }

  private Process enclave(List<String> variables, String... arguments) throws IOException {
    List<String> command =
        JavaCommand.of(
            List.of("-Duser.home=" + home, "-Djava.io.tmpdir=" + home), Main.class, arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    JavaCommand.setVariables(builder, Map.of());
    for (String variable : variables) {
      String[] nameAndValue = variable.split("=", 2);
      builder.environment().put(nameAndValue[0], nameAndValue[1]);
    }
    return builder.start();
  }

  /** The sentence of the document, in which values that differ each time are left out. */
  private static String said(String inReadme, List<String> lines) {
    String said = inReadme;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String shown = line.startsWith(OPTION) ? line : line.substring(0, line.indexOf('=') + 1);
      said = said.replace("{" + i + "}", shown);
    }
    return said;
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("../README.md"));
  }
}
