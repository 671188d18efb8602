package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** One file of the log, locked by the process that writes it. Used under the sink's lock. */
final class AuditLane implements AutoCloseable {

  private final FileChannel channel;
  private long sequence;
  private String previous;
  private long length;

  private AuditLane(FileChannel channel, long sequence, String previous, long length) {
    this.channel = channel;
    this.sequence = sequence;
    this.previous = previous;
    this.length = length;
  }

  /** Opens a lane and goes on where it ends; none if another process or sink holds it. */
  static Optional<AuditLane> tryOpen(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            ownerOnly());
    try {
      if (!lock(channel)) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(resume(file, channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static AuditLane resume(Path file, FileChannel channel) throws IOException {
    LaneTail tail = LaneTail.read(channel);
    if (tail.tornBytes() > 0) {
      // A crash tore the last write. Keep the fragment for whoever investigates.
      Path fragment = file.resolveSibling(file.getFileName() + ".torn-" + (tail.sequence() + 1));
      Files.write(
          fragment, tail.torn().toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(tail.end());
    }
    channel.position(tail.end());
    return new AuditLane(channel, tail.sequence(), tail.hash(), tail.end());
  }

  void append(AuditEvent event) throws IOException {
    SortedMap<String, String> record = AuditRecords.record(event, sequence + 1, previous);
    byte[] line = AuditRecords.line(record);
    ByteBuffer buffer = ByteBuffer.wrap(line);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      // Half a line must not stay in front of the next whole one.
      channel.truncate(length);
      channel.position(length);
      throw e;
    }
    length += line.length;
    sequence++;
    previous = String.valueOf(record.get("hash"));
  }

  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
