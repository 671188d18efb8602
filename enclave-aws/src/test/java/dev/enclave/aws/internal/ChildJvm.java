package dev.enclave.aws.internal;

import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

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
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.of(options, ChildOpening.class, arguments))
            .redirectErrorStream(true);
    JavaCommand.setVariables(builder, variables);
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the child did not end; it printed: " + output);
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
