package dev.enclave.auditlog.file;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.texts.Texts;
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
    Path path = directory.resolve(name);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return create(name);
    }
    requireClaim();
    requireRegular(path);
    requireFile(path);
    return new DiskLaneFile(path, "rw");
  }

  @Override
  public LaneFile openToRead(String name) throws IOException {
    Path path = directory.resolve(name);
    requireRegular(path);
    return new DiskLaneFile(path, "r");
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    Path path = directory.resolve(name);
    requireRegular(path);
    CHECKS.unsharedFile(path);
    return new DiskLaneFile(path, "r");
  }

  @Override
  public LaneFile create(String name) throws IOException {
    requireClaim();
    Path path = directory.resolve(name);
    Files.createFile(path, OwnerRights.file(path));
    return new DiskLaneFile(path, "rw");
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
      throw new CorruptLogException(Texts.NO_REGULAR_FILE.with(path.getFileName()));
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

  /**
   * A lane on disk. Not a {@link FileChannel}, which closes itself when an interrupted thread
   * writes: one cancelled request would end the log of the whole process.
   *
   * <p>A claimed one is changed only while the claim holds. A write is reported as done only if the
   * claim still held after it: whoever claims the lane later then finds what was written.
   */
  private final class DiskLaneFile implements LaneFile {

    private final Path path;
    private final RandomAccessFile file;

    DiskLaneFile(Path path, String mode) throws IOException {
      this.path = path;
      this.file = new RandomAccessFile(path.toFile(), mode);
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
