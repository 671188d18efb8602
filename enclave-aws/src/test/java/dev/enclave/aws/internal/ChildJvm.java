package dev.enclave.aws.internal;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs {@link ChildOpening} with variables and options of a test's choice. */
final class ChildJvm {

  private final Map<String, String> variables = new TreeMap<>();
  private final List<String> options = new ArrayList<>();

  ChildJvm variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  ChildJvm property(String name, String value) {
    options.add("-D" + name + "=" + value);
    return this;
  }

  /** What it printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder child =
        new ProcessBuilder(JavaCommand.of(options, ChildOpening.class, arguments));
    JavaCommand.setVariables(child, variables);
    return Ended.run(child).output();
  }
}
