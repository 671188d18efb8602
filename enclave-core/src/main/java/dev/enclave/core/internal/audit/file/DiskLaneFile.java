package dev.enclave.core.internal.audit.file;

import dev.enclave.core.internal.audit.record.CorruptLogException;
import dev.enclave.kit.claim.OwnerRights;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A lane on disk. Not a {@link FileChannel}, which closes itself when an interrupted thread writes:
 * one cancelled request would end the log of the whole process.
 */
final class DiskLaneFile implements LaneFile {

  private final RandomAccessFile file;

  private DiskLaneFile(RandomAccessFile file) {
    this.file = file;
  }

  /** Opens a file, made (0600) if missing; one that others may use is refused. */
  static DiskLaneFile open(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return create(path);
    }
    requireRegular(path);
    OwnerOnly.requireFile(path);
    return there(path, "rw");
  }

  /** Opens a file that holds a private key; one that others may use is refused. */
  static DiskLaneFile openSecret(Path path) throws IOException {
    requireRegular(path);
    OwnerOnly.requireUnsharedFile(path);
    return there(path, "r");
  }

  /** Opens a file that is there and is not written. */
  static DiskLaneFile openToRead(Path path) throws IOException {
    return there(path, "r");
  }

  private static DiskLaneFile there(Path path, String mode) throws IOException {
    requireRegular(path);
    return new DiskLaneFile(new RandomAccessFile(path.toFile(), mode));
  }

  /** Refuses what is there and is a link, a directory, a named pipe or a device. */
  static void requireRegular(Path path) throws CorruptLogException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new CorruptLogException(path.getFileName() + " is no regular file");
    }
  }

  /**
   * Makes a file (0600).
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is one
   */
  static DiskLaneFile create(Path path) throws IOException {
    Files.createFile(path, OwnerRights.file(path));
    return new DiskLaneFile(new RandomAccessFile(path.toFile(), "rw"));
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
    file.seek(position);
    file.write(bytes, 0, length);
  }

  @Override
  public void truncate(long size) throws IOException {
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
