package dev.enclave.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Node on what this module has in TypeScript, after installing what its lock file names. */
final class NodeRun {

  private static final int MOST_MINUTES = 30;

  private NodeRun() {}

  /** Installs from the lock file, if that was not done since it changed. */
  static void install() {
    Path installed = Path.of("node_modules/.package-lock.json");
    try {
      if (Files.exists(installed)
          && Files.getLastModifiedTime(installed)
                  .compareTo(Files.getLastModifiedTime(Path.of("package-lock.json")))
              >= 0) {
        return;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Output output = run("npm", "ci", "--prefer-offline", "--ignore-scripts");
    if (output.exit() != 0) {
      throw new AssertionError("npm ci failed: " + output.lines());
    }
  }

  record Output(int exit, List<String> lines) {}

  /** Runs a command in the module's folder; standard error goes with standard output. */
  static Output run(String... command) {
    try {
      Path log = Files.createTempFile(Path.of("target"), "node", ".log");
      Process process =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      Files.delete(log);
      return new Output(ended ? process.exitValue() : -1, lines);
    } catch (IOException e) {
      throw new AssertionError(
          String.join(" ", command) + " could not be run; install Node 20 or newer, with npm", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
