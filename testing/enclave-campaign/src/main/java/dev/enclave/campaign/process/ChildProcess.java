package dev.enclave.campaign.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process of this class path, which talks by lines. */
public final class ChildProcess implements AutoCloseable {

  /**
   * What a server in another process needs too: the program of an API server, and the folder of the
   * RSA pairs, each of which takes such a process up to a minute to make.
   */
  private static final List<String> PASSED_ON =
      List.of("tests.kube-apiserver", "dev.enclave.emulators.rsa-keys");

  private final Process process;
  private final Path errors;
  private final BufferedReader output;

  private ChildProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  public static ChildProcess start(Path folder, Class<?> main, String... arguments)
      throws IOException {
    return start(folder, List.of(), main, arguments);
  }

  /** One whose virtual machine has options of its own. */
  public static ChildProcess start(
      Path folder, List<String> options, Class<?> main, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(HeapDumps.OPTIONS);
    all.add("-Xmx256m");
    for (String name : PASSED_ON) {
      Optional.ofNullable(System.getProperty(name))
          .ifPresent(value -> all.add("-D" + name + "=" + value));
    }
    all.addAll(options);
    List<String> command = JavaCommand.of(all, main, arguments);
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    return new ChildProcess(
        new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  /** The next line it says. */
  public String line() throws IOException {
    String line = output.readLine();
    assertThat(line).as(errors()).isNotNull();
    return line;
  }

  /** The same; nothing if it has ended. */
  public Optional<String> lineOrEnd() throws IOException {
    return Optional.ofNullable(output.readLine());
  }

  public void awaitLine(String expected) throws IOException {
    assertThat(line()).as(errors()).isEqualTo(expected);
  }

  /** What it says before a line. */
  public String linesUntil(String expected) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = line(); !line.equals(expected); line = line()) {
      said.append(line).append('\n');
    }
    return said.toString();
  }

  /** Waits until it ends by itself. */
  public void awaitEnd() {
    process.onExit().join();
  }

  /** What it has said on its standard error so far. */
  public String errors() throws IOException {
    return Files.readString(errors);
  }

  /** Tells it to go on. */
  public void goOn() throws IOException {
    tell("");
  }

  /** Tells it a line. */
  public void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + '\n').getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
