package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs Node on what this module has in TypeScript, after installing what its lock file names. */
final class NodeRun {

  private static final int MOST_MINUTES = 20;
  private static final Path INSTALLED = Path.of("node_modules/.package-lock.json");
  private static final Path BUILT = Path.of("target/ts.built");

  private NodeRun() {}

  /**
   * Installs from the lock file and builds the wallet, unless that was done since its sources
   * changed; for one of several processes that test this module at once.
   *
   * @return what the build said at its end
   */
  static synchronized String build() {
    try {
      Path folder = Files.createDirectories(Path.of("target"));
      try (FileChannel file =
              FileChannel.open(
                  folder.resolve("node.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        assert lock.isValid();
        if (!isNewer(INSTALLED, List.of(Path.of("package-lock.json")))) {
          require("npm", "ci", "--prefer-offline", "--ignore-scripts");
        }
        if (!isNewer(BUILT, sources())) {
          require("node", "build.mjs");
        }
        return Files.readString(BUILT, UTF_8).strip();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String name : List.of("build.mjs", "package-lock.json", "package.json", "tsconfig.json")) {
      sources.add(Path.of(name));
    }
    try (Stream<Path> below = Files.walk(Path.of("src/main/ts"))) {
      below.forEach(sources::add);
    }
    return sources;
  }

  private static boolean isNewer(Path made, List<Path> sources) throws IOException {
    if (!Files.exists(made)) {
      return false;
    }
    FileTime at = Files.getLastModifiedTime(made);
    for (Path source : sources) {
      if (at.compareTo(Files.getLastModifiedTime(source)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static void require(String... command) {
    Output output = run(command);
    if (output.exit() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed: " + output.all());
    }
  }

  /** How a command ended (-1 if it was ended), and what it wrote to each of its outputs. */
  record Output(int exit, List<String> lines, List<String> errors) {

    String all() {
      return "exit " + exit + "\n" + String.join("\n", lines) + "\n" + String.join("\n", errors);
    }
  }

  /** Runs a command in the module's folder. */
  static Output run(String... command) {
    try {
      Path lines = Files.createTempFile(Path.of("target"), "node", ".out");
      Path errors = Files.createTempFile(Path.of("target"), "node", ".err");
      Process process =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .redirectOutput(lines.toFile())
              .redirectError(errors.toFile())
              .start();
      boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      Output output =
          new Output(
              ended ? process.exitValue() : -1,
              Files.readAllLines(lines, UTF_8),
              Files.readAllLines(errors, UTF_8));
      Files.delete(lines);
      Files.delete(errors);
      return output;
    } catch (IOException e) {
      throw new AssertionError(
          String.join(" ", command) + " could not be run; install Node 20 or newer, with npm", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
