package dev.enclave.campaign.kubernetes;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that ends no later than this virtual machine, however that ends: a second process waits
 * for the end of a pipe from here and kills the program then.
 */
final class GuardedProcess implements AutoCloseable {

  private static final int SHOWN_LINES = 20;

  private final Process program;
  private final Process guard;
  private final Path log;

  private GuardedProcess(Process program, Process guard, Path log) {
    this.program = program;
    this.guard = guard;
    this.log = log;
  }

  /**
   * Starts a program without any variables of the environment.
   *
   * @param log a file that what it says is added to
   * @throws IOException if there is no such program, or no shell
   */
  static GuardedProcess start(Path log, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    Process program = builder.start();
    try {
      Process guard =
          new ProcessBuilder("sh", "-c", "read -r _; kill -KILL \"$1\"", "sh", "" + program.pid())
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      return new GuardedProcess(program, guard, log);
    } catch (IOException e) {
      program.destroyForcibly();
      throw e;
    }
  }

  boolean isAlive() {
    return program.isAlive();
  }

  long pid() {
    return program.pid();
  }

  /** The end of what it has said. */
  String lastLines() {
    try {
      List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    } catch (IOException e) {
      return "It said nothing that could be read.";
    }
  }

  /** Kills it, and waits until it is gone. */
  @Override
  public void close() {
    // First the guard, which would otherwise kill by a number that may be another's by then.
    guard.destroyForcibly().onExit().join();
    program.destroyForcibly().onExit().join();
  }
}
