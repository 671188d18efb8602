package dev.enclave.software.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All the disk work of the store: owner-only files, never through a link, replaced as a whole or
 * not at all. On file systems without POSIX permissions those are neither set nor checked.
 * Thread-safe.
 */
class SecureFiles {

  static final String TEMPORARY = ".tmp";

  private static final int STICKY = 0x200;

  private static final Set<PosixFilePermission> FOREIGN =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final SecureRandom random;

  SecureFiles(SecureRandom random) {
    this.random = random;
  }

  /** A file or directory that others could read or swap; the message says how to mend it. */
  static final class UnsafeFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnsafeFileException(String message) {
      super(message);
    }
  }

  boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes the directory and its missing parents with mode 0700; checks one that is there. */
  void createDirectory(Path directory) throws IOException {
    if (!exists(directory)) {
      Files.createDirectories(directory, attributes(directory, "rwx------"));
      Path parent = directory.getParent();
      if (parent != null) {
        sync(parent);
      }
    }
    checkDirectory(directory);
  }

  void checkDirectory(Path directory) throws IOException {
    BasicFileAttributes attributes = check(directory, "700");
    if (!attributes.isDirectory()) {
      throw new UnsafeFileException(directory + " is not a directory. Move it away.");
    }
  }

  /**
   * Reads a file, at most {@code limit} bytes of it.
   *
   * @throws NoSuchFileException when there is none
   */
  byte[] read(Path file, int limit) throws IOException {
    BasicFileAttributes attributes = check(file, "600");
    if (!attributes.isRegularFile()) {
      throw new UnsafeFileException(file + " is not a regular file. Move it away.");
    }
    try (var in = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(limit);
    }
  }

  private static BasicFileAttributes check(Path path, String mode) throws IOException {
    BasicFileAttributes attributes =
        posix(path)
            ? Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            : Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      throw new UnsafeFileException(
          path
              + " is a symbolic link, which is not followed. Put the real file or directory there.");
    }
    if (attributes instanceof PosixFileAttributes posix
        && posix.permissions().stream().anyMatch(FOREIGN::contains)) {
      throw new UnsafeFileException(
          path
              + " has mode "
              + PosixFilePermissions.toString(posix.permissions())
              + ", so others than its owner may use it. Run: chmod "
              + mode
              + " "
              + path);
    }
    return attributes;
  }

  /**
   * Puts {@code content} in place of {@code target}. When it throws, the old content is there
   * still; when it returns, the new content is there, and durable once {@link #sync} of the
   * directory is done.
   */
  void replace(Path target, byte[] content) throws IOException {
    byte[] suffix = new byte[6];
    random.nextBytes(suffix);
    Path temporary =
        target.resolveSibling(
            target.getFileName() + "." + HexFormat.of().formatHex(suffix) + TEMPORARY);
    try {
      writeNew(temporary, content);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      discard(temporary, e);
      throw e;
    }
  }

  private static void writeNew(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.<OpenOption>of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            attributes(file, "rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  private static void discard(Path temporary, IOException reason) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Makes names created, replaced or deleted in the directory durable, where the system can. */
  void sync(Path directory) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(directory, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no directory, and needs no such call.
    }
    try (channel) {
      channel.force(true);
    }
  }

  boolean delete(Path file) throws IOException {
    return Files.deleteIfExists(file);
  }

  /** The names in a directory, sorted. */
  List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.sort(String::compareTo);
    return names;
  }

  /** Opens a lock file, made when missing. */
  FileChannel openLock(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        attributes(file, "rw-------"));
  }

  boolean writable(Path directory) {
    return Files.isWritable(directory);
  }

  boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  boolean isLink(Path path) {
    return Files.isSymbolicLink(path);
  }

  boolean leadsToDirectory(Path path) {
    return Files.isDirectory(path);
  }

  /** Whether only the owners of files in the directory may delete them. */
  boolean isSticky(Path directory) throws IOException {
    return directory.getFileSystem().supportedFileAttributeViews().contains("unix")
        && Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS)
            instanceof Integer mode
        && (mode & STICKY) != 0;
  }

  /** The owner of a directory, if that is another user than this process's, as far as known. */
  Optional<String> foreignOwner(Path directory) throws IOException {
    if (!posix(directory)) {
      return Optional.empty();
    }
    String owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).getName();
    return ProcessHandle.current()
        .info()
        .user()
        .filter(user -> !user.equals(owner))
        .map(u -> owner);
  }

  private static FileAttribute<?>[] attributes(Path path, String permissions) {
    return posix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
