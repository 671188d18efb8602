package dev.enclave.core.internal.audit;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Rights for the owner alone, where the file system knows POSIX rights; elsewhere it inherits. */
final class OwnerOnly {

  private OwnerOnly() {}

  static FileAttribute<?>[] file() {
    return rights("rw-------");
  }

  static FileAttribute<?>[] directory() {
    return rights("rwx------");
  }

  static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] rights(String text) {
    return posix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
        }
        : new FileAttribute<?>[0];
  }
}
