package dev.enclave.kit.claim;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a lock file. Not by a {@link java.nio.channels.FileChannel}, which an
 * interrupted thread closes when it writes, and its locks with it.
 */
final class LockFile {

  /** So large a lock file may look, without taking space: every claim makes it a byte longer. */
  private static final long LONGEST = 1 << 20;

  private LockFile() {}

  /**
   * What a look at a path shows.
   *
   * @param identity what tells the file from one that takes its place; null where the platform
   *     knows no such thing
   * @param size which every claim changes
   */
  record Look(@Nullable Object identity, long size) {}

  /** Looks without opening the file; none if there is none. */
  static Optional<Look> look(Path path) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (!found.isRegularFile()) {
      throw new IOException(path.getFileName() + " is no regular file");
    }
    return Optional.of(new Look(found.fileKey(), found.size()));
  }

  /**
   * Makes the file, for its owner alone; to be called where nobody in this JVM may have it open.
   *
   * @throws IOException also when something else is there, such as a symbolic link
   */
  static void makeIfMissing(Path path) throws IOException {
    if (look(path).isPresent()) {
      return;
    }
    try {
      Files.createFile(path, OwnerRights.file(path));
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
  }

  /** Opens a file that is there. */
  static RandomAccessFile open(Path path) throws IOException {
    try {
      return new RandomAccessFile(path.toFile(), "rw");
    } catch (FileNotFoundException e) {
      // The class stands for every failure to open.
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(path)) {
        throw new AccessDeniedException(path.toString());
      }
      throw e;
    }
  }

  /** Leaves a mark by which an earlier holder sees that the file was claimed again. */
  static Look mark(RandomAccessFile file, Look before) throws IOException {
    long size = before.size() % LONGEST + 1;
    file.setLength(size);
    return new Look(before.identity(), size);
  }
}
