package dev.enclave.auditlog.support;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Test vectors of others, read from where a package of the system puts them. Where the package is
 * missing a test fails if {@code CI} is set, and says so in one line elsewhere.
 */
public final class InstalledVectors {

  private InstalledVectors() {}

  /** Whether {@code vectors} can be read. */
  public static boolean present(Path vectors, String debianPackage) {
    return present(vectors, debianPackage, "true".equals(System.getenv("CI")));
  }

  static boolean present(Path vectors, String debianPackage, boolean required) {
    if (Files.exists(vectors)) {
      return true;
    }
    String missing =
        "Not compared with the vectors of others: "
            + vectors
            + " is not there; apt-get install "
            + debianPackage;
    if (required) {
      throw new AssertionError(missing);
    }
    System.out.println(missing);
    return false;
  }
}
