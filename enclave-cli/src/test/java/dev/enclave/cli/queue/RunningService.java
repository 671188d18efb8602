package dev.enclave.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A service in a process of its own, which has the operations of a folder open. */
final class RunningService implements AutoCloseable {

  private final Process process;

  private RunningService(Process process) {
    this.process = process;
  }

  /** Runs until its input ends. */
  public static void main(String[] arguments) throws IOException {
    try (Enclave enclave = QueueCommandsTest.builder(Path.of(arguments[0]), "submit").open()) {
      System.out.println(enclave.deferred().orElseThrow().find("t-none").isPresent());
      assertThat(System.in.read()).isEqualTo(-1);
    }
  }

  static RunningService start(Path folder) throws IOException {
    Process process =
        new ProcessBuilder(JavaCommand.of(RunningService.class, folder.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("false");
    return new RunningService(process);
  }

  boolean alive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
