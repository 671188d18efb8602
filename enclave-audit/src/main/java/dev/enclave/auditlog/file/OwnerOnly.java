package dev.enclave.auditlog.file;

import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.ProcessUser;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Refuses what is not its owner's alone, where the file system knows POSIX rights. */
public final class OwnerOnly {

  private static final FileChecks CHECKS = new FileChecks(new ProcessUser());

  private OwnerOnly() {}

  static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** Refuses a directory that is not this user's alone, as a key store's is refused. */
  public static void requireDirectory(Path directory) throws IOException {
    CHECKS.directory(directory);
  }

  /** Refuses a file that is there and is not this user's alone. */
  public static void requireFile(Path file) throws IOException {
    CHECKS.file(file);
  }

  /** As {@link #requireFile}; and under one name only. */
  static void requireUnsharedFile(Path file) throws IOException {
    CHECKS.unsharedFile(file);
  }
}
