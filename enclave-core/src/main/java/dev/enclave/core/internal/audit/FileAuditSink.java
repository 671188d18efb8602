package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes hash-chained records to a directory: one lane (file) per concurrent process, reused by the
 * next. Thread-safe.
 */
public final class FileAuditSink implements AuditSink {

  static final int MOST_LANES = 64;

  private final LaneClaim claim;
  private final AuditLane lane;
  private boolean closed;

  private FileAuditSink(LaneClaim claim, AuditLane lane) {
    this.claim = claim;
    this.lane = lane;
  }

  /**
   * Opens the first free lane of {@code directory}, which is made (0700) if missing.
   *
   * @throws IOException when it cannot be written, or all lanes are taken
   */
  public static FileAuditSink open(Path directory) throws IOException {
    Files.createDirectories(directory, OwnerOnly.directory());
    OwnerOnly.requireNotWritableByOthers(directory);
    for (int number = 0; number < MOST_LANES; number++) {
      Optional<LaneClaim> claim = LaneClaim.tryTake(directory, "lane-" + number + ".lock");
      if (claim.isPresent()) {
        return over(claim.get(), file(directory, number));
      }
    }
    throw new IOException("all " + MOST_LANES + " lanes are in use by running processes");
  }

  /**
   * What would keep {@link #open} from working, as far as that can be told without writing.
   *
   * @return what is wrong; empty if nothing is seen
   */
  public static Optional<String> obstacle(Path directory) {
    Path nearest = directory;
    while (nearest.getParent() != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      return Optional.of(nearest + " is not a directory");
    }
    if (!Files.isWritable(nearest) || !Files.isExecutable(nearest)) {
      return Optional.of(nearest + " may not be written by this user");
    }
    try {
      if (nearest.equals(directory)) {
        OwnerOnly.requireNotWritableByOthers(directory);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static FileAuditSink over(LaneClaim claim, Path file) throws IOException {
    try {
      return new FileAuditSink(claim, AuditLane.open(file));
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  static Path file(Path directory, int number) {
    return directory.resolve("lane-" + number + ".jsonl");
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
        release();
      }
    }
  }

  /** The claim goes last, when nothing is written any more. */
  private void release() throws IOException {
    try {
      lane.close();
    } finally {
      claim.close();
    }
  }
}
