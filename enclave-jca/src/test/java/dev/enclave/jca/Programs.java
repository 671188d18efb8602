package dev.enclave.jca;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tools of the JDK. */
final class Programs {

  private Programs() {}

  /** A tool of the JDK that runs this test, with this test's class path. */
  static Ended jdk(String tool, List<String> arguments) throws IOException, InterruptedException {
    return jdk(tool, Map.of(), arguments);
  }

  /** The same, with variables besides this process's own. */
  static Ended jdk(String tool, Map<String, String> variables, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Ended.jdk(tool),
                "-J-cp",
                "-J" + System.getProperty("java.class.path"),
                "-J-Duser.language=" + Locale.ENGLISH.getLanguage()));
    JavaCommand.options().forEach(option -> command.add("-J" + option));
    command.addAll(arguments);
    ProcessBuilder program = new ProcessBuilder(command);
    program.environment().putAll(variables);
    return Ended.run(program);
  }
}
