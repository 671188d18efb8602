package dev.enclave.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
    if (!succeeds(arguments)) {
      throw new AssertionError("openssl " + String.join(" ", arguments) + ": " + output());
    }
    return this;
  }

  OpenSsl run(String... arguments) {
    return run(List.of(arguments));
  }

  boolean succeeds(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("openssl hangs");
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      throw new AssertionError("openssl is missing: apt-get install openssl", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private String output() {
    return new String(read("output"), StandardCharsets.UTF_8);
  }
}
