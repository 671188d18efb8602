package dev.enclave.core.internal.audit.file;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Rights for the owner alone, where the file system knows POSIX rights; elsewhere it inherits. */
public final class OwnerOnly {

  private OwnerOnly() {}

  static FileAttribute<?>[] file() {
    return rights("rw-------");
  }

  public static FileAttribute<?>[] directory() {
    return rights("rwx------");
  }

  static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** Refuses a directory whose mode lets others replace files in it. */
  public static void requireNotWritableByOthers(Path directory) throws IOException {
    if (!posix()) {
      return;
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
    if (mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          directory + " has mode " + PosixFilePermissions.toString(mode) + ", so others may write");
    }
  }

  private static FileAttribute<?>[] rights(String text) {
    return posix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
        }
        : new FileAttribute<?>[0];
  }
}
