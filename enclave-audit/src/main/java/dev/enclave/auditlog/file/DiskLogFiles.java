package dev.enclave.auditlog.file;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.kit.claim.FileChecks;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.kit.claim.OwnerRights;
import dev.enclave.kit.claim.ProcessUser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory on disk. The files of a lane are changed only while its claim holds.
 *
 * @param directory which exists
 * @param claim of the lane whose files are changed, if they are those of one
 */
public record DiskLogFiles(Path directory, Optional<FileClaim> claim) implements LogFiles {

  public DiskLogFiles(Path directory) {
    this(directory, Optional.empty());
  }

  @Override
  public Set<String> names() throws IOException {
    // Listed, not asked one by one: a file that may not be seen must not count as absent.
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public LaneFile open(String name) throws IOException {
    requireClaim();
    return DiskLaneFile.open(directory.resolve(name), claim);
  }

  @Override
  public LaneFile openToRead(String name) throws IOException {
    return DiskLaneFile.openToRead(directory.resolve(name));
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    return DiskLaneFile.openSecret(directory.resolve(name));
  }

  @Override
  public LaneFile create(String name) throws IOException {
    requireClaim();
    return DiskLaneFile.create(directory.resolve(name), claim);
  }

  @Override
  public void delete(String name) throws IOException {
    requireClaim();
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void force() throws IOException {
    // Windows opens no directories and needs no such step.
    if (posix()) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private void requireClaim() throws IOException {
    if (claim.isPresent()) {
      claim.get().require();
    }
  }

  private static final FileChecks CHECKS = new FileChecks(new ProcessUser());

  /** Refuses what is there and is a link, a directory, a named pipe or a device. */
  static void requireRegular(Path path) throws CorruptLogException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new CorruptLogException(path.getFileName() + " is no regular file");
    }
  }

  private static boolean posix() {
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

  /**
   * A lane on disk. Not a {@link FileChannel}, which closes itself when an interrupted thread
   * writes: one cancelled request would end the log of the whole process.
   *
   * <p>A claimed one is changed only while the claim holds. A write is reported as done only if the
   * claim still held after it: whoever claims the lane later then finds what was written.
   */
  private static final class DiskLaneFile implements LaneFile {

    private final Path path;
    private final RandomAccessFile file;
    private final Optional<FileClaim> claim;

    private DiskLaneFile(Path path, String mode, Optional<FileClaim> claim) throws IOException {
      this.path = path;
      this.file = new RandomAccessFile(path.toFile(), mode);
      this.claim = claim;
    }

    /** Opens a file, made (0600) if missing; one that others may use is refused. */
    static DiskLaneFile open(Path path, Optional<FileClaim> claim) throws IOException {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return create(path, claim);
      }
      requireRegular(path);
      requireFile(path);
      return new DiskLaneFile(path, "rw", claim);
    }

    /** Opens a file that holds a private key; one that others may use is refused. */
    static DiskLaneFile openSecret(Path path) throws IOException {
      requireRegular(path);
      requireUnsharedFile(path);
      return openToRead(path);
    }

    /** Opens a file that is there and is not written. */
    static DiskLaneFile openToRead(Path path) throws IOException {
      requireRegular(path);
      return new DiskLaneFile(path, "r", Optional.empty());
    }

    /**
     * Makes a file (0600).
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is one
     */
    static DiskLaneFile create(Path path, Optional<FileClaim> claim) throws IOException {
      Files.createFile(path, OwnerRights.file(path));
      return new DiskLaneFile(path, "rw", claim);
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public byte[] tail(int length) throws IOException {
      byte[] tail = new byte[length];
      file.seek(file.length() - length);
      file.readFully(tail);
      return tail;
    }

    @Override
    public void read(long position, byte[] bytes, int start, int length) throws IOException {
      file.seek(position);
      file.readFully(bytes, start, length);
    }

    @Override
    public void write(long position, byte[] bytes, int length) throws IOException {
      requireClaim();
      // Longer, if a process that has lost its claim was in the middle of a write.
      if (claim.isPresent() && file.length() != position) {
        throw new IOException(
            path.getFileName() + " was changed by somebody who has no claim on it");
      }
      file.seek(position);
      file.write(bytes, 0, length);
      requireClaim();
    }

    @Override
    public void truncate(long size) throws IOException {
      requireClaim();
      if (claim.isPresent() && file.length() < size) {
        throw new IOException(path.getFileName() + " is shorter than what was written to it");
      }
      file.setLength(size);
    }

    private void requireClaim() throws IOException {
      if (claim.isPresent()) {
        claim.get().require();
      }
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
