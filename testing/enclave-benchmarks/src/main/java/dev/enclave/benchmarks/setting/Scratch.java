package dev.enclave.benchmarks.setting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory that is gone when closed: audit logs of benchmarks grow to gigabytes. */
public record Scratch(Path directory) implements AutoCloseable {

  public static Scratch in(Path parent) throws IOException {
    return new Scratch(Files.createTempDirectory(parent, "scratch-"));
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
