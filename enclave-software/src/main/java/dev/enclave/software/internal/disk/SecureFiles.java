package dev.enclave.software.internal.disk;

import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.kit.claim.ProcessUser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All the disk work of the store: files of this user alone, never through a link, replaced as a
 * whole or not at all. On file systems without POSIX permissions neither those nor owners are set
 * or checked. Thread-safe.
 */
public class SecureFiles {

  public static final String TEMPORARY = ".tmp";

  private final SecureRandom random;
  private final Disk disk;
  private final FileChecks checks;
  private final List<LastCheck> lastChecks = new CopyOnWriteArrayList<>();

  public SecureFiles(SecureRandom random) {
    this(random, new Disk());
  }

  public SecureFiles(SecureRandom random, Disk disk) {
    this.random = random;
    this.disk = disk;
    this.checks = new FileChecks(new ProcessUser());
  }

  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes the directory and its missing parents with mode 0700, durably; checks one there is. */
  public void createDirectory(Path directory) throws IOException {
    if (!exists(directory)) {
      makeWithParents(directory);
    }
    checkDirectory(directory);
  }

  private void makeWithParents(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !exists(parent)) {
      makeWithParents(parent);
    }
    try {
      disk.makeDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster. That it made it durable too is not known yet.
      if (!leadsToDirectory(directory)) {
        throw e;
      }
    }
    if (parent != null) {
      sync(parent);
    }
  }

  public void checkDirectory(Path directory) throws IOException {
    checks.directory(directory);
  }

  /**
   * Reads a file, at most {@code limit} bytes of it.
   *
   * @throws NoSuchFileException when there is none
   */
  public byte[] read(Path file, int limit) throws IOException {
    checks.file(file);
    return content(file, limit);
  }

  /** As {@link #read}, of a file that has no second name either. */
  public byte[] readUnshared(Path file, int limit) throws IOException {
    checks.unsharedFile(file);
    return content(file, limit);
  }

  private static byte[] content(Path file, int limit) throws IOException {
    try (var in = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(limit);
    }
  }

  /**
   * Puts {@code content} in place of {@code target}. When it throws, the old content is there
   * still; when it returns, the new content is there, and durable once {@link #sync} of the
   * directory is done.
   */
  public void replace(Path target, byte[] content) throws IOException {
    byte[] suffix = new byte[6];
    random.nextBytes(suffix);
    Path temporary =
        target.resolveSibling(
            target.getFileName() + "." + HexFormat.of().formatHex(suffix) + TEMPORARY);
    try {
      disk.writeNew(temporary, content);
      runLastChecks();
      disk.move(temporary, target);
    } catch (IOException e) {
      discard(temporary, e);
      throw e;
    }
  }

  /** What may stop a file at the last moment from being replaced or deleted. */
  public interface LastCheck {
    void run() throws IOException;
  }

  /** Has it run before every change from now on, when all but the change itself is done. */
  public void checkLast(LastCheck check) {
    lastChecks.add(check);
  }

  private void runLastChecks() throws IOException {
    for (LastCheck check : lastChecks) {
      check.run();
    }
  }

  private void discard(Path temporary, IOException reason) {
    try {
      disk.delete(temporary);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Gives a directory another name in the same one, durable once that is synced. */
  public void move(Path from, Path to) throws IOException {
    disk.move(from, to);
  }

  /** Makes names created, replaced or deleted in the directory durable, where the system can. */
  public void sync(Path directory) throws IOException {
    disk.sync(directory);
  }

  /**
   * As {@link #sync}, and, as far as the parent lets it, the directory's own name, which whoever
   * made it may not have synced. The parent may belong to another user, who lets nobody open it, or
   * lie on a file system that syncs no directories: the files here are durable nevertheless.
   */
  public void syncWithParent(Path directory) throws IOException {
    sync(directory);
    Path parent = directory.getParent();
    if (parent != null) {
      try {
        sync(parent);
      } catch (IOException e) {
        // Java does not tell an unsupported sync from one that failed.
      }
    }
  }

  public boolean delete(Path file) throws IOException {
    runLastChecks();
    return disk.delete(file);
  }

  /** The names in a directory, sorted. */
  public List<String> names(Path directory) throws IOException {
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

  /** Opens a file that processes share in memory, made when missing. */
  public FileChannel openShared(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            OwnerRights.file(file));
    try {
      checks.file(file);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * What tells a file from the one that replaces it; none where the platform knows no such thing.
   */
  Optional<Object> identity(Path file) throws IOException {
    return Optional.ofNullable(
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
  }

  public boolean writable(Path directory) {
    return Files.isWritable(directory);
  }

  public boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  public boolean isLink(Path path) {
    return Files.isSymbolicLink(path);
  }

  public boolean leadsToDirectory(Path path) {
    return Files.isDirectory(path);
  }

  /** Whether only the owners of files in the directory may delete them. */
  public boolean isSticky(Path directory) throws IOException {
    return FileChecks.isSticky(directory);
  }

  /** The owner of a directory, if that is another user than this process's, as far as known. */
  public Optional<String> foreignOwner(Path directory) throws IOException {
    return checks.foreignOwner(directory);
  }
}
