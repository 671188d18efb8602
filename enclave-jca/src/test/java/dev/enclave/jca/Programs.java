package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Programs that are run to their end. */
final class Programs {

  /**
   * How one ended.
   *
   * @param exit its status
   * @param output both of its streams
   */
  record Ended(int exit, String output) {

    String succeeded() {
      assertThat(exit).as(output).isZero();
      return output;
    }

    String failed() {
      assertThat(exit).as(output).isNotZero();
      return output;
    }
  }

  private Programs() {}

  static Ended run(String... command) throws IOException, InterruptedException {
    return run(List.of(command));
  }

  static Ended run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  /** A tool of the JDK that runs this test, with this test's class path. */
  static Ended jdk(String tool, List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", tool).toString(),
                "-J-cp",
                "-J" + System.getProperty("java.class.path"),
                "-J-Duser.language=" + Locale.ENGLISH.getLanguage()));
    JavaCommand.options().forEach(option -> command.add("-J" + option));
    command.addAll(arguments);
    return run(command);
  }
}
