package dev.enclave.kit.claim;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Rights with which a file or directory is made for its owner alone. Where the file system knows no
 * POSIX rights there are none, and what is made inherits those of its directory.
 */
public final class OwnerRights {

  private OwnerRights() {}

  /** Mode 0600. */
  public static FileAttribute<?>[] file(Path path) {
    return rights(path, "rw-------");
  }

  /** Mode 0700. */
  public static FileAttribute<?>[] directory(Path path) {
    return rights(path, "rwx------");
  }

  private static FileAttribute<?>[] rights(Path path, String text) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
        }
        : new FileAttribute<?>[0];
  }
}
