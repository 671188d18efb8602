package dev.enclave.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The folders of this repository, found from the module that a test runs in. */
public final class Checkout {

  private static final Pattern MODULE = Pattern.compile("<module>([^<]*)</module>");

  private Checkout() {}

  /** The folder that has the parent of all modules. */
  public static Path root() {
    Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    while (!Files.exists(root.resolve("enclave-api/pom.xml"))) {
      root = Objects.requireNonNull(root.getParent(), "no folder above this one has enclave-api");
    }
    return root;
  }

  /** The folder of each module, in the parent's order. */
  public static List<Path> modules() {
    try {
      return MODULE
          .matcher(Files.readString(root().resolve("pom.xml")))
          .results()
          .map(module -> root().resolve(module.group(1)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
