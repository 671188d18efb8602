package dev.enclave.crypto;

import dev.enclave.processes.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code openssl} command, run in a folder of its own. */
final class OpenSsl {

  private final Path folder;

  OpenSsl(Path folder) {
    this.folder = folder;
  }

  OpenSsl write(String file, byte[] content) {
    try {
      Files.write(folder.resolve(file), content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] read(String file) {
    try {
      return Files.readAllBytes(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code openssl} with these arguments; its failure is the test's. */
  OpenSsl run(List<String> arguments) {
    ended(arguments).succeeded();
    return this;
  }

  OpenSsl run(String... arguments) {
    return run(List.of(arguments));
  }

  boolean succeeds(List<String> arguments) {
    return ended(arguments).code() == 0;
  }

  private Ended ended(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    try {
      return Ended.run(new ProcessBuilder(command).directory(folder.toFile()));
    } catch (IOException e) {
      throw new AssertionError("openssl is missing: apt-get install openssl", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
