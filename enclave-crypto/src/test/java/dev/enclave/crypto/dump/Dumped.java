package dev.enclave.crypto.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.processes.Ended;
import dev.enclave.processes.HeapDumps;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A {@link DumpedProcess} from its parent's side. */
final class Dumped implements AutoCloseable {

  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");

  private final Path folder;
  private final Process process;
  private final BufferedReader output;

  private Dumped(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * @param left out of the class path: names of jars begin so
   */
  static Dumped start(Path folder, int signatures, List<KeyAlgorithm> algorithms, List<String> left)
      throws IOException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> left.stream().noneMatch(new File(entry).getName()::startsWith))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(JDK.resolve("java").toString());
    command.addAll(HeapDumps.OPTIONS);
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-cp", classPath));
    command.add(DumpedProcess.class.getName());
    command.add(folder.toString());
    command.add(Integer.toString(signatures));
    algorithms.forEach(algorithm -> command.add(algorithm.name()));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    return new Dumped(folder, process);
  }

  /** Waits until the process has come so far. */
  void awaitState(String state) throws IOException {
    String line = output.readLine();
    assertThat(line).as(Files.readString(folder.resolve("errors"))).isEqualTo(state);
  }

  void goOn() throws IOException {
    OutputStream input = process.getOutputStream();
    input.write('\n');
    input.flush();
  }

  /** What this process has masked. */
  byte[] secret(String name) throws IOException {
    return DumpedProcess.masked(Files.readAllBytes(folder.resolve(name)));
  }

  /** A heap dump with all objects, those that nothing refers to any more too. */
  Path heapDump(String name) throws Exception {
    return HeapDumps.take(process.pid(), folder.resolve(name + ".hprof"));
  }

  /**
   * A core dump of all that the kernel puts into one; empty, with a word why, where none may be,
   * and a failure in CI.
   */
  Optional<Path> coreDump() throws Exception {
    String said;
    try {
      said = Ended.run("gcore", "-o", folder.resolve("core").toString(), pid()).output();
    } catch (IOException missing) {
      said = missing.getMessage() + " (Debian: apt-get install gdb)";
    }
    Path file = folder.resolve("core." + pid());
    if (Files.notExists(file)) {
      String line = "NOT RUN: no core dump was taken and searched: " + said.strip();
      assertThat(System.getenv("CI")).as(line).isNotEqualTo("true");
      System.out.println(line);
      return Optional.empty();
    }
    return Optional.of(file);
  }

  private String pid() {
    return Long.toString(process.pid());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
