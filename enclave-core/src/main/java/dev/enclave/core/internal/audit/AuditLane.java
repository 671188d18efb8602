package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * One file of the log, claimed by the process that writes it. Records are added, written together
 * and then either committed or rolled back. Used by one thread at a time.
 */
final class AuditLane implements AutoCloseable {

  /** Marks the file that keeps the start of a record whose end was missing. */
  static final String TORN = ".torn-";

  private final LaneFile file;
  private final RecordEncoder encoder = new RecordEncoder(Sha256.create());
  private long sequence;
  private byte[] hash;
  private long length;

  private long nextSequence;
  private byte[] nextHash;
  // Bytes after the committed ones may be in the file.
  private boolean dirty;

  private AuditLane(LaneFile file, LaneTail tail) {
    this.file = file;
    this.sequence = tail.sequence();
    this.hash = HexFormat.of().parseHex(tail.hash());
    this.length = tail.end();
    this.nextSequence = sequence;
    this.nextHash = hash.clone();
  }

  /** Opens a lane on disk and goes on where it ends. */
  static AuditLane open(Path path) throws IOException {
    LaneFile file = DiskLaneFile.open(path);
    try {
      LaneTail tail = LaneTail.read(file);
      if (tail.torn().size() > 0) {
        // A crash tore the last write. Keep the fragment for whoever investigates.
        keep(path, tail);
        file.truncate(tail.end());
      }
      return new AuditLane(file, tail);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Goes on where {@code file} ends, which must be after a whole record. */
  static AuditLane over(LaneFile file) throws IOException {
    return new AuditLane(file, LaneTail.read(file));
  }

  private static void keep(Path path, LaneTail tail) throws IOException {
    String name = path.getFileName() + TORN + (tail.sequence() + 1);
    try (LaneFile fragment = firstFree(path, name)) {
      fragment.write(0, tail.torn().toByteArray(), tail.torn().size());
      fragment.force();
    }
  }

  /** A lane may be torn at one place more than once. */
  private static LaneFile firstFree(Path path, String name) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return DiskLaneFile.create(path.resolveSibling(number == 1 ? name : name + "-" + number));
      } catch (FileAlreadyExistsException e) {
        if (number == Integer.MAX_VALUE) {
          throw e;
        }
      }
    }
  }

  /** Adds the record of an event to what will be written. */
  void add(AuditEvent event) {
    encoder.add(event, nextSequence + 1, nextHash);
    nextSequence++;
  }

  /** How many bytes will be written. */
  int pending() {
    return encoder.size();
  }

  /** Writes all that was added, at once; a failure is to be followed by {@link #rollback}. */
  void write() throws IOException {
    tidy();
    dirty = true;
    file.write(length, encoder.array(), encoder.size());
  }

  void force() throws IOException {
    file.force();
  }

  /** What was written is now part of the lane. */
  void commit() {
    dirty = false;
    length += encoder.size();
    sequence = nextSequence;
    System.arraycopy(nextHash, 0, hash, 0, hash.length);
    encoder.clear();
  }

  /**
   * Forgets what was added and removes what of it was written: half a line must not stay in front
   * of the next whole one.
   *
   * @param failure why; gets the reason if nothing can be removed for now
   */
  void rollback(Throwable failure) {
    encoder.clear();
    nextSequence = sequence;
    System.arraycopy(hash, 0, nextHash, 0, hash.length);
    try {
      tidy();
    } catch (IOException | RuntimeException e) {
      // It is tried again before the next record.
      failure.addSuppressed(e);
    }
  }

  /** Removes what a failed write has left, if anything. */
  void tidy() throws IOException {
    if (dirty) {
      file.truncate(length);
      dirty = false;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
