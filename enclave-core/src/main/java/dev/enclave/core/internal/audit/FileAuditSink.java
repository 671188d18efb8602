package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes hash-chained records to a directory: one lane (file) per concurrent process, reused by the
 * next. A thread of its own writes them in batches: a {@code BUFFERED} event costs its thread a
 * place in a queue of 4096, a {@code DURABLE} one the wait for an fsync it shares with others.
 *
 * <p>A full queue makes its threads wait. After a failed write, every event waits for its own write
 * and is refused with an {@link IOException} if that fails too; a refused event is not written
 * later. What was accepted before is kept and written as soon as that works. An interrupt ends the
 * wait for room in the queue, by an {@link java.io.InterruptedIOException}, and no other wait; the
 * thread's interrupt status is kept. Thread-safe.
 */
public final class FileAuditSink implements AuditSink {

  static final int MOST_LANES = 64;

  private final Path directory;
  private final LaneClaim claim;
  private final QueuedLane lane;
  private boolean closed;

  private FileAuditSink(Path directory, LaneClaim claim, QueuedLane lane) {
    this.directory = directory;
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
        return over(directory, claim.get(), number);
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

  private static FileAuditSink over(Path directory, LaneClaim claim, int number)
      throws IOException {
    try {
      AuditLane lane = AuditLane.open(file(directory, number));
      // The machine's own clock: one that an application stops must not keep records off the disk.
      QueuedLane queued =
          QueuedLane.start("lane-" + number, lane, QueuedLane.CAPACITY, System::nanoTime);
      FileAuditSink sink = new FileAuditSink(directory.toRealPath(), claim, queued);
      OpenSinks.add(sink);
      return sink;
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  static Path file(Path directory, int number) {
    return directory.resolve("lane-" + number + ".jsonl");
  }

  Path directory() {
    return directory;
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    lane.append(event, durability);
  }

  /** Returns when the files show what was accepted before. */
  void flush() throws IOException {
    lane.flush();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when something accepted could not be written; it is lost
   */
  @Override
  public synchronized void close() throws IOException {
    // Once: a second time the claim might be somebody else's.
    if (!closed) {
      closed = true;
      OpenSinks.remove(this);
      // The claim goes last, when nothing is written any more.
      try (claim) {
        lane.close();
      }
    }
  }
}
