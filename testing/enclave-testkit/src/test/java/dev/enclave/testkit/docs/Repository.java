package dev.enclave.testkit.docs;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of this repository, found from the module the tests run in. */
final class Repository {

  private Repository() {}

  static Path root() {
    return Checkout.root();
  }

  static String read(String path) {
    return read(root().resolve(path));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** README and its neighbours, and everything in docs. */
  static List<Path> documents() {
    try (Stream<Path> top = Files.list(root());
        Stream<Path> docs = Files.walk(root().resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the documents of " + root(), e);
    }
  }

  /** The simple names of all classes of main code that have a file. */
  static Set<String> mainClasses() {
    try (Stream<Path> files = Files.walk(root(), 20)) {
      return files
          .map(file -> root().relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.contains("/src/main/java/") && file.endsWith(".java"))
          .map(file -> file.substring(file.lastIndexOf('/') + 1, file.length() - ".java".length()))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the classes of " + root(), e);
    }
  }

  /** All test sources of all modules, and the tests that others extend. */
  static List<Path> testSources() {
    try (Stream<Path> files = Files.walk(root(), 20)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("src"))
          .filter(
              file ->
                  root().relativize(file).toString().replace('\\', '/').contains("/src/test/java/")
                      || file.toString().endsWith("Contract.java")
                      || file.toString().endsWith("Campaign.java"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the tests of " + root(), e);
    }
  }
}
