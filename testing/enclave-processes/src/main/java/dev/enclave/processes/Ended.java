package dev.enclave.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How a program ended that a test ran.
 *
 * @param code its exit code
 * @param output all that it said: its errors too, where they were not sent elsewhere
 */
public record Ended(int code, String output) {

  private static final int MOST_MINUTES = 5;

  /** Runs a program, with nothing to read. */
  public static Ended run(String... command) throws IOException, InterruptedException {
    return run(List.of(command));
  }

  /** Runs a program, with nothing to read. */
  public static Ended run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder program = new ProcessBuilder(command);
    // A JVM would say that it has read it.
    program.environment().remove("JAVA_TOOL_OPTIONS");
    return run(program);
  }

  /** The same, in the folder and with the variables that were chosen. */
  public static Ended run(ProcessBuilder program) throws IOException, InterruptedException {
    if (program.redirectError().type() == Redirect.Type.PIPE) {
      program.redirectErrorStream(true);
    }
    Process process = program.start();
    process.getOutputStream().close();
    return of(process);
  }

  /** Waits for the end of a program that was started; ends it where that takes minutes. */
  public static Ended of(Process process) throws IOException, InterruptedException {
    CompletableFuture<Process> end = process.onExit().orTimeout(MOST_MINUTES, TimeUnit.MINUTES);
    var unused = end.exceptionally(late -> kill(process));
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      assertThat(end).as(() -> "It hung, and said: " + output).isNotCompletedExceptionally();
      return new Ended(code, output);
    } finally {
      kill(process);
    }
  }

  private static Process kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    return process.destroyForcibly();
  }

  /** A program of the JDK that runs this test. */
  public static String jdk(String program) {
    return Path.of(System.getProperty("java.home", ""), "bin", program).toString();
  }

  /** The output of a program that succeeded. */
  public String succeeded() {
    assertThat(code).as(output).isZero();
    return output;
  }

  /** The output of a program that failed. */
  public String failed() {
    assertThat(code).as(output).isNotZero();
    return output;
  }
}
