package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Writes hash-chained records to a directory: one lane (file) per concurrent process, reused by the
 * next. Thread-safe.
 */
public final class FileAuditSink implements AuditSink {

  static final int MOST_LANES = 64;

  private final AuditLane lane;
  private boolean closed;

  private FileAuditSink(AuditLane lane) {
    this.lane = lane;
  }

  /**
   * Opens the first free lane of {@code directory}, which is made (0700) if missing.
   *
   * @throws IOException when it cannot be written, or all lanes are taken
   */
  public static FileAuditSink open(Path directory) throws IOException {
    Files.createDirectories(directory, ownerOnly());
    for (int number = 0; number < MOST_LANES; number++) {
      Optional<AuditLane> lane = AuditLane.tryOpen(file(directory, number));
      if (lane.isPresent()) {
        return new FileAuditSink(lane.get());
      }
    }
    throw new IOException("all " + MOST_LANES + " lanes are in use by running processes");
  }

  static Path file(Path directory, int number) {
    return directory.resolve("lane-" + number + ".jsonl");
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public synchronized void append(AuditEvent event, Durability durability) throws IOException {
    if (closed) {
      throw new IOException("the audit log has been closed");
    }
    lane.append(event);
    if (durability == Durability.DURABLE) {
      lane.force();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        lane.force();
      } finally {
        lane.close();
      }
    }
  }
}
