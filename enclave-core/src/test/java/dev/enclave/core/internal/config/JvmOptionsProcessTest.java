package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this JDK makes of its variables and its command line, by a process of its own. */
@Tag("full")
final class JvmOptionsProcessTest {

  private final Path folder;

  JvmOptionsProcessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theJvmReadsTheFourInThisOrder() throws Exception {
    assertThat(
            run(
                Map.of(
                    "JAVA_TOOL_OPTIONS",
                    "-Denclave.backend=a -Denclave.precedence=a -Denclave.audit.sink=a"
                        + " -Denclave.audit.directory=a",
                    "JDK_JAVA_OPTIONS",
                    "-Denclave.precedence=b -Denclave.audit.sink=b -Denclave.audit.directory=b",
                    "_JAVA_OPTIONS",
                    "-Denclave.audit.directory=d"),
                "-Denclave.audit.sink=c",
                "-Denclave.audit.directory=c"))
        .containsExactly(
            "enclave.audit.directory=d from variable _JAVA_OPTIONS overrides variable"
                + " JAVA_TOOL_OPTIONS, variable JDK_JAVA_OPTIONS, command line",
            "enclave.audit.sink=c from command line overrides variable JAVA_TOOL_OPTIONS, variable"
                + " JDK_JAVA_OPTIONS",
            "enclave.backend=a from variable JAVA_TOOL_OPTIONS",
            "enclave.precedence=b from variable JDK_JAVA_OPTIONS overrides variable"
                + " JAVA_TOOL_OPTIONS");
  }

  @Test
  void noVariableOverridesTheProductionOfACommandLine() throws Exception {
    assertThat(
            run(
                Map.of(
                    "_JAVA_OPTIONS",
                    "-Denclave.environment=local -Denclave.may-be-lowered=enclave.environment"),
                "-Denclave.environment=production"))
        .containsExactly(
            "enclave.environment=production from command line",
            "enclave.may-be-lowered=enclave.environment from variable _JAVA_OPTIONS",
            "ignored local from variable _JAVA_OPTIONS");
  }

  @Test
  void filesOfOptionsCountAsTheCommandLine() throws Exception {
    Path arguments = Files.writeString(folder.resolve("arguments"), "-Denclave.backend=os");
    Path options = Files.writeString(folder.resolve("options"), "-Denclave.environment=local");

    assertThat(
            run(
                Map.of(
                    "JDK_JAVA_OPTIONS",
                    "@" + arguments,
                    "_JAVA_OPTIONS",
                    "-XX:VMOptionsFile=" + options),
                "-Denclave.environment=staging"))
        .containsExactly(
            "enclave.backend=os from command line",
            "enclave.environment=staging from command line",
            "ignored local from command line");
  }

  @Test
  void quotesAreReadAsTheJvmReadsThem() throws Exception {
    String text = "\"-Denclave.audit.directory=/a b\" -Denclave.backend=o\"'\"s'\"\\'";

    for (String variable : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
      assertThat(run(Map.of(variable, text)))
          .containsExactly(
              "enclave.audit.directory=/a b from variable " + variable,
              "enclave.backend=o's\"\\ from variable " + variable);
    }
  }

  private List<String> run(Map<String, String> variables, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Ended.jdk("java"));
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(options));
    command.add(TellingProcess.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(JvmOptionsProcessTest::disturbs);
    builder.environment().putAll(variables);
    Path errors = folder.resolve("errors");
    Ended ended = Ended.run(builder.redirectError(errors.toFile()));
    assertThat(ended.code()).as(ended.output() + Files.readString(errors)).isZero();
    return ended.output().lines().toList();
  }

  private static boolean disturbs(String variable) {
    return variable.startsWith("ENCLAVE_") || variable.endsWith("_OPTIONS");
  }
}
