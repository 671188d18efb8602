package dev.enclave.software.internal.disk;

import dev.enclave.kit.claim.OwnerRights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * The steps by which the store changes a disk, one method each; all of them go through here, so
 * that a test can lose any. Thread-safe.
 */
public class Disk {

  /** Makes one directory with mode 0700, durable once its parent is synced. */
  public void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, OwnerRights.directory(directory));
  }

  /** Makes a file with mode 0600. Its content is durable; its name once the directory is synced. */
  public void writeNew(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.<OpenOption>of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnerRights.file(file))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** Puts a file in place of another of the same directory, durable once that is synced. */
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes a file, for good once the directory is synced. Returns whether there was one. */
  public boolean delete(Path file) throws IOException {
    return Files.deleteIfExists(file);
  }

  /**
   * Makes the names in the directory durable, where the system can. An interrupt of the thread
   * waits for it: the names are changed already, so nothing is won by giving up here.
   */
  public void sync(Path directory) throws IOException {
    if (!isPosix(directory)) {
      return; // Windows opens no directory, and needs no such call.
    }
    boolean interrupted = false;
    try {
      while (!forced(directory)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false when an interrupt closed the channel. */
  private static boolean forced(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
