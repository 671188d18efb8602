package dev.enclave.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/**
 * Opens files that settings or other files name: regular ones, through links too. A named pipe that
 * nobody writes into keeps its reader for good, and so may a device.
 */
public final class RegularFiles {

  private static final Set<PosixFilePermission> EXPOSING =
      Set.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private RegularFiles() {}

  /**
   * Opens one to read it.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it is no regular file, or may not be read
   */
  public static InputStream open(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "no regular file");
    }
    return Files.newInputStream(file);
  }

  /**
   * Its mode, such as {@code rw-r--r--}, if users beside its owner and its group may read it, or
   * any beside its owner may write it. A group may read: a pod reads its secrets that way. None
   * where the file system knows no POSIX rights, or the file is not there.
   */
  public static Optional<String> modeIfExposed(Path file) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      return Collections.disjoint(mode, EXPOSING)
          ? Optional.empty()
          : Optional.of(PosixFilePermissions.toString(mode));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }
}
