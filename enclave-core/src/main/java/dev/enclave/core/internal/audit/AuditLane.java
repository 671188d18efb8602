package dev.enclave.core.internal.audit;

import dev.enclave.spi.AuditEvent;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/** One file of the log, claimed by the process that writes it. Used under the sink's lock. */
final class AuditLane implements AutoCloseable {

  /** Marks the file that keeps the start of a record whose end was missing. */
  static final String TORN = ".torn-";

  private final LaneFile file;
  private long sequence;
  private String previous;
  private long length;
  private boolean fragmentLeft;

  private AuditLane(LaneFile file, LaneTail tail) {
    this.file = file;
    this.sequence = tail.sequence();
    this.previous = tail.hash();
    this.length = tail.end();
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
      fragment.write(0, tail.torn().toByteArray());
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

  void append(AuditEvent event) throws IOException {
    SortedMap<String, String> record = AuditRecords.record(event, sequence + 1, previous);
    byte[] line = AuditRecords.line(record);
    Optional<String> hash = Optional.ofNullable(record.get("hash"));
    if (fragmentLeft) {
      file.truncate(length);
      fragmentLeft = false;
    }
    try {
      file.write(length, line);
    } catch (IOException e) {
      removeFragment(e);
      throw e;
    }
    length += line.length;
    sequence++;
    previous = hash.orElseThrow();
  }

  /** Half a line must not stay in front of the next whole one. */
  private void removeFragment(IOException failure) {
    try {
      file.truncate(length);
    } catch (IOException e) {
      fragmentLeft = true;
      failure.addSuppressed(e);
    }
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
